package sdelements_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// mine makes n activities that are in every list, newest first with ids from n down to 1.
func mine(n int) []sdelements.Activity {
	items := natural(nil, n)
	for i := range items {
		items[i].Actor, items[i].Data.Project = sdelementstest.Me, 42
	}
	return items
}

func down(from, to int64) []int64 {
	ids := []int64{}
	for id := from; id >= to; id-- {
		ids = append(ids, id)
	}
	return ids
}

// eachList runs a test on every list, of a server with so many activities.
func eachList(t *testing.T, rows, pageSize int, opts []activity.Option,
	test func(t *testing.T, server *sdelementstest.Server, list activity.List[sdelements.Activity])) {
	for path, list := range lists {
		t.Run(path, func(t *testing.T) {
			server := sdelementstest.NewServer()
			server.Add(mine(rows)...)
			test(t, server, list(server.Client(opts...), sdelements.ActivityQuery{PageSize: pageSize}))
		})
	}
}

func TestSeveralPages(t *testing.T) {
	for _, prefetch := range []int{0, 1, 3} {
		eachList(t, 7, 3, []activity.Option{activity.WithPrefetch(prefetch)},
			func(t *testing.T, server *sdelementstest.Server, list activity.List[sdelements.Activity]) {
				for range 2 { // ranged twice
					got, err := list.Collect(t.Context(), 0)
					require.NoError(t, err)
					assert.Equal(t, down(7, 1), idsOf(got))
				}
				assert.Len(t, server.Requests(), 6)
			})
	}
}

func TestTheRequestsOfANumberedList(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2, Actor: 1})
	var totals []int
	for page, err := range list.Pages(t.Context()) {
		require.NoError(t, err)
		totals = append(totals, page.Total)
		assert.Contains(t, string(page.Raw), `"next":`)
	}
	assert.Equal(t, []int{5, 5, 5}, totals)
	assert.Equal(t, []string{
		"GET /api/v2/activities/?actor=1&page_size=2",
		"GET /api/v2/activities/?actor=1&page=2&page_size=2",
		"GET /api/v2/activities/?actor=1&page=3&page_size=2",
	}, lines(server))
	for _, r := range server.Requests() {
		assert.Equal(t, "example.sdelements.example.com", r.Host)
	}
}

func TestTheRequestsOfAStream(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	list := server.Client().UserActivityStream(sdelements.ActivityQuery{PageSize: 4, DateFrom: ago(100)})
	page, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, -1, page.Total)
	assert.Contains(t, string(page.Raw), `"date_from":"2024-05-06T11:58:20Z","date_to":null`)
	server.InsertAt(0, sdelements.Activity{ID: 99, Actor: sdelementstest.Me, Date: ago(-1)}) // does not matter
	page, err = list.Page(t.Context(), page.Next)
	require.NoError(t, err)
	assert.Equal(t, []int64{1}, idsOf(page.Items))
	assert.Regexp(t, `^GET /api/v2/users/me/activity-stream/\?cursor=[-_\w]+&date_from=2024-05-06T11%3A58%3A20Z&page_size=4$`, lines(server)[1])
}

func TestNothing(t *testing.T) {
	eachList(t, 0, 3, nil, func(t *testing.T, server *sdelementstest.Server, list activity.List[sdelements.Activity]) {
		got, err := list.Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Empty(t, got)
		assert.Len(t, server.Requests(), 1)
	})
}

// faults answers the requests with these bodies, and those after them as usual.
func faults(bodies ...string) []sdelementstest.Fault {
	var all []sdelementstest.Fault
	for _, body := range bodies {
		all = append(all, sdelementstest.Fault{Body: body})
	}
	return all
}

func TestAnEmptyPageInTheMiddle(t *testing.T) {
	eachList(t, 0, 2, nil, func(t *testing.T, server *sdelementstest.Server, list activity.List[sdelements.Activity]) {
		server.Fail(faults(
			`{"results":[{"id":9},{"id":8}],"next":"http://internal.example.com/x/?page=2&page_size=2"}`,
			`{"results":[],"next":"http://internal.example.com/x/?page=3&page_size=2"}`,
			`{"next":"","results":[{"id":7}]}`)...)
		got, err := list.Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(9, 7), idsOf(got))
		assert.Len(t, server.Requests(), 3)
	})
}

func TestTheLastPageHasNoLink(t *testing.T) {
	for _, body := range []string{
		`{"results":[{"id":9}]}`,
		`{"results":[{"id":9}],"next":null}`,
		`{"results":[{"id":9}],"next":""}`,
		`{"count":1,"next":null,"previous":null,"results":[{"id":9}]}`,
		`{"next":null,"previous":null,"date_from":null,"date_to":"2024-01-01T00:00:00Z","results":[{"id":9}]}`,
		"\r\n {\"new\":{\"results\":[]},\"results\":[{\"id\":9}]} \n",
	} {
		server := sdelementstest.NewServer()
		server.Fail(faults(body)...)
		page, err := server.Client().Activities(sdelements.ActivityQuery{}).Page(t.Context(), "")
		require.NoError(t, err, body)
		assert.Equal(t, []int64{9}, idsOf(page.Items))
		assert.Empty(t, page.Next)
		assert.Equal(t, body, string(page.Raw))
	}
}

func TestTotals(t *testing.T) {
	for count, want := range map[string]int{
		`"count":12,`: 12, `"count":0,`: 0, `"count":"12",`: 12, `"count":12.0,`: 12,
		``: -1, `"count":null,`: -1, `"count":-3,`: -1, `"count":1.5,`: -1, `"count":[1],`: -1, `"count":1e30,`: -1,
	} {
		server := sdelementstest.NewServer()
		server.Fail(faults(`{` + count + `"results":[]}`)...)
		page, err := server.Client().Activities(sdelements.ActivityQuery{}).Page(t.Context(), "")
		require.NoError(t, err, count)
		assert.Equal(t, want, page.Total, count)
	}
}

func TestAPageThatFails(t *testing.T) {
	for _, prefetch := range []int{0, 1} {
		eachList(t, 7, 3, []activity.Option{activity.WithPrefetch(prefetch)},
			func(t *testing.T, server *sdelementstest.Server, list activity.List[sdelements.Activity]) {
				server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
					if r.N == 2 {
						return &sdelementstest.Fault{Status: http.StatusForbidden, Body: `{"detail":"Not for you."}`}
					}
					return nil
				})
				got, err := list.Collect(t.Context(), 0)
				require.ErrorIs(t, err, activity.ErrForbidden)
				assert.ErrorContains(t, err, "Not for you.")
				assert.Equal(t, down(7, 5), idsOf(got))
				assert.Len(t, server.Requests(), 2)
			})
	}
}

func TestAnEarlyBreak(t *testing.T) {
	eachList(t, 7, 3, nil, func(t *testing.T, server *sdelementstest.Server, list activity.List[sdelements.Activity]) {
		for a, err := range list.All(t.Context()) {
			require.NoError(t, err)
			if a.ID == 5 {
				break
			}
		}
		assert.Len(t, server.Requests(), 1)
	})
}

func TestReadByManyAtOnce(t *testing.T) {
	eachList(t, 20, 3, nil, func(t *testing.T, _ *sdelementstest.Server, list activity.List[sdelements.Activity]) {
		var readers sync.WaitGroup
		for range 8 {
			readers.Go(func() {
				got, err := list.Collect(t.Context(), 0)
				assert.NoError(t, err)
				assert.Equal(t, down(20, 1), idsOf(got))
			})
		}
		readers.Wait()
	})
}

func TestFromACursor(t *testing.T) {
	eachList(t, 7, 2, nil, func(t *testing.T, server *sdelementstest.Server, list activity.List[sdelements.Activity]) {
		page, err := list.Page(t.Context(), "")
		require.NoError(t, err)
		page, err = list.Page(t.Context(), page.Next)
		require.NoError(t, err)
		assert.Equal(t, []int64{5, 4}, idsOf(page.Items))

		for range 2 {
			got, err := list.From(page.Next).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, down(3, 1), idsOf(got))
		}
		first, err := list.From(page.Next).Page(t.Context(), "")
		require.NoError(t, err)
		assert.Equal(t, []int64{3, 2}, idsOf(first.Items))
		assert.NotContains(t, string(page.Next), "example")
		assert.Len(t, server.Requests(), 7)
	})
}

func TestALoop(t *testing.T) {
	link := func(n int) string { return fmt.Sprintf(`"next":"http://internal.example.com/?page=%d"`, n) }
	for name, next := range map[string][]int{
		"A and A":     {2, 2},
		"A, B and A":  {2, 3, 2},
		"to the head": {2, 3, 1},
	} {
		eachList(t, 0, 2, nil, func(t *testing.T, server *sdelementstest.Server, list activity.List[sdelements.Activity]) {
			id := 100
			server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
				to := next[min(r.N, len(next))-1]
				id--
				if name == "to the head" && to == 1 {
					return &sdelementstest.Fault{Body: fmt.Sprintf(`{"results":[{"id":%d}],"next":"?%s"}`, id, server.Requests()[0].RawQuery)}
				}
				return &sdelementstest.Fault{Body: fmt.Sprintf(`{"results":[{"id":%d}],%s}`, id, link(to))}
			})
			got, err := list.Collect(t.Context(), 0)
			require.ErrorIs(t, err, activity.ErrCursorLoop, name)
			var e *activity.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "sdelements", e.Vendor)
			assert.Len(t, server.Requests(), len(next), name)
			assert.Len(t, got, len(next), "what came before is good")
		})
	}
}

func TestALinkGivesItsQueryAlone(t *testing.T) {
	for link, want := range map[string]string{
		"http://internal.example.com/api/v2/activities/?page=2&page_size=3": "?page=2&page_size=3",
		"https://198.51.100.7:8443/elsewhere?page_size=3&page=2":            "?page_size=3&page=2",
		"//198.51.100.7/?page=2":                                   "?page=2",
		"/api/v2/users/?page=2":                                    "?page=2",
		"?cursor=cD0yMDE2LTAz%3D%3D&date_to=2016-03-30T15:16:05Z":  "?cursor=cD0yMDE2LTAz%3D%3D&date_to=2016-03-30T15:16:05Z",
		"https://user:secret@example.com/?page=2#fragment":         "?page=2",
		"https://example.com/?page=2&project_desc=Büro und Lager":  "?page=2&project_desc=B%C3%BCro%20und%20Lager",
		"https://example.com/?page=2&page_size=3&project_desc=a+b": "?page=2&page_size=3&project_desc=a+b",
		"javascript:alert(1)?page=2":                               "?page=2",
	} {
		eachList(t, 0, 3, nil, func(t *testing.T, server *sdelementstest.Server, list activity.List[sdelements.Activity]) {
			server.Fail(faults(fmt.Sprintf(`{"results":[{"id":9}],"next":%q}`, link), `{"results":[{"id":8}]}`)...)
			got, err := list.Collect(t.Context(), 0)
			require.NoError(t, err, link)
			assert.Equal(t, []int64{9, 8}, idsOf(got))
			requests := server.Requests()
			require.Len(t, requests, 2)
			path, _, _ := strings.Cut(requests[0].Line(), "?")
			assert.Equal(t, path+want, requests[1].Line())
			assert.Equal(t, "example.sdelements.example.com", requests[1].Host)
			assert.Empty(t, requests[1].Header.Get("Referer"))
			assert.NotContains(t, fmt.Sprint(requests[1]), "secret")
		})
	}
}

func TestALinkThatCannotBeFollowed(t *testing.T) {
	for link, says := range map[string]string{
		`"http://internal.example.com/%zz?page=2"`: "cannot be parsed",
		`"http://[::1/?page=2"`:                    "cannot be parsed",
		`"http://example.com/?page=%zz"`:           "cannot be parsed",
		`"http://example.com/?page=2;x"`:           "cannot be parsed",
		`"http://example.com/api/v2/activities/"`:  "has no query",
		`"2"`:                "has no query",
		`2`:                  "next is a number, want a string",
		`false`:              "next is a boolean, want a string",
		`{"href":"?page=2"}`: "next is an object, want a string",
	} {
		eachList(t, 0, 3, nil, func(t *testing.T, server *sdelementstest.Server, list activity.List[sdelements.Activity]) {
			server.Fail(faults(`{"results":[{"id":9}],"next":` + link + `}`)...)
			got, err := list.Collect(t.Context(), 0)
			require.ErrorIs(t, err, activity.ErrMalformed, link)
			assert.ErrorContains(t, err, says)
			assert.NotContains(t, err.Error(), "example.com")
			assert.Empty(t, got, "a page comes whole or not at all")
			assert.Len(t, server.Requests(), 1)
		})
	}
}

func TestAPagePastTheEnd(t *testing.T) {
	t.Run("behind a link", func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.Add(mine(4)...)
		list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 3})
		server.OnRequest(func(r sdelementstest.Request) {
			if r.N == 2 {
				server.Delete(1)
			}
		})
		got, err := list.Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(4, 2), idsOf(got))
		assert.Equal(t, http.StatusNotFound, server.Requests()[1].Status)
	})
	t.Run("behind a cursor", func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.Add(mine(4)...)
		list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 3})
		page, err := list.Page(t.Context(), "")
		require.NoError(t, err)
		server.Delete(1)
		last, err := list.Page(t.Context(), page.Next)
		require.NoError(t, err)
		assert.Equal(t, activity.Page[sdelements.Activity]{Total: -1}, last)
	})
	t.Run("but not on the first page", func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.Fail(sdelementstest.Fault{Status: http.StatusNotFound, Body: `{"detail":"Invalid page."}`})
		_, err := server.Client().Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrNotFound)
	})
	t.Run("and not with another text", func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.Add(mine(4)...)
		list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 3})
		server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
			if r.N == 2 {
				return &sdelementstest.Fault{Status: http.StatusNotFound, Body: `{"detail":"Not found."}`}
			}
			return nil
		})
		got, err := list.Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrNotFound)
		assert.Len(t, got, 3)
	})
}

func TestWhatIsNoPage(t *testing.T) {
	for body, says := range map[string]string{
		`[]`:                          "body is an array, want an object",
		`[{"id":1}]`:                  "body is an array, want an object",
		`null`:                        "body is null, want an object",
		`"results"`:                   "body is a string, want an object",
		`{}`:                          "results is missing, want an array",
		`{"count":3,"next":null}`:     "results is missing, want an array",
		`{"detail":"Log in first."}`:  "results is missing, want an array",
		`{"results":null}`:            "results is null, want an array",
		`{"results":{"id":1}}`:        "results is an object, want an array",
		`{"results":[{"id":1}],}`:     "JSON cannot be read",
		`{"results":[]} {"extra":{}}`: "JSON cannot be read",
		`{"results":[{"id":1]}`:       "JSON cannot be read",
	} {
		eachList(t, 0, 3, nil, func(t *testing.T, server *sdelementstest.Server, list activity.List[sdelements.Activity]) {
			server.Fail(sdelementstest.Fault{Body: body, ContentType: "application/json"})
			got, err := list.Collect(t.Context(), 0)
			require.ErrorIs(t, err, activity.ErrMalformed, body)
			assert.ErrorContains(t, err, says)
			assert.Empty(t, got)
			assert.Len(t, server.Requests(), 1)
		})
	}
}

func TestTheServicesOwnPageSize(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithPageLimit(2))
	server.Add(mine(5)...)
	got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 1000}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, down(5, 1), idsOf(got))
	assert.Len(t, server.Requests(), 3)
}

func TestOneActivity(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(4))
	a, err := server.Client().Activity(t.Context(), 2)
	require.NoError(t, err)
	assert.Equal(t, sdelements.UserCreatedActivity, a.Name)
	assert.Equal(t, []string{"GET /api/v2/activities/2/"}, lines(server))

	_, err = server.Client().Activity(t.Context(), 4)
	require.ErrorIs(t, err, activity.ErrNotFound)
	assert.EqualError(t, err, "sdelements: get activity: GET /api/v2/activities/4/: 404 Not Found: not found: Not found.")
}

// A single activity cannot be nothing.
func TestAnActivityWithoutContent(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Fail(sdelementstest.Fault{Status: 204})
	_, err := server.Client().Activity(t.Context(), 3)
	require.ErrorIs(t, err, activity.ErrMalformed)
	assert.ErrorContains(t, err, "no content")
	assert.Len(t, server.Requests(), 1)
}

func TestWhatIsNoActivity(t *testing.T) {
	for body, says := range map[string]string{
		`[]`:                     "body is an array, want an object",
		`null`:                   "body is null, want an object",
		`{}`:                     "id is missing, want a number",
		`{"results":[{"id":2}]}`: "id is missing, want a number",
		`{"id":2} 3`:             "JSON cannot be read",
		`{"id":}`:                "JSON cannot be read",
	} {
		server := sdelementstest.NewServer()
		server.Fail(sdelementstest.Fault{Body: body, ContentType: "application/json"})
		_, err := server.Client().Activity(t.Context(), 2)
		require.ErrorIs(t, err, activity.ErrMalformed, body)
		assert.ErrorContains(t, err, says)
	}
}
