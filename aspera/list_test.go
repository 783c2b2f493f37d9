package aspera_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// TestLists runs the same tests for each list.
func TestLists(t *testing.T) {
	testList(t, "transfers", "transfers", func(r aspera.Resource, size int) activity.List[aspera.Transfer] {
		return r.Transfers(aspera.TransferQuery{PageSize: size})
	})
	testList(t, "transfers/one/files", "files", func(r aspera.Resource, size int) activity.List[aspera.TransferFile] {
		return r.TransferFiles("one", aspera.FileQuery{PageSize: size})
	})
	testList(t, "application_events", "application_events", func(r aspera.Resource, size int) activity.List[aspera.ApplicationEvent] {
		return r.ApplicationEvents(aspera.EventQuery{PageSize: size})
	})
	testList(t, "egress_throughputs", "egress_throughputs", func(r aspera.Resource, size int) activity.List[aspera.Throughput] {
		return r.EgressThroughputs(aspera.ThroughputQuery{PageSize: size})
	})
	testList(t, "ingress_throughputs", "ingress_throughputs", func(r aspera.Resource, size int) activity.List[aspera.Throughput] {
		return r.IngressThroughputs(aspera.ThroughputQuery{PageSize: size})
	})
	testList(t, "file_access", "file_access", func(r aspera.Resource, size int) activity.List[aspera.FileAccess] {
		return r.FileAccess(aspera.FileAccessQuery{PageSize: size})
	})
	testList(t, "file_access/search", "files", func(r aspera.Resource, size int) activity.List[aspera.FileAccessMatch] {
		return r.SearchFileAccess(aspera.FileAccessSearch{Term: "reel", PageSize: size})
	})
}

func testList[T any](t *testing.T, path, key string, makeList func(r aspera.Resource, size int) activity.List[T]) {
	prefix := "GET /analytics/v2/organizations/1023/" + path

	whole, err := makeList(organization(filled()), 0).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, whole, 7)
	want := texts(t, whole)

	walk := func(t *testing.T, s *asperatest.Server, opts ...activity.Option) []string {
		got, err := makeList(organization(s, opts...), 3).Collect(t.Context(), 0)
		require.NoError(t, err)
		return texts(t, got)
	}

	t.Run(path, func(t *testing.T) {
		t.Run("several pages", func(t *testing.T) {
			s := filled()
			assert.Equal(t, want, walk(t, s))
			lines := apiLines(s)
			require.Len(t, lines, 3)
			assert.True(t, strings.HasPrefix(lines[0], prefix+"?limit=3"), lines[0])
			assert.Contains(t, lines[1], "next=")
		})
		t.Run("no size", func(t *testing.T) {
			s := filled()
			_, err := makeList(organization(s), 0).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.NotContains(t, apiLines(s)[0], "limit")
		})
		t.Run("short and empty pages in the middle", func(t *testing.T) {
			s := filled(asperatest.WithEmptyPages(), asperatest.WithPageLimit(2))
			assert.Equal(t, want, walk(t, s))
			assert.Len(t, apiLines(s), 4+3)
		})
		t.Run("every form of a last page", func(t *testing.T) {
			for _, form := range []asperatest.LastPage{asperatest.NoNext, asperatest.NullNext, asperatest.ObjectNext,
				asperatest.NoHrefNext, asperatest.EmptyHrefNext} {
				assert.Equal(t, want, walk(t, filled(asperatest.WithLastPage(form))), form)
			}
		})
		t.Run("a cursor of another list", func(t *testing.T) {
			s := filled()
			head, err := makeList(organization(s), 3).Page(t.Context(), "")
			require.NoError(t, err)
			s.ResetRequests()
			_, err = makeList(s.Client().Workspace("1023"), 3).Page(t.Context(), head.Next)
			require.ErrorIs(t, err, activity.ErrCursorMismatch)
			assert.Empty(t, s.Requests())
		})
		t.Run("a foreign link", func(t *testing.T) {
			for _, href := range []string{"https://evil.example.com/analytics/v2/x?next=A", "http://api.ibmaspera.com/analytics/v2/x?next=A",
				"https://api.ibmaspera.com:8443/analytics/v2/x?next=A", "//evil.example.com/x", "https://user@api.ibmaspera.com/analytics/v2/x"} {
				s := asperatest.NewServer()
				answer(s, fmt.Sprintf(`{%q:[{}],"next":{"href":%q}}`, key, href))
				n, err := count(t.Context(), makeList(organization(s), 3))
				require.ErrorIs(t, err, activity.ErrForeignOrigin, href)
				assert.NotContains(t, err.Error(), "evil")
				assert.Zero(t, n)
				assert.Len(t, apiLines(s), 1)
			}
		})
	})
}

func TestPageTotalAndRaw(t *testing.T) {
	s := filled()
	var totals, sizes []int
	for p, err := range organization(s).Transfers(aspera.TransferQuery{PageSize: 3}).Pages(t.Context()) {
		require.NoError(t, err)
		totals, sizes = append(totals, p.Total), append(sizes, len(p.Items))
		assert.Contains(t, string(p.Raw), `"total_transfers":7`)
	}
	assert.Equal(t, []int{7, 7, 7}, totals)
	assert.Equal(t, []int{3, 3, 1}, sizes)

	p, err := organization(s).ApplicationEvents(aspera.EventQuery{}).Page(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, -1, p.Total)
}

// TestFiltersStayOnLaterPages checks that each page is requested with the filters, and the first
// page once.
func TestFiltersStayOnLaterPages(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(60))
	q := aspera.TransferQuery{Start: begin, Direction: aspera.DirectionSend, Status: aspera.StatusCompleted, PageSize: 10}
	for transfer, err := range organization(s).Transfers(q).All(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, aspera.DirectionSend, transfer.Direction)
		assert.Equal(t, aspera.StatusCompleted, transfer.Status)
	}
	later := apiRequests(s)[1:]
	require.NotEmpty(t, later)
	for _, r := range later {
		query := r.Query()
		assert.NotEmpty(t, query.Get("next"))
		query.Del("next")
		assert.Equal(t, "direction=send&limit=10&start_time=2024-03-01T08%3A00%3A00Z&status=completed", query.Encode())
	}
}

// TestGoldenCursors checks that a cursor of an earlier release resumes the list, with the current
// page size.
func TestGoldenCursors(t *testing.T) {
	s := asperatest.NewServer()
	answer(s, `{"transfers":[{"uuid":"u"}]}`)
	r := organization(s)
	got, err := r.Transfers(aspera.TransferQuery{Direction: aspera.DirectionSend, PageSize: 3}).From(goldenCursor).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 1)
	assert.Equal(t, []string{"GET /analytics/v2/organizations/1023/transfers?direction=send&limit=3&next=cGFnZS0y"}, apiLines(s))
	_, err = r.Transfers(aspera.TransferQuery{}).Page(t.Context(), goldenCursor)
	require.ErrorIs(t, err, activity.ErrCursorMismatch)
}

// goldenCursor is a cursor of this release. Do not change it: later releases must read it.
const goldenCursor activity.Cursor = "a1.eyJ0IjoiYWNtZSIsImUiOiJ0cmFuc2ZlcnMiLCJmIjoiLVNXMHhqekVkWjJra080NSIsInAiOnsicSI6Im5leHQ9Y0dGblpTMHkifX0"

func TestCursorOfThisRelease(t *testing.T) {
	for _, href := range []string{
		"/analytics/v2/organizations/1023/transfers?direction=send&limit=2&next=cGFnZS0y",
		"/analytics/v2/organizations/1023/transfers/?direction=receive&limit=1000&status=failed&next=cGFnZS0y",
	} {
		s := asperatest.NewServer()
		answer(s, fmt.Sprintf(`{"transfers":[],"next":{"href":%q}}`, origin+href))
		p, err := organization(s).Transfers(aspera.TransferQuery{Direction: aspera.DirectionSend, PageSize: 2}).Page(t.Context(), "")
		require.NoError(t, err)
		assert.Equal(t, goldenCursor, p.Next)
	}
}
