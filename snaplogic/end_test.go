package snaplogic_test

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// The first request ends where the query does. The others end where the service's clock stood at
// the first answer, rounded up to a second, and a walk keeps that end.
func TestEndIsPinned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(5)...)
		list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 2})
		<-time.After(time.Second + time.Microsecond)
		for page, err := range list.Pages(t.Context()) {
			require.NoError(t, err)
			require.NotEmpty(t, page.Items)
			<-time.After(time.Hour)
		}
		assert.Equal(t, []string{"limit=2&offset=0", "end=946684802000&limit=3&offset=1", "end=946684802000&limit=3&offset=3"},
			queries(server))

		server.ResetRequests()
		_, err := list.Collect(t.Context(), 3)
		require.NoError(t, err)
		assert.Equal(t, []string{"limit=2&offset=0", "end=946695602000&limit=3&offset=1"}, queries(server), "another walk, another end")
	})
}

// Whatever the end is, it is not after the query's own, not before the newest row of the first
// page, and none where that page does not begin with the newest rows.
func TestWhereTheEndIs(t *testing.T) {
	ahead := old(5)
	ahead[0].CreateTime = bubbleStart.Add(time.Hour)
	ascending := old(5)
	slices.Reverse(ascending)
	undated := old(5)
	for i := range undated {
		undated[i].CreateTime = time.Time{}
	}
	for name, c := range map[string]struct {
		rows       []snaplogic.Activity
		end, clock time.Time // of the query; of the service, if it has another one
		want       string    // of the second request
	}{
		"the service's clock is ahead":  {rows: old(5), clock: bubbleStart.Add(time.Minute), want: "end=946684861000&limit=3&offset=1"},
		"it is behind":                  {rows: old(5), clock: bubbleStart.Add(-time.Minute), want: "end=946684741000&limit=3&offset=1"},
		"the query ends before":         {rows: old(5), end: bubbleStart.Add(-time.Minute), want: "end=946684740000&limit=3&offset=1"},
		"the query ends later":          {rows: old(5), end: bubbleStart.Add(time.Hour), want: pageQuery(3, 1)},
		"a row is dated ahead":          {rows: ahead, want: "end=946688400001&limit=3&offset=1"},
		"rows are dated by no one":      {rows: undated, want: pageQuery(3, 1)},
		"the oldest rows come first":    {rows: ascending, want: "limit=3&offset=1"},
		"they do, and the query's ends": {rows: ascending, end: bubbleStart, want: "end=946684800000&limit=3&offset=1"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer()
				server.InsertAt(0, c.rows...)
				if !c.clock.IsZero() {
					date := http.Header{"Date": {c.clock.Format(http.TimeFormat)}}
					server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault { return &snaplogictest.Fault{Header: date} })
				}
				got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 2, End: c.end}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Equal(t, idsOf(c.rows), idsOf(got))
				assert.Equal(t, c.want, queries(server)[1])
			})
		})
	}
}
