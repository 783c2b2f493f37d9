package aspera_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// documentedPage is a page of /transfers in the documented form.
const documentedPage = `{
	"organization_id": 1023,
	"start_time": "2019-01-19T23:00:00.000000000Z",
	"stop_time": "2019-01-26T23:00:00.000000000Z",
	"total_transfers": 1207,
	"transfers": [{"uuid": "a"}, {"uuid": "b"}],
	"first": {"href": "https://api.ibmaspera.com/analytics/v2/organizations/1023/transfers?limit=2"},
	"next": {"href": "https://api.ibmaspera.com/analytics/v2/organizations/1023/transfers?limit=2&next=0016c0%2Fw%3D%3D&start_time=2019-01-19T23%3A00%3A00Z"}
}`

func TestDocumentedPage(t *testing.T) {
	s := asperatest.NewServer()
	answer(s, documentedPage)
	l := organization(s).Transfers(aspera.TransferQuery{Start: time.Date(2019, 1, 19, 23, 0, 0, 0, time.UTC), PageSize: 2})
	p, err := l.Page(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, 1207, p.Total)
	assert.Equal(t, documentedPage, string(p.Raw))
	assert.Equal(t, []string{"a", "b"}, []string{p.Items[0].UUID, p.Items[1].UUID})
	_, err = l.Page(t.Context(), p.Next)
	require.NoError(t, err)
	assert.Equal(t, "GET /analytics/v2/organizations/1023/transfers?limit=2&next=0016c0%2Fw%3D%3D&start_time=2019-01-19T23%3A00%3A00Z",
		apiLines(s)[1]) // as in the link
}

func TestPages(t *testing.T) {
	for body, want := range map[string]struct {
		uuids string
		total int
		more  bool
	}{
		`{"transfers":[{"uuid":"a"},{"uuid":"b"}]}`:                               {"a b", -1, false},
		`{"transfers":[],"total_transfers":0}`:                                    {"", 0, false},
		`{"transfers":null}`:                                                      {"", -1, false},
		`{"transfers":[{"uuid":"a"}],"total_transfers":"12"}`:                     {"a", 12, false},
		`{"transfers":[{"uuid":"a"}],"total_transfers":-4,"total_bytes":7}`:       {"a", -1, false},
		`{"transfers":[{"uuid":"a"}],"total_transfers":[]}`:                       {"a", -1, false},
		`{"next":{"href":"?next=A"},"transfers":[{"uuid":"a"}]}`:                  {"a", -1, true},
		`{"transfers":[{"uuid":"a"}],"others":[{"uuid":"b"}]}`:                    {"a", -1, false},
		`{"others":[{"uuid":"b"}],"transfers":[{"uuid":"a"}]}`:                    {"a", -1, false},
		`{"data":[{"uuid":"a"}],"meta":{"x":[1]}}`:                                {"a", -1, false},
		`{"data":[],"next":null}`:                                                 {"", -1, false},
		` [{"uuid":"a"}] `:                                                        {"a", -1, false},
		`[]`:                                                                      {"", -1, false},
		`{"transfers":[{"uuid":"a"}],"next":"%s?next=A"}`:                         {"a", -1, true},
		`{"transfers":[{"uuid":"a"}],"next":""}`:                                  {"a", -1, false},
		`{"transfers":[{"uuid":"a"}],"next":{"rel":"next"}}`:                      {"a", -1, false},
		`{"transfers":[{"uuid":"a"}],"next":{"rel":"x","href":"%s?next=A"}}`:      {"a", -1, true},
		`{"transfers":[{"uuid":"a"}],"first":{"href":"%s"},"next":{"href":null}}`: {"a", -1, false},
	} {
		s := asperatest.NewServer()
		path := origin + "/analytics/v2/organizations/1023/transfers"
		body = strings.ReplaceAll(strings.ReplaceAll(body, "%s", path), `"?next`, `"`+path+`?next`)
		answer(s, body)
		p, err := organization(s).Transfers(aspera.TransferQuery{}).Page(t.Context(), "")
		require.NoError(t, err, body)
		var uuids []string
		for _, transfer := range p.Items {
			uuids = append(uuids, transfer.UUID)
		}
		assert.Equal(t, want.uuids, strings.Join(uuids, " "), body)
		assert.Equal(t, want.total, p.Total, body)
		assert.Equal(t, want.more, p.Next != "", body)
	}
}

// TestMalformedPages checks that a body that is not a page is an error, and not an empty page.
func TestMalformedPages(t *testing.T) {
	for body, want := range map[string]string{
		`{}`:                                    "transfers is missing, want an array",
		`{"message":"ok"}`:                      "transfers is missing, want an array",
		`{"a":[],"b":[]}`:                       "transfers is missing, want an array",
		`{"transfers":{"uuid":"a"}}`:            "transfers is an object, want an array",
		`{"transfers":"canary","data":[]}`:      "transfers is a string, want an array",
		`"canary"`:                              "body is a string, want an object",
		`null`:                                  "body is null, want an object",
		`17`:                                    "body is a number, want an object",
		`{"transfers":[],"next":17}`:            "next is a number, want a link",
		`{"transfers":[],"next":false}`:         "next is a boolean, want a link",
		`{"transfers":[],"next":["canary"]}`:    "next is an array, want a link",
		`{"transfers":[],"next":{"href":17}}`:   "next.href is a number, want a string",
		`{"transfers":[]}{}`:                    "JSON cannot be read at byte 16",
		`[] x`:                                  "JSON cannot be read",
		`{"transfers":[}`:                       "JSON cannot be read",
		`{"transfers":[],"next":"https://%zz"}`: "cannot be parsed",
		`{"transfers":[],"next":"https://api.ibmaspera.com/elsewhere?next=1"}`:                   "leads to another list",
		`{"transfers":[],"next":"https://api.ibmaspera.com/analytics/v2/../v3?next=1"}`:          "leads to another list",
		`{"transfers":[],"next":"https://api.ibmaspera.com/analytics/v2/x/%2e%2e/%2e%2e/admin"}`: "leads to another list",
		`{"transfers":[],"next":"?next=` + strings.Repeat("A", 20000) + `"}`:                     "too long",
	} {
		s := asperatest.NewServer()
		answer(s, body)
		_, err := organization(s).Transfers(aspera.TransferQuery{}).Page(t.Context(), "")
		require.ErrorIs(t, err, activity.ErrMalformed, body)
		e := failure(t, err)
		assert.Contains(t, e.Message, want, body)
		assert.NotContains(t, err.Error(), "canary")
		assert.Len(t, apiLines(s), 1, body)
	}

	for _, body := range []string{`{}`, `{"data":[]}`, `[]`, `{"users":{}}`, `{"files":7}`, `{"users":[],"next":7}`, `{"users":[]}x`} {
		s := asperatest.NewServer()
		answer(s, body)
		_, err := organization(s).SearchFileAccess(aspera.FileAccessSearch{Term: "x"}).Page(t.Context(), "")
		require.ErrorIs(t, err, activity.ErrMalformed, body)
	}
}
