package snaplogic_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// Delivered rows may vanish as long as one of the remembered ones is left. Those are the rows of
// two pages, but at least 1000, and less than twice as many.
func TestDeliveredRowsVanish(t *testing.T) {
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

// A cursor has the keys of 17 rows. If no more were delivered, all of them may vanish.
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

// The first request of a search is wide, and around the place where the count says that the walk is
// now. If the service lists fewer rows in a response, no more are requested.
func TestSearchRequests(t *testing.T) {
	for _, c := range []struct {
		limit  int // of the rows in a response; 0: none
		search string
	}{{0, pageQuery(1000, 98)}, {30, pageQuery(30, 564)}} {
		synctest.Test(t, func(t *testing.T) {
			server := snaplogictest.NewServer(snaplogictest.WithPageLimit(c.limit))
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

// All rows are delivered if forty of the same instant, around the end of a page, are in another
// order in each response.
func TestShuffledTies(t *testing.T) {
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

// No row is lost if, during a search, the service answers once that the list is empty.
func TestEmptyResponseDuringSearch(t *testing.T) {
	ids := down(2000, 2000)
	transport := service(func(n, offset, limit int) (int, []string) {
		switch n {
		case 4:
			return 2000, nil
		case 5:
			return 0, nil
		}
		return 2000, part(entriesOf(ids...), offset, limit)
	})
	got, err := newClient(t, transport).Activities(snaplogic.ActivityQuery{PageSize: 300}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, ids, idsOf(got))
}

// A request of a search can fail like any other. The cursor of the page before resumes the list.
func TestFailureDuringSearch(t *testing.T) {
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
