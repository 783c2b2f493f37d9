package sdelements_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
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

// order is how a list is ordered, and how what comes in fits into that.
type order struct {
	name string
	// first makes the n activities that are there at the beginning, in the list's order.
	first func(r *rand.Rand, n int) []sdelements.Activity
	// incoming makes what comes in as number i, at the top of the list.
	incoming func(r *rand.Rand, i int) sdelements.Activity
	// ordered lists end with no error, however many come in.
	ordered bool
}

var noon = time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)

// ago is the time of the i-th activity from the top of the original list; above it i is negative.
func ago(i int) time.Time { return noon.Add(-time.Duration(i) * time.Second) }

func natural(_ *rand.Rand, n int) []sdelements.Activity {
	items := make([]sdelements.Activity, n)
	for i := range items {
		items[i] = sdelements.Activity{ID: int64(n - i), Date: ago(i)}
	}
	return items
}

const above = 1 << 40 // ids of what comes in

var orders = []order{{
	name:  "dates and ids",
	first: natural,
	incoming: func(_ *rand.Rand, i int) sdelements.Activity {
		return sdelements.Activity{ID: above + int64(i), Date: ago(-1 - i)}
	},
	ordered: true,
}, {
	name: "dates, ids as they were committed",
	first: func(r *rand.Rand, n int) []sdelements.Activity {
		items := natural(r, n)
		for i := 1; i < n; i++ {
			if r.IntN(4) == 0 {
				items[i-1].ID, items[i].ID = items[i].ID, items[i-1].ID
			}
		}
		return items
	},
	incoming: func(_ *rand.Rand, i int) sdelements.Activity {
		return sdelements.Activity{ID: above + int64(i^1), Date: ago(-1 - i)}
	},
	ordered: true,
}, {
	name: "dates, ids at random",
	first: func(r *rand.Rand, n int) []sdelements.Activity {
		items := natural(r, n)
		r.Shuffle(n, func(i, j int) { items[i].ID, items[j].ID = items[j].ID, items[i].ID })
		return items
	},
	incoming: func(r *rand.Rand, i int) sdelements.Activity {
		return sdelements.Activity{ID: above + int64(i)*2 - int64(r.IntN(2))*int64(above/2), Date: ago(-1 - i)}
	},
	ordered: true,
}, {
	name: "dates, several of one instant, ids at random",
	first: func(r *rand.Rand, n int) []sdelements.Activity {
		items := natural(r, n)
		r.Shuffle(n, func(i, j int) { items[i].ID, items[j].ID = items[j].ID, items[i].ID })
		for i := range items {
			items[i].Date = ago(i - i%7)
		}
		return items
	},
	incoming: func(_ *rand.Rand, i int) sdelements.Activity {
		return sdelements.Activity{ID: above + int64(i), Date: ago(-7 - i + i%7)}
	},
	ordered: true,
}, {
	name: "dates, ids rising within each instant",
	first: func(r *rand.Rand, n int) []sdelements.Activity {
		items := natural(r, n)
		for i := range items {
			instant, rank := i/9, i%9
			items[i].ID, items[i].Date = int64(9*(n/9-instant)+rank+1), ago(9*instant)
		}
		return items
	},
	incoming: func(_ *rand.Rand, i int) sdelements.Activity {
		return sdelements.Activity{ID: above + int64(i), Date: ago(-9 - i)}
	},
	ordered: true,
}, {
	name: "ids, dates at random",
	first: func(r *rand.Rand, n int) []sdelements.Activity {
		items := natural(r, n)
		r.Shuffle(n, func(i, j int) { items[i].Date, items[j].Date = items[j].Date, items[i].Date })
		return items
	},
	incoming: func(r *rand.Rand, i int) sdelements.Activity {
		return sdelements.Activity{ID: above + int64(i), Date: ago(r.IntN(100) - 50)}
	},
	ordered: true,
}, {
	name: "ids, no dates",
	first: func(r *rand.Rand, n int) []sdelements.Activity {
		items := natural(r, n)
		for i := range items {
			items[i].Date = time.Time{}
		}
		return items
	},
	incoming: func(_ *rand.Rand, i int) sdelements.Activity { return sdelements.Activity{ID: above + int64(i)} },
	ordered:  true,
}, {
	name: "oldest first",
	first: func(r *rand.Rand, n int) []sdelements.Activity {
		items := natural(r, n)
		slices.Reverse(items)
		return items
	},
	incoming: func(_ *rand.Rand, i int) sdelements.Activity {
		return sdelements.Activity{ID: above + int64(i), Date: ago(100 + i)}
	},
}, {
	name: "none",
	first: func(r *rand.Rand, n int) []sdelements.Activity {
		items := natural(r, n)
		r.Shuffle(n, func(i, j int) { items[i], items[j] = items[j], items[i] })
		r.Shuffle(n, func(i, j int) { items[i].Date, items[j].Date = items[j].Date, items[i].Date })
		return items
	},
	incoming: func(r *rand.Rand, i int) sdelements.Activity {
		return sdelements.Activity{ID: above + int64(i), Date: ago(r.IntN(100) - 50)}
	},
}}

// reading is a way to read a whole list.
type reading struct {
	name string
	read func(t *testing.T, r *rand.Rand, list activity.List[sdelements.Activity]) ([]sdelements.Activity, error)
}

var readings = []reading{{"one walk", oneWalk}, {"resumed now and then", nowAndThen}, {"page by page", pageByPage}}

func oneWalk(t *testing.T, _ *rand.Rand, list activity.List[sdelements.Activity]) ([]sdelements.Activity, error) {
	return list.Collect(t.Context(), 0)
}

func nowAndThen(t *testing.T, r *rand.Rand, list activity.List[sdelements.Activity]) (all []sdelements.Activity, _ error) {
	for at := activity.Cursor(""); ; {
		for page, err := range list.From(at).Pages(t.Context()) {
			if err != nil {
				return all, err
			}
			all = append(all, page.Items...)
			if at = page.Next; at == "" {
				return all, nil
			}
			if r.IntN(3) == 0 {
				break
			}
		}
	}
}

func pageByPage(t *testing.T, _ *rand.Rand, list activity.List[sdelements.Activity]) (all []sdelements.Activity, _ error) {
	for at := activity.Cursor(""); ; {
		page, err := list.Page(t.Context(), at)
		if err != nil {
			return all, err
		}
		all = append(all, page.Items...)
		if at = page.Next; at == "" {
			return all, nil
		}
	}
}

// schedule is how many activities come in before each request.
type schedule struct {
	name string
	rows func(r *rand.Rand) (rows, pageSize int)
	many func(r *rand.Rand, pageSize int) int
	most int // in one walk
	// long is one that takes its time: it is walked once, since a cursor remembers less than it is about.
	long bool
}

var schedules = []schedule{
	{name: "nothing comes in", rows: small, many: func(*rand.Rand, int) int { return 0 }},
	{name: "a few", rows: small, most: 100, many: func(r *rand.Rand, _ int) int { return r.IntN(3) }},
	{name: "bursts of several pages", rows: small, most: 300, many: func(r *rand.Rand, size int) int {
		if r.IntN(3) > 0 {
			return 0
		}
		return r.IntN(3*size + 20)
	}},
	{name: "more than is remembered", long: true, most: 2500, rows: func(r *rand.Rand) (int, int) { return 1100 + r.IntN(300), 150 + r.IntN(150) },
		many: func(r *rand.Rand, _ int) int {
			if r.IntN(3) > 0 {
				return r.IntN(50)
			}
			return r.IntN(2000)
		}},
}

// insert has n activities come in at the top, the ones from number came on.
func insert(server *sdelementstest.Server, r *rand.Rand, o order, came, n int) int {
	incoming := make([]sdelements.Activity, n)
	for i := range incoming {
		incoming[n-1-i] = o.incoming(r, came+i)
	}
	server.InsertAt(0, incoming...)
	return n
}

func small(r *rand.Rand) (rows, pageSize int) { return r.IntN(60), 2 + r.IntN(12) }

// walking is how requests are sent: one after the other, the next page on its way, or several side by side, which the list allows since
// its DateTo has passed.
type walking struct {
	prefetch int
	query    sdelements.ActivityQuery
}

var walkings = []walking{
	{prefetch: 0},
	{prefetch: 1, query: sdelements.ActivityQuery{DateTo: newYear}},
	{prefetch: 4, query: sdelements.ActivityQuery{DateTo: newYear}},
	{prefetch: 16, query: sdelements.ActivityQuery{DateTo: newYear}},
}

// newYear is later than anything that comes in.
var newYear = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

func (w walking) list(server *sdelementstest.Server, pageSize int) activity.List[sdelements.Activity] {
	w.query.PageSize = pageSize
	return server.Client(activity.WithPrefetch(w.prefetch)).Activities(w.query)
}

func (w walking) String() string { return fmt.Sprintf("prefetch %d", w.prefetch) }

// changing has something happen when a request arrives. Answers take up to 50 ms, so that those under way together are given in any order.
// It is called in a bubble, which it brings to a time after newYear.
func changing(server *sdelementstest.Server, seed uint64, change func(n int)) {
	<-time.After(time.Until(newYear.AddDate(1, 0, 0)))
	var mu sync.Mutex
	server.OnRequest(func(r sdelementstest.Request) {
		mu.Lock()
		defer mu.Unlock()
		change(r.N)
	})
	server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
		delay := rand.New(rand.NewPCG(seed, uint64(r.N))).IntN(50_000_000)
		return &sdelementstest.Fault{Delay: time.Duration(1 + delay)}
	})
}

func TestActivitiesThatComeInRepeatAndLoseNothing(t *testing.T) {
	for _, w := range walkings {
		t.Run(w.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { comeIn(t, w) })
		})
	}
}

func comeIn(t *testing.T, w walking) {
	var walks, changed, empty int
	seeds := uint64(3)
	if w.prefetch > 0 {
		seeds = 1
	}
	for seed := range seeds {
		for _, o := range orders {
			for _, s := range schedules {
				for _, how := range readings {
					if s.long && (seed > 0 || how.name != readings[0].name) {
						continue
					}
					r := rand.New(rand.NewPCG(seed, 7))
					rows, size := s.rows(r)
					first := o.first(r, rows)
					server := sdelementstest.NewServer()
					server.InsertAt(0, first...)
					came := 0
					changing(server, seed, func(n int) {
						if n > 1 && came < s.most {
							came += insert(server, r, o, came, s.many(r, size))
						}
					})
					what := fmt.Sprintf("%s, %s, %s, %s, seed %d: %d rows by %d", w, o.name, s.name, how.name, seed, rows, size)
					walks++
					got, err := how.read(t, rand.New(rand.NewPCG(seed, 8)), w.list(server, size))
					if err != nil {
						require.ErrorIs(t, err, activity.ErrListChanged, what)
						require.False(t, o.ordered, what)
						changed++
					}
					checkWalk(t, first, got, err, what)
					if came > 0 && len(got) == rows {
						empty++
					}
				}
			}
		}
	}
	t.Logf("%d walks, %d ended with ErrListChanged, %d undisturbed by what came in", walks, changed, empty)
	assert.NotZero(t, changed)
	assert.NotZero(t, empty)
}

// checkWalk checks that no id came twice, and that what was there from the beginning came in order and, but for an error, whole.
func checkWalk(t *testing.T, first, got []sdelements.Activity, err error, what string) {
	t.Helper()
	ids := idsOf(got)
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(ids))), len(ids), "an id came twice: %s", what)

	stayed := slices.DeleteFunc(ids, func(id int64) bool { return id > 10_000 })
	want := idsOf(first)
	if err != nil {
		want = want[:len(stayed)]
	}
	require.Equal(t, want, stayed, what)
}

func idsOf(items []sdelements.Activity) []int64 {
	ids := []int64{}
	for _, a := range items {
		ids = append(ids, a.ID)
	}
	return ids
}
