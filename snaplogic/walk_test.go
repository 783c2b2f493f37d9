package snaplogic_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// before has something happen when the n-th request arrives, before it is answered.
func before(server *snaplogictest.Server, changes map[int]func()) {
	server.OnRequest(func(r snaplogictest.Request) {
		if change := changes[r.N]; change != nil {
			change()
		}
	})
}

// newer makes n activities that are newer than those of old, and older than every walk.
func newer(n int) []snaplogic.Activity {
	rows := make([]snaplogic.Activity, n)
	for i := range rows {
		rows[i] = snaplogic.Activity{ID: idAt(1_000_000 + n - i), CreateTime: bubbleStart.Add(-time.Duration(i+1) * time.Millisecond)}
	}
	return rows
}

// A walk meets each change with the fewest requests that can show what happened.
func TestWalkWhileRowsMove(t *testing.T) {
	around := func(front int) string { return pageQuery(1000, max(front-250, 0)) }
	for _, c := range []struct {
		name     string
		rows     int
		pageSize int
		change   func(s *snaplogictest.Server) // before the second request
		want     []string
		requests []string
	}{
		{
			"one row is inserted in front", 9, 3,
			func(s *snaplogictest.Server) { s.Add(newer(1)...) },
			down(9, 9),
			[]string{pageQuery(3, 0), pageQuery(4, 2), pageQuery(4, 5), pageQuery(4, 8)},
		},
		{
			"as many as a page", 9, 3,
			func(s *snaplogictest.Server) { s.Add(newer(3)...) },
			down(9, 9),
			[]string{pageQuery(3, 0), pageQuery(4, 2), around(5), pageQuery(4, 8)},
		},
		{
			"more than a page", 9, 3,
			func(s *snaplogictest.Server) { s.Add(newer(4)...) },
			down(9, 9),
			[]string{pageQuery(3, 0), pageQuery(4, 2), around(6), pageQuery(4, 9)},
		},
		{
			"far more than the walk remembers", 9, 3,
			func(s *snaplogictest.Server) { s.Add(newer(3000)...) },
			down(9, 9),
			[]string{pageQuery(3, 0), pageQuery(4, 2), around(3002), pageQuery(4, 3005)},
		},
		{
			"a delivered row vanishes", 9, 3,
			func(s *snaplogictest.Server) { s.Delete(idAt(9)) },
			down(9, 9),
			[]string{pageQuery(3, 0), pageQuery(4, 2), around(1), pageQuery(4, 4)},
		},
		{
			"the last delivered row vanishes", 9, 3,
			func(s *snaplogictest.Server) { s.Delete(idAt(7)) },
			down(9, 9),
			[]string{pageQuery(3, 0), pageQuery(4, 2), around(1), pageQuery(4, 4)},
		},
		{
			"the last one vanishes and another comes", 9, 3,
			func(s *snaplogictest.Server) { s.Delete(idAt(7)); s.Add(newer(1)...) },
			down(9, 9),
			[]string{pageQuery(3, 0), pageQuery(4, 2), pageQuery(4, 5)},
		},
		{
			"rows that come next vanish", 9, 3,
			func(s *snaplogictest.Server) { s.Delete(idAt(6), idAt(4)) },
			append(down(9, 3), idAt(5), idAt(3), idAt(2), idAt(1)),
			[]string{pageQuery(3, 0), pageQuery(4, 2), pageQuery(4, 5)},
		},
		{
			"all delivered rows vanish", 9, 3,
			func(s *snaplogictest.Server) { s.Delete(down(9, 3)...) },
			down(9, 9),
			[]string{pageQuery(3, 0), pageQuery(4, 2), around(0), around(2), around(0), pageQuery(4, 2)},
		},
		{
			"all rows vanish", 9, 3,
			func(s *snaplogictest.Server) { s.Delete(down(9, 9)...) },
			down(9, 3),
			nil,
		},
		{
			"a thousand delivered rows vanish", 2500, 1100,
			func(s *snaplogictest.Server) { s.Delete(down(2500-100, 1000)...) },
			down(2500, 2500),
			[]string{pageQuery(1100, 0), pageQuery(1101, 1099), pageQuery(1101, 0), pageQuery(1101, 1100)},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer()
				server.Add(old(c.rows)...)
				before(server, map[int]func(){2: func() { c.change(server) }})
				got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: c.pageSize}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Equal(t, c.want, idsOf(got))
				if c.requests != nil {
					assert.Equal(t, c.requests, queries(server))
				}
			})
		})
	}
}

// A page holds no more than PageSize records, also when it took a wider look to find them; only the last page may be empty.
func TestPagesOfAWalkThatWasRepaired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(50)...)
		before(server, map[int]func(){
			3: func() { server.Delete(idAt(48)) },
			5: func() { server.Add(newer(40)...) },
		})
		var sizes []int
		for page, err := range server.Client().Activities(snaplogic.ActivityQuery{PageSize: 8}).Pages(t.Context()) {
			require.NoError(t, err)
			sizes = append(sizes, len(page.Items))
		}
		assert.Equal(t, []int{8, 8, 8, 8, 8, 8, 2}, sizes)
	})
}

// More than a thousand rows that were delivered last vanish at once: nothing tells where to go on.
func TestWalkThatLostItsPlace(t *testing.T) {
	for vanish, lost := range map[int]bool{1000: false, 1001: true, 1100: true} {
		t.Run(fmt.Sprint(vanish), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer()
				server.Add(old(2000)...)
				before(server, map[int]func(){13: func() { server.Delete(down(2000-1200+vanish, vanish)...) }})
				got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 100}).Collect(t.Context(), 0)
				if !lost {
					require.NoError(t, err)
					assert.Equal(t, down(2000, 2000), idsOf(got))
					return
				}
				require.ErrorIs(t, err, activity.ErrListChanged)
				assert.Equal(t, down(2000, 1200), idsOf(got), "what was delivered is good")
				e := failureOf(t, err)
				assert.Equal(t, "snaplogic", e.Vendor)
				assert.Equal(t, "list activities", e.Op)
				assert.Contains(t, e.Error(), "read the list again")
				assert.True(t, e.Temporary())
				assert.Less(t, len(server.Requests()), 40)
			})
		})
	}
}

// With pages beyond 500 rows, twice the page size may vanish.
func TestLargePagesRememberMore(t *testing.T) {
	for vanish, lost := range map[int]bool{1400: false, 1401: true} {
		synctest.Test(t, func(t *testing.T) {
			server := snaplogictest.NewServer()
			server.Add(old(3000)...)
			before(server, map[int]func(){4: func() { server.Delete(down(3000-2100+vanish, vanish)...) }})
			got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 700}).Collect(t.Context(), 0)
			if lost {
				require.ErrorIs(t, err, activity.ErrListChanged)
				assert.Equal(t, down(3000, 2100), idsOf(got))
			} else {
				require.NoError(t, err)
				assert.Equal(t, down(3000, 3000), idsOf(got))
			}
		})
	}
}

// A stored cursor holds seventeen rows, and says whether they are all that was delivered.
func TestResumeWhileRowsVanish(t *testing.T) {
	for _, c := range []struct {
		pageSize, vanish int
		lost             bool
	}{{20, 16, false}, {20, 17, true}, {17, 17, false}, {17, 16, false}, {1, 1, false}, {18, 18, true}} {
		t.Run(fmt.Sprintf("%d of %d", c.vanish, c.pageSize), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer()
				server.Add(old(60)...)
				list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: c.pageSize})
				page, err := list.Page(t.Context(), "")
				require.NoError(t, err)
				server.Delete(down(60-c.pageSize+c.vanish, c.vanish)...)

				for name, read := range map[string]func() ([]snaplogic.Activity, error){
					"page": func() ([]snaplogic.Activity, error) { p, err := list.Page(t.Context(), page.Next); return p.Items, err },
					"all":  func() ([]snaplogic.Activity, error) { return list.From(page.Next).Collect(t.Context(), 0) },
				} {
					got, err := read()
					if c.lost {
						require.ErrorIs(t, err, activity.ErrListChanged, name)
						assert.Empty(t, got, name)
						continue
					}
					require.NoError(t, err, name)
					assert.Equal(t, down(60-c.pageSize, len(got)), idsOf(got), name)
					assert.Contains(t, []int{c.pageSize, 60 - c.pageSize}, len(got), name)
				}
			})
		})
	}
}

// Of two resumes in a row the second is not worse off for what the first had to bear.
func TestResumeAfterARepair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(100)...)
		list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 50})
		page, err := list.Page(t.Context(), "")
		require.NoError(t, err)
		small := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 1})
		for delivered := 50; delivered < 53; delivered++ {
			vanishBefore(server, 100-delivered, 16)
			page, err = small.Page(t.Context(), page.Next)
			require.NoError(t, err)
			assert.Equal(t, down(100-delivered, 1), idsOf(page.Items))
		}
	})
}

// vanishBefore deletes the n rows with the smallest numbers above one.
func vanishBefore(server *snaplogictest.Server, number, n int) {
	for above := number + 1; n > 0; above++ {
		n -= server.Delete(idAt(above))
	}
}

// A request of a search fails like any other, and the walk goes on from the page before.
func TestFailureWhileThePlaceIsSearched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(9)...)
		before(server, map[int]func(){2: func() { server.Delete(idAt(9)) }})
		server.Fail(snaplogictest.Fault{}, snaplogictest.Fault{}, snaplogictest.Fault{Status: http.StatusForbidden})
		list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 3})
		var at activity.Cursor
		var failure error
		for page, err := range list.Pages(t.Context()) {
			if failure = err; err == nil {
				at = page.Next
			}
		}
		require.ErrorIs(t, failure, activity.ErrForbidden)
		got, err := list.From(at).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(6, 6), idsOf(got))
	})
}

// The whole way, from a request to a record, while rows come and go by chance. The schedules that are many leave HTTP and JSON out.
func TestWalkOverAMovingService(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 5))
				server := snaplogictest.NewServer()
				rows := old(600)
				server.Add(rows...)
				stays := make(map[string]bool)
				for _, row := range rows {
					stays[row.ID] = true
				}
				inserted := 0
				server.OnRequest(func(req snaplogictest.Request) {
					if req.N == 1 || r.IntN(3) > 0 {
						return
					}
					for range r.IntN(30) {
						inserted++
						at := bubbleStart.Add(-time.Hour + time.Duration(inserted)*time.Millisecond)
						server.Add(snaplogic.Activity{ID: idAt(1_000_000 + inserted), CreateTime: at})
					}
					for range r.IntN(6) {
						gone := idAt(1 + r.IntN(600))
						server.Delete(gone)
						delete(stays, gone)
					}
				})
				client := server.Client(activity.WithPrefetch(int(seed % 2)))
				got, err := client.Activities(snaplogic.ActivityQuery{PageSize: 5 + r.IntN(40)}).Collect(t.Context(), 0)
				require.NoError(t, err)
				seen := make(map[string]bool)
				for _, a := range got {
					assert.False(t, seen[a.ID], "%s comes twice", a.ID)
					seen[a.ID] = true
				}
				moved := func(id string) bool { return !stays[id] }
				assert.Equal(t, slices.DeleteFunc(down(600, 600), moved), slices.DeleteFunc(idsOf(got), moved))
			})
		})
	}
}
