package aspera_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

var (
	begin = time.Date(2024, 3, 1, 8, 0, 0, 0, time.UTC)
	end   = time.Date(2024, 3, 31, 23, 59, 59, 0, time.FixedZone("", 2*3600))
)

const span = "start_time=2024-03-01T08%3A00%3A00Z&stop_time=2024-03-31T21%3A59%3A59Z"

const origin = "https://api.ibmaspera.com"

// organization returns the organization of a fake.
func organization(s *asperatest.Server, opts ...activity.Option) aspera.Resource {
	return s.Client(opts...).Organization(asperatest.OrganizationID)
}

// apiLines returns the request lines that the API received, without those of the token endpoint.
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

// texts returns records as JSON, so that those of any type can be compared.
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

// failure asserts that err is an *activity.Error of the vendor and returns it.
func failure(t *testing.T, err error) *activity.Error {
	t.Helper()
	var e *activity.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "aspera", e.Vendor)
	assert.NotEmpty(t, e.Op)
	return e
}

// answer makes a fake answer every API request with this body.
func answer(s *asperatest.Server, body string) {
	s.FailWith(func(asperatest.Request) *asperatest.Fault {
		return &asperatest.Fault{Body: body, ContentType: "application/json"}
	})
}

// pass waits for a (virtual) time.
func pass(d time.Duration) { <-time.NewTimer(d).C }

// first returns the first element of a sequence.
func first[T any](seq iter.Seq2[T, error]) (item T, err error) {
	for item, err = range seq {
		break
	}
	return item, err
}

// compact returns a JSON text without white space.
func compact(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, json.Compact(&out, []byte(text)))
	return out.String()
}

// count returns the number of records of a list.
func count[T any](ctx context.Context, l activity.List[T]) (n int, err error) {
	for _, err = range l.All(ctx) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// filled returns a fake with seven records in each list. A search for "reel" matches all of them.
func filled(opts ...asperatest.Option) *asperatest.Server {
	s := asperatest.NewServer(opts...)
	for i := range 7 {
		at := begin.AddDate(0, 0, -i)
		id := fmt.Sprint(100 + i)
		s.Add(aspera.Transfer{UUID: id, SessionStart: at})
		s.AddFiles("one", aspera.TransferFile{ID: id})
		s.AddFiles("two", aspera.TransferFile{ID: id})
		s.AddApplicationEvents(aspera.ApplicationEvent{EventID: id, CreatedAt: at})
		s.AddEgressThroughputs(aspera.Throughput{Time: at, Throughput: 1e9})
		s.AddIngressThroughputs(aspera.Throughput{Time: at, Throughput: 2e9})
		s.AddFileAccess(aspera.FileAccess{FileID: id})
		s.AddMatches(aspera.FileAccessMatch{File: &aspera.FileAccessFile{ID: id, Name: "reel-" + id}})
	}
	return s
}

// reader reads the first page of a list, so that lists of different types fit into one table.
type reader func(ctx context.Context, r aspera.Resource) error

func page[T any](makeList func(r aspera.Resource) activity.List[T]) reader {
	return func(ctx context.Context, r aspera.Resource) error {
		_, err := makeList(r).Page(ctx, "")
		return err
	}
}

func transfers(q aspera.TransferQuery) reader {
	return page(func(r aspera.Resource) activity.List[aspera.Transfer] { return r.Transfers(q) })
}

func files(uuid string, q aspera.FileQuery) reader {
	return page(func(r aspera.Resource) activity.List[aspera.TransferFile] { return r.TransferFiles(uuid, q) })
}

func events(q aspera.EventQuery) reader {
	return page(func(r aspera.Resource) activity.List[aspera.ApplicationEvent] { return r.ApplicationEvents(q) })
}

func egress(q aspera.ThroughputQuery) reader {
	return page(func(r aspera.Resource) activity.List[aspera.Throughput] { return r.EgressThroughputs(q) })
}

func ingress(q aspera.ThroughputQuery) reader {
	return page(func(r aspera.Resource) activity.List[aspera.Throughput] { return r.IngressThroughputs(q) })
}

func access(q aspera.FileAccessQuery) reader {
	return page(func(r aspera.Resource) activity.List[aspera.FileAccess] { return r.FileAccess(q) })
}

func search(q aspera.FileAccessSearch) reader {
	return page(func(r aspera.Resource) activity.List[aspera.FileAccessMatch] { return r.SearchFileAccess(q) })
}

func volume(q aspera.VolumeQuery) reader {
	return func(ctx context.Context, r aspera.Resource) error {
		_, err := r.VolumeUsage(ctx, q)
		return err
	}
}

func transfer(uuid string) reader {
	return func(ctx context.Context, r aspera.Resource) error {
		_, err := r.Transfer(ctx, uuid)
		return err
	}
}

// runningTransfer returns a transfer without a stop time.
func runningTransfer(uuid string, at time.Time) aspera.Transfer {
	return aspera.Transfer{UUID: uuid, Direction: "send", SessionStart: at, UpdatedAt: at}
}
