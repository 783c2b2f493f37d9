package sdelements_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// linked answers the requests with pages of these records, each linked to the next but the last.
func linked(server *sdelementstest.Server, count string, all ...string) {
	server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
		body := fmt.Sprintf(`{%s"results":[%s]`, count, all[r.N-1])
		if r.N < len(all) {
			body += fmt.Sprintf(`,"next":"http://internal.example.com/?page=%d"`, r.N+1)
		}
		return &sdelementstest.Fault{Body: body + "}"}
	})
}

// ids writes records that have nothing but an id each.
func ids(all ...int64) string {
	var records []string
	for _, id := range all {
		records = append(records, fmt.Sprintf(`{"id":%d}`, id))
	}
	return strings.Join(records, ",")
}

func TestWhatIsTakenForARepetition(t *testing.T) {
	for name, c := range map[string]struct {
		pages []string
		want  []int64
	}{
		"nothing moved":                        {[]string{ids(9, 8, 7), ids(6, 5, 4), ids(3)}, down(9, 3)},
		"one came in":                          {[]string{ids(9, 8, 7), ids(7, 6, 5), ids(4, 3)}, down(9, 3)},
		"a page came in":                       {[]string{ids(9, 8, 7), ids(9, 8, 7), ids(6, 5, 4), ids(3)}, down(9, 3)},
		"more than a page came in":             {[]string{ids(9, 8, 7), ids(11, 10, 9), ids(8, 7, 6), ids(5, 4, 3)}, down(9, 3)},
		"a page repeats an id itself":          {[]string{ids(9, 9, 8, 9, 7), ids(6, 6)}, down(9, 6)},
		"ids swapped within a page":            {[]string{ids(9, 7, 8), ids(6, 5)}, []int64{9, 7, 8, 6, 5}},
		"ids swapped across a joint":           {[]string{ids(9, 8, 6), ids(7, 5)}, []int64{9, 8, 6, 7, 5}},
		"ids swapped and one came in":          {[]string{ids(9, 7, 8), ids(8, 5, 6), ids(4)}, []int64{9, 7, 8, 5, 6, 4}},
		"one was committed late":               {[]string{ids(9, 8, 6), ids(7, 6, 5), ids(4)}, []int64{9, 8, 6, 5, 4}},
		"the last one delivered was deleted":   {[]string{ids(9, 8, 7), ids(8, 6, 5), ids(4)}, []int64{9, 8, 7, 6, 5, 4}},
		"ids that cannot be read":              {[]string{`{"id":0},{"id":"9"},{"id":8}`, `{"id":"9"},{"id":8},{},{"id":7}`, `null,{"id":-3}`}, []int64{0, 0, 8, 0, 0, 7, 0, -3}},
		"nothing but ids that cannot be read":  {[]string{`{},{}`, `{}`, `{},{},{}`}, []int64{0, 0, 0, 0, 0, 0}},
		"an id above all by itself on a page":  {[]string{ids(9, 8), ids(11), ids(7)}, []int64{9, 8, 11, 7}},
		"from the oldest to the newest":        {[]string{ids(1), ids(2), ids(3, 4), ids(5)}, []int64{1, 2, 3, 4, 5}},
		"two of one id far apart":              {[]string{ids(9), ids(3), ids(5), ids(9), ids(2)}, []int64{9, 3, 5, 2}},
		"two of one instant, in another order": {[]string{at(3, 9, 8, 7), at(3, 5, 7)}, []int64{9, 8, 7, 5}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, count := range []string{"", `"count":9,`} {
				server := sdelementstest.NewServer()
				linked(server, count, c.pages...)
				got, err := server.Client().Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Equal(t, c.want, idsOf(got), count)
				assert.Len(t, server.Requests(), len(c.pages), count)
			}
		})
	}
}

// at writes records of one instant.
func at(instant int, all ...int64) string {
	var records []string
	for _, id := range all {
		records = append(records, fmt.Sprintf(`{"id":%d,"date":%q}`, id, ago(instant).Format("2006-01-02T15:04:05Z")))
	}
	return strings.Join(records, ",")
}

func TestAListWithoutAnOrderEndsBeforeItRepeats(t *testing.T) {
	synthetic := func(n int) []sdelements.Activity {
		items := natural(nil, n)
		r := rand.New(rand.NewPCG(3, 4))
		r.Shuffle(n, func(i, j int) { items[i], items[j] = items[j], items[i] })
		return items
	}
	for came, pageSize := range map[int]int{1000: 100, 1001: 100, 1400: 700, 1401: 700} {
		server := sdelementstest.NewServer()
		server.InsertAt(0, synthetic(3000)...)
		server.OnRequest(func(r sdelementstest.Request) {
			if r.N == 20*100/pageSize+1 {
				incoming := natural(nil, came)
				for i := range incoming {
					incoming[i].ID += above
				}
				server.InsertAt(0, incoming...)
			}
		})
		got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: pageSize}).Collect(t.Context(), 0)
		want := idsOf(synthetic(3000))
		if came > max(1000, 2*pageSize) {
			require.ErrorIs(t, err, activity.ErrListChanged)
			assert.ErrorContains(t, err, "sdelements: list activities: the list changed too much while it was read: more activities came in")
			var e *activity.Error
			require.ErrorAs(t, err, &e)
			assert.True(t, e.Temporary())
			want = want[:20*100/pageSize*pageSize]
		} else {
			require.NoError(t, err)
		}
		assert.Equal(t, want, idsOf(got), "%d came in", came)
	}
}

func TestACursorOfAListWithoutAnOrder(t *testing.T) {
	for came, kind := range map[int]error{16: nil, 17: activity.ErrListChanged} {
		server := sdelementstest.NewServer()
		items := natural(nil, 60)
		rand.New(rand.NewPCG(3, 4)).Shuffle(60, func(i, j int) { items[i], items[j] = items[j], items[i] })
		server.InsertAt(0, items...)
		list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 40})
		page, err := list.Page(t.Context(), "")
		require.NoError(t, err)
		for i := range came {
			server.InsertAt(0, sdelements.Activity{ID: above + int64(i)})
		}
		got, err := list.From(page.Next).Collect(t.Context(), 0)
		require.ErrorIs(t, err, kind)
		if kind == nil {
			assert.Equal(t, idsOf(items)[40:], idsOf(got))
		}
	}
}

func TestAListInTheCallersOrder(t *testing.T) {
	// By name, and newest first within each, as a service might.
	pages := []string{
		at(30, 40, 39, 38, 37, 36, 35, 34, 33) + "," + at(31, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23),
		at(3, 99, 98, 97, 96, 95, 94, 93, 92) + "," + at(4, 91, 90, 89, 88, 87, 86, 85, 84, 83, 82),
	}
	server := sdelementstest.NewServer()
	linked(server, "", pages...)
	list := server.Client().Activities(sdelements.ActivityQuery{Extra: map[string][]string{"ordering": {"name"}}})
	page, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	rest, err := list.From(page.Next).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, append(page.Items, rest...), 36)
}

// TestAPageShowsThatThereIsNoOrder has another part of a list begin in the middle of a page: what looks as if it came in did not.
func TestAPageShowsThatThereIsNoOrder(t *testing.T) {
	server := sdelementstest.NewServer()
	linked(server, "",
		at(30, 40, 39, 38, 37, 36, 35, 34, 33)+","+at(31, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23),
		at(32, 22, 21)+","+at(3, 99, 98, 97))
	list := server.Client().Activities(sdelements.ActivityQuery{})
	page, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	page, err = list.Page(t.Context(), page.Next)
	require.NoError(t, err)
	assert.Equal(t, []int64{22, 21, 99, 98, 97}, idsOf(page.Items))
}

// TestManyOfOneInstant has more activities of one instant than a cursor carries ids.
func TestManyOfOneInstant(t *testing.T) {
	server := sdelementstest.NewServer()
	items := natural(nil, 100)
	for i := range items {
		items[i].Date = ago(0)
	}
	server.InsertAt(0, items...)
	list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 30})
	page, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	got := idsOf(page.Items)
	for i := range int64(60) {
		server.InsertAt(0, sdelements.Activity{ID: 101 + i, Date: ago(0)})
	}
	rest, err := list.From(page.Next).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, down(100, 1), append(got, idsOf(rest)...))
}

// TestMoreComeInAtTheEnd has a list from the oldest to the newest, which nobody expects, read one by one.
func TestMoreComeInAtTheEnd(t *testing.T) {
	server := sdelementstest.NewServer()
	for i := range int64(9) {
		server.InsertAt(int(i), sdelements.Activity{ID: i + 1, Date: ago(-int(i))})
	}
	server.OnRequest(func(r sdelementstest.Request) {
		for range 5 {
			n := server.Len()
			if n > 50 {
				return
			}
			server.InsertAt(n, sdelements.Activity{ID: int64(n + 1), Date: ago(-n)})
		}
	})
	got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 1}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrListChanged, "never a silent loss")
	assert.Equal(t, []int64{1, 2}, idsOf(got))
}

// TestAsManyAreRetiredAsComeIn has a count that never changes.
func TestAsManyAreRetiredAsComeIn(t *testing.T) {
	for _, w := range walkings {
		t.Run(w.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				changed := 0
				for seed := range uint64(4) {
					for _, o := range orders {
						if o.ordered {
							changed += retire(t, w, o, seed)
						}
					}
				}
				assert.Equal(t, w.prefetch > 1, changed > 0, "the count hides what happened while pages were on their way")
			})
		})
	}
}

// retire walks while as many activities vanish at the end as come in, and tells how many walks gave up.
func retire(t *testing.T, w walking, o order, seed uint64) (changed int) {
	r := rand.New(rand.NewPCG(5+seed, 6))
	server := sdelementstest.NewServer()
	first := o.first(r, 300)
	server.InsertAt(0, first...)
	came := 0
	some := 1 + r.IntN(15) // of the requests
	var mu sync.Mutex
	changing(server, seed, func(n int) {
		mu.Lock()
		defer mu.Unlock()
		if n == 1 || n%some > 0 || came > 150 {
			return
		}
		burst := 1 + r.IntN(60)
		came += burst
		time.AfterFunc(time.Duration(r.IntN(50_000_000)), func() {
			mu.Lock()
			defer mu.Unlock()
			insert(server, r, o, came, burst)
			left := len(first) - burst
			server.Delete(idsOf(first[left:])...)
			first = first[:left]
		})
	})
	got, err := oneWalk(t, r, w.list(server, 20))
	if err != nil {
		require.ErrorIs(t, err, activity.ErrListChanged)
		require.Greater(t, w.prefetch, 1)
		return 1
	}
	<-time.After(time.Second)
	mu.Lock()
	defer mu.Unlock()
	require.Positive(t, came)
	stays := idsOf(first)
	got = slices.DeleteFunc(got, func(a sdelements.Activity) bool { return a.ID < above && !slices.Contains(stays, a.ID) })
	checkWalk(t, first, got, err, o.name)
	return 0
}

// TestSomeAreCommittedLate has activities come in below the top, by their dates.
func TestSomeAreCommittedLate(t *testing.T) {
	for _, w := range walkings {
		t.Run(w.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for seed := range uint64(10) {
					for _, how := range readings {
						r := rand.New(rand.NewPCG(seed, 6))
						server := sdelementstest.NewServer()
						first := orders[1].first(r, 100)
						server.Add(first...)
						came := 0
						changing(server, seed, func(int) {
							for range min(r.IntN(4), 60-came) {
								late := sdelements.Activity{ID: above + int64(came), Date: ago(r.IntN(110) - 10)}
								server.Add(late)
								came++
							}
						})
						got, err := how.read(t, rand.New(rand.NewPCG(seed, 8)), w.list(server, 1+rand.New(rand.NewPCG(seed, 9)).IntN(15)))
						if w.prefetch < 2 { // else more come in before a page that is asked for again than tiny pages can tell from it
							require.NoError(t, err)
						} else if err != nil {
							require.ErrorIs(t, err, activity.ErrListChanged)
						}
						checkWalk(t, first, got, err, fmt.Sprintf("%s, seed %d", how.name, seed))
					}
				}
			})
		})
	}
}

func TestTheRawPageIsWhole(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(4)...)
	server.OnRequest(func(r sdelementstest.Request) {
		if r.N == 2 {
			server.InsertAt(0, sdelements.Activity{ID: 5})
		}
	})
	var sent, given [][]int64
	for page, err := range server.Client().Activities(sdelements.ActivityQuery{PageSize: 2}).Pages(t.Context()) {
		require.NoError(t, err)
		var body struct{ Results []sdelements.Activity }
		require.NoError(t, json.Unmarshal(page.Raw, &body))
		sent, given = append(sent, idsOf(body.Results)), append(given, idsOf(page.Items))
	}
	assert.Equal(t, [][]int64{{4, 3}, {3, 2}, {1}}, sent)
	assert.Equal(t, [][]int64{{4, 3}, {2}, {1}}, given)
}

var count = regexp.MustCompile(`"count":\d+,`)

// uncounted takes the count out of the answers.
type uncounted struct{ next http.RoundTripper }

func (u uncounted) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := u.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	body = count.ReplaceAll(body, nil)
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return response, err
}

func TestAServiceThatDoesNotCount(t *testing.T) {
	for _, o := range orders {
		for _, how := range readings {
			if !o.ordered {
				continue
			}
			r := rand.New(rand.NewPCG(8, 9))
			server := sdelementstest.NewServer()
			first := o.first(r, 300)
			server.InsertAt(0, first...)
			came := 0
			server.OnRequest(func(request sdelementstest.Request) {
				if request.N > 1 && came < 300 {
					came += insert(server, r, o, came, r.IntN(70))
				}
			})
			client := server.Client(activity.WithTransport(uncounted{server.Transport()}))
			got, err := how.read(t, r, client.Activities(sdelements.ActivityQuery{PageSize: 20}))
			require.NoError(t, err)
			checkWalk(t, first, got, err, o.name+", "+how.name)
		}
	}
}
