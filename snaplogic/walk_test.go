package snaplogic_test

import (
	"fmt"
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

// before changes the list when the n-th request arrives.
func before(server *snaplogictest.Server, n int, change func()) {
	server.OnRequest(func(r snaplogictest.Request) {
		if r.N == n {
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

// Each row that stays comes once, in its order. Rows that were inserted in front may come or not.
func TestWalkWhileRowsMove(t *testing.T) {
	for name, c := range map[string]struct {
		rows, pageSize int
		change         func(s *snaplogictest.Server) // before the second request
		requests       int
	}{
		"one row is inserted in front":   {9, 3, func(s *snaplogictest.Server) { s.Add(newer(1)...) }, 5},
		"as many as a page":              {9, 3, func(s *snaplogictest.Server) { s.Add(newer(3)...) }, 5},
		"more than a page":               {9, 3, func(s *snaplogictest.Server) { s.Add(newer(4)...) }, 6},
		"far more than are remembered":   {9, 3, func(s *snaplogictest.Server) { s.Add(newer(3000)...) }, 171},
		"a row that was read vanishes":   {9, 3, func(s *snaplogictest.Server) { s.Delete(idAt(9)) }, 5},
		"the row that was read last":     {9, 3, func(s *snaplogictest.Server) { s.Delete(idAt(7)) }, 5},
		"that one, and another comes":    {9, 3, func(s *snaplogictest.Server) { s.Delete(idAt(7)); s.Add(newer(1)...) }, 5},
		"rows that come next":            {9, 3, func(s *snaplogictest.Server) { s.Delete(idAt(6), idAt(4)) }, 4},
		"all that were read":             {9, 3, func(s *snaplogictest.Server) { s.Delete(down(9, 3)...) }, 7},
		"all rows":                       {9, 3, func(s *snaplogictest.Server) { s.Delete(down(9, 9)...) }, 4},
		"a thousand rows that were read": {2500, 1100, func(s *snaplogictest.Server) { s.Delete(down(2400, 1000)...) }, 4},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer()
				server.Add(old(c.rows)...)
				before(server, 2, func() { c.change(server) })
				got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: c.pageSize}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.LessOrEqual(t, len(server.Requests()), c.requests)
				came := slices.DeleteFunc(idsOf(got), func(id string) bool { return id > idAt(c.rows) })
				stays := map[string]bool{}
				server.DeleteFunc(func(a snaplogic.Activity) bool { stays[a.ID] = true; return false })
				want := slices.DeleteFunc(down(c.rows, c.rows), func(id string) bool { return !stays[id] && !slices.Contains(came, id) })
				assert.Equal(t, want, came)
			})
		})
	}
}

// The rows that were delivered last may vanish, as long as one is left of those that are
// remembered: 1000, or two pages, at least, and twice as many at most.
func TestRowsDeliveredLastVanish(t *testing.T) {
	for _, c := range []struct {
		pageSize, delivered, vanish int
		lost                        bool
	}{{100, 2500, 999, false}, {100, 2500, 2499, true}, {700, 4200, 1399, false}, {700, 4200, 4199, true}} {
		t.Run(fmt.Sprintf("%d, pages of %d", c.vanish, c.pageSize), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer()
				n := c.delivered + 800
				server.Add(old(n)...)
				before(server, c.delivered/c.pageSize+1, func() { server.Delete(down(n-c.delivered+c.vanish, c.vanish)...) })
				got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: c.pageSize}).Collect(t.Context(), 0)
				if !c.lost {
					require.NoError(t, err)
					assert.Len(t, got, n)
					return
				}
				require.ErrorIs(t, err, activity.ErrListChanged)
				assert.Len(t, got, c.delivered, "what was delivered is good")
				assert.Contains(t, err.Error(), "read the list again")
				assert.True(t, failureOf(t, err).Temporary())
				assert.Less(t, len(server.Requests()), 60)
			})
		})
	}
}

// A stored cursor holds seventeen rows, and how many were delivered: if those are all, any may
// vanish.
func TestResumeWhileRowsVanish(t *testing.T) {
	for _, c := range []struct {
		pageSize, vanish int
		lost             bool
	}{{20, 16, false}, {20, 17, true}, {17, 17, false}, {1, 1, false}, {18, 18, true}} {
		t.Run(fmt.Sprintf("%d of %d", c.vanish, c.pageSize), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer()
				server.Add(old(60)...)
				list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: c.pageSize})
				page, err := list.Page(t.Context(), "")
				require.NoError(t, err)
				server.Delete(down(60-c.pageSize+c.vanish, c.vanish)...)
				got, err := list.From(page.Next).Collect(t.Context(), 0)
				if c.lost {
					require.ErrorIs(t, err, activity.ErrListChanged)
					assert.Empty(t, got)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, down(60-c.pageSize, 60-c.pageSize), idsOf(got))
			})
		})
	}
}

// The place is searched for in wide answers, around where the count says that it is now. A service
// that lists fewer rows at once is asked for as many as it lists.
func TestSearchForThePlace(t *testing.T) {
	for _, c := range []struct {
		most   int // that the service lists at once; 0: as many as it is asked for
		search string
	}{{0, pageQuery(1000, 98)}, {30, pageQuery(30, 564)}} {
		synctest.Test(t, func(t *testing.T) {
			server := snaplogictest.NewServer(snaplogictest.WithPageLimit(c.most))
			server.Add(old(1505)...)
			deleted := 0
			server.OnRequest(func(r snaplogictest.Request) {
				if offsetOf(r) > 570 && deleted == 0 {
					deleted = r.N
					server.Delete(idAt(1400))
				}
			})
			got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 50}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, down(1505, 1505), idsOf(got))
			assert.Equal(t, c.search, queries(server)[deleted])
		})
	}
}

// Of two rows with the same id one comes, and all others do. That costs no request.
func TestRepeatedID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		rows := old(300)
		rows[149].ID = rows[5].ID
		server.Add(rows...)
		got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 45}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, slices.Delete(idsOf(rows), 149, 150), idsOf(got))
		assert.Len(t, server.Requests(), 7)
	})
}

// Forty rows of one instant, around the end of a page, are in another order in each answer. All
// come.
func TestTiesSortedAnew(t *testing.T) {
	for seed := range uint64(10) {
		synctest.Test(t, func(t *testing.T) {
			server := snaplogictest.NewServer(snaplogictest.WithShuffledTies(seed + 1))
			rows := old(80)
			for i := 20; i < 60; i++ {
				rows[i].CreateTime = rows[20].CreateTime
			}
			server.Add(rows...)
			got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 30}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.ElementsMatch(t, idsOf(rows), idsOf(got), "seed %d", seed)
		})
	}
}

// A request of a search fails like any other, and the walk goes on from the page before.
func TestFailureWhileThePlaceIsSearched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(9)...)
		before(server, 2, func() { server.Delete(idAt(9)) })
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
