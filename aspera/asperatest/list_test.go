package asperatest_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// pages follows the links of a list of transfers and returns the UUIDs of each page.
func pages(t *testing.T, s *asperatest.Server, size int) (out [][]string) {
	t.Helper()
	for page, err := range organization(s).Transfers(aspera.TransferQuery{PageSize: size}).Pages(t.Context()) {
		require.NoError(t, err)
		var uuids []string
		for _, transfer := range page.Items {
			uuids = append(uuids, transfer.UUID)
		}
		out = append(out, uuids)
	}
	return out
}

// numbered adds transfers "0" to "n-1", the first of which is the newest.
func numbered(s *asperatest.Server, n int) {
	for i := range n {
		s.Add(aspera.Transfer{UUID: fmt.Sprint(i), SessionStart: noon.Add(-time.Duration(i) * time.Second)})
	}
}

// A link is good with its filters only, and the first page's link has none.
func TestLinks(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(30))
	const target = "/analytics/v2/nodes/7/transfers"
	_, body := send(t, s, "GET", target+"?limit=2&direction=send&start_time=2024-01-01T00:00:00Z", "", nil)
	var page struct {
		OrganizationID int    `json:"organization_id"`
		StartTime      string `json:"start_time"`
		Total          int    `json:"total_transfers"`
		First, Next    struct{ Href string }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &page))
	assert.Equal(t, 1023, page.OrganizationID)
	assert.Equal(t, "2024-01-01T00:00:00.000000000Z", page.StartTime)
	assert.Greater(t, page.Total, 2)
	assert.Equal(t, base+target+"?limit=2", page.First.Href)
	next, err := url.Parse(page.Next.Href)
	require.NoError(t, err)
	query := next.Query()
	token := query.Get("next")
	assert.Equal(t, base+target, "https://"+next.Host+next.Path)
	query.Del("next")
	assert.Equal(t, "direction=send&limit=2&start_time=2024-01-01T00%3A00%3A00Z", query.Encode())

	for change, status := range map[string]int{
		"?direction=send&limit=2&start_time=2024-01-01T00:00:00Z&next=": 200,
		"?direction=send&start_time=2024-01-01T00:00:00Z&next=":         200, // the size may change
		"?limit=2&next=": 400,
		"?direction=receive&limit=2&start_time=2024-01-01T00:00:00Z&next=": 400,
	} {
		got, _ := send(t, s, "GET", target+change+token, "", nil)
		assert.Equal(t, status, got, change)
	}
	got, _ := send(t, s, "GET", "/analytics/v2/nodes/8/transfers?direction=send&start_time=2024-01-01T00:00:00Z&next="+token, "", nil)
	assert.Equal(t, 400, got)
}

// Page sizes differ by list where none is asked for.
func TestDefaultPageSizes(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(200))
	for target, want := range map[string]int{
		"transfers": 25, "application_events": 50, "egress_throughputs": 60, "ingress_throughputs": 60, "file_access": 20,
		"file_access/search?search=a": 10,
	} {
		_, body := send(t, s, "GET", "/analytics/v2/workspaces/9/"+target, "", nil)
		members := map[string]json.RawMessage{}
		require.NoError(t, json.Unmarshal([]byte(body), &members))
		n := 0
		for _, name := range []string{strings.Split(target, "/")[0], "users", "files"} {
			var rows []json.RawMessage
			if json.Unmarshal(members[name], &rows) == nil {
				n += len(rows)
			}
		}
		assert.Equal(t, want, n, target)
	}
}

func TestPageSizes(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithPageSizes(3, 2), asperatest.WithEmptyPages())
	numbered(s, 9)
	assert.Equal(t, [][]string{{"0", "1", "2"}, nil, {"3", "4"}, nil, {"5", "6", "7"}, nil, {"8"}}, pages(t, s, 3))
}

// A page begins behind the one before, whatever the order, and if its last row is gone.
func TestOrder(t *testing.T) {
	monday := time.Date(2024, 3, 4, 0, 0, 0, 0, time.UTC)
	for order, want := range map[asperatest.Order][]string{
		asperatest.NewestFirst:    {"d", "c", "b", "a", "none"},
		asperatest.OldestFirst:    {"a", "b", "c", "d", "none"},
		asperatest.WeeksAscending: {"b", "a", "d", "c", "none"},
	} {
		for _, gone := range []int{-1, 0, 1, 2} {
			s := asperatest.NewServer(asperatest.WithOrder(order))
			s.Add(aspera.Transfer{UUID: "none"})
			for i, uuid := range []string{"a", "b", "c", "d"} {
				s.Add(aspera.Transfer{UUID: uuid, SessionStart: monday.AddDate(0, 0, i-2)})
			}
			var got []string
			for page, err := range organization(s).Transfers(aspera.TransferQuery{PageSize: 1}).Pages(t.Context()) {
				require.NoError(t, err)
				for _, item := range page.Items {
					got = append(got, item.UUID)
				}
				if len(got)-1 == gone {
					s.Delete(got[gone])
				}
			}
			assert.Equal(t, want, got, "order %d, row %d gone", order, gone)
		}
	}
}

func TestShuffledTies(t *testing.T) {
	walk := func(size int, opts ...asperatest.Option) (got [][]string) {
		s := asperatest.NewServer(opts...)
		for i := range 5 {
			s.Add(aspera.Transfer{UUID: fmt.Sprint(i), SessionStart: noon})
		}
		for range 10 {
			var all []string
			for _, page := range pages(t, s, size) {
				all = append(all, page...)
			}
			assert.ElementsMatch(t, []string{"0", "1", "2", "3", "4"}, all, "each comes once")
			got = append(got, all)
		}
		return got
	}
	one := asperatest.WithShuffledTies(1)
	again := walk(2, one)
	assert.Equal(t, walk(2, one), again)
	assert.NotEqual(t, walk(5, one), walk(5, asperatest.WithShuffledTies(2)))
	assert.NotEqual(t, walk(5, one)[0], walk(5, one)[1])
	assert.Equal(t, walk(5)[0], walk(5)[1], "not unless it is ordered")
}
