package aspera_test

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

const origin = "https://api.ibmaspera.com"

// organization gives the one organization of a fake.
func organization(s *asperatest.Server, opts ...activity.Option) aspera.Resource {
	return s.Client(opts...).Organization(asperatest.OrganizationID)
}

// apiLines are the request lines that the API got, without those of the token endpoint.
func apiLines(s *asperatest.Server) []string {
	lines := []string{}
	for _, r := range apiRequests(s) {
		lines = append(lines, r.Line())
	}
	return lines
}

func apiRequests(s *asperatest.Server) []asperatest.Request { return requests(s, false) }

func tokenRequests(s *asperatest.Server) []asperatest.Request { return requests(s, true) }

func requests(s *asperatest.Server, token bool) []asperatest.Request {
	var out []asperatest.Request
	for _, r := range s.Requests() {
		if strings.HasPrefix(r.Path, "/api/v1/oauth2/") == token {
			out = append(out, r)
		}
	}
	return out
}

// texts gives records as JSON, so that those of any type can be compared.
func texts[T any](t *testing.T, records []T) []string {
	t.Helper()
	out := make([]string, len(records))
	for i, r := range records {
		text, err := json.Marshal(r)
		require.NoError(t, err)
		out[i] = string(text)
	}
	return out
}

// failure asserts that err is an *activity.Error of the vendor and gives it.
func failure(t *testing.T, err error) *activity.Error {
	t.Helper()
	var e *activity.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "aspera", e.Vendor)
	assert.NotEmpty(t, e.Op)
	return e
}

// answer makes a fake answer every request to the API with the same body.
func answer(s *asperatest.Server, body string) {
	s.FailWith(func(asperatest.Request) *asperatest.Fault {
		return &asperatest.Fault{Body: body, ContentType: "application/json"}
	})
}

// pass lets (virtual) time pass.
func pass(d time.Duration) { <-time.NewTimer(d).C }

// first gives what a sequence yields first.
func first[T any](seq iter.Seq2[T, error]) (item T, err error) {
	for item, err = range seq {
		break
	}
	return item, err
}

// compact is a JSON text without white space.
func compact(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, json.Compact(&out, []byte(text)))
	return out.String()
}

// count reads a list to its end or its error.
func count[T any](ctx context.Context, l activity.List[T]) (n int, err error) {
	for _, err = range l.All(ctx) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
