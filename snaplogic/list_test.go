package snaplogic_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// A list that does not change costs a request for each page, and two more if the service does not
// count. For a last page that is full, one row more is requested, which shows that the list ends.
// If it is the first page, that takes another request.
func TestListRequests(t *testing.T) {
	for _, c := range []struct{ rows, pages int }{{0, 1}, {1, 1}, {9, 1}, {10, 2}, {11, 2}, {20, 2}, {45, 5}} {
		for _, prefetch := range []int{0, 3} {
			for _, totalless := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d rows, prefetch %d, without total: %v", c.rows, prefetch, totalless), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						options := []snaplogictest.Option{snaplogictest.WithBareEnvelope()}
						want := pageQueries(10, c.pages)
						switch {
						case c.rows == 20 && !totalless:
							want[1] = pageQuery(12, 9)
						case c.rows == 20:
							want = append(want, pageQuery(11, 19))
						}
						if totalless {
							options = append(options, snaplogictest.WithoutTotal())
							if c.rows%10 != 0 {
								want = append(want, pageQuery(11, c.rows-1))
							}
							if c.rows > 0 {
								want = append(want, pageQuery(10, c.rows))
							}
							if c.rows == 1 { // one row does not show that the newest come first
								want = []string{firstQuery(10), "limit=11&offset=0", "limit=10&offset=1"}
							}
						}
						server := snaplogictest.NewServer(options...)
						server.Add(old(c.rows)...)
						list := server.Client(activity.WithPrefetch(prefetch)).Activities(snaplogic.ActivityQuery{PageSize: 10})
						got, err := list.Collect(t.Context(), 0)
						require.NoError(t, err)
						assert.Equal(t, down(c.rows, c.rows), idsOf(got))
						assert.ElementsMatch(t, want, queries(server), "concurrent requests arrive in any order")
					})
				})
			}
		}
	}
}

// No row is lost if the service lists fewer rows than were requested.
func TestListOfShortPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer(snaplogictest.WithPageLimit(4))
		server.Add(old(11)...)
		var sizes []int
		for page, err := range server.Client().Activities(snaplogic.ActivityQuery{PageSize: 10}).Pages(t.Context()) {
			require.NoError(t, err)
			assert.Equal(t, 11, page.Total)
			sizes = append(sizes, len(page.Items))
		}
		assert.Equal(t, []int{4, 3, 3, 1}, sizes)
		assert.Equal(t, []string{firstQuery(10), pageQuery(11, 3), pageQuery(11, 6), pageQuery(11, 9)}, queries(server))
	})
}

func TestDefaultPageSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(1001)...)
		got, err := server.Client().Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 1001)
		assert.Equal(t, pageQueries(1000, 2), queries(server))
	})
}

// The largest page has no room for the row that is requested again.
func TestLargestPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer(snaplogictest.WithPageLimit(4))
		server.Add(old(9)...)
		got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 100_000}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(9, 9), idsOf(got))
		assert.Equal(t, []string{firstQuery(100_000), pageQuery(100_000, 3), pageQuery(100_000, 6)}, queries(server))
	})
}
