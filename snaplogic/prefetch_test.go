package snaplogic_test

import (
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

const latency = 50 * time.Millisecond

// slowServer returns a server with n activities, whose responses take the latency.
func slowServer(n int) *snaplogictest.Server {
	server := snaplogictest.NewServer()
	server.Add(old(n)...)
	server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault { return &snaplogictest.Fault{Delay: latency} })
	return server
}

// After the first page, as many requests are sent concurrently as the option says.
func TestPrefetchConcurrency(t *testing.T) {
	for _, prefetch := range []int{0, 1, 2, 3, 8, 33, 99, 256} {
		synctest.Test(t, func(t *testing.T) {
			server := slowServer(995)
			began := time.Now()
			got, err := server.Client(activity.WithPrefetch(prefetch)).Activities(snaplogic.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, down(995, 995), idsOf(got))
			n := max(prefetch, 1)
			assert.Equal(t, time.Duration(1+(99+n-1)/n)*latency, time.Since(began), "prefetch %d", prefetch)
			assert.ElementsMatch(t, pageQueries(10, 100), queries(server))
		})
	}
}

// A slow consumer does not make the list prefetch more pages than the option says.
func TestPrefetchLimit(t *testing.T) {
	for _, prefetch := range []int{0, 1, 2, 8} {
		synctest.Test(t, func(t *testing.T) {
			server := slowServer(295)
			pages := 0
			for _, err := range server.Client(activity.WithPrefetch(prefetch)).Activities(snaplogic.ActivityQuery{PageSize: 10}).Pages(t.Context()) {
				require.NoError(t, err)
				<-time.After(time.Hour)
				pages++
				assert.Len(t, server.Requests(), min(pages+prefetch, 30))
			}
		})
	}
}

// A change costs the pages that were prefetched. Then pages are prefetched again.
func TestPrefetchAfterChange(t *testing.T) {
	for name, change := range map[string]func(s *snaplogictest.Server){
		"many new rows":        func(s *snaplogictest.Server) { s.Add(newer(37)...) },
		"read rows vanish":     func(s *snaplogictest.Server) { s.Delete(down(950, 15)...) },
		"later rows vanish":    func(s *snaplogictest.Server) { s.Delete(down(700, 15)...) },
		"all delivered vanish": func(s *snaplogictest.Server) { s.Delete(down(1000, 200)...) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := slowServer(1000)
				before(server, 30, func() { change(server) })
				began := time.Now()
				got, err := server.Client(activity.WithPrefetch(8)).Activities(snaplogic.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.LessOrEqual(t, len(server.Requests()), 100+2*8+8)
				assert.Less(t, time.Since(began), 25*latency)
				stays := map[string]bool{}
				server.DeleteFunc(func(a snaplogic.Activity) bool { stays[a.ID] = true; return false })
				gone := func(id string) bool { return !stays[id] || id > idAt(1000) }
				assert.Equal(t, slices.DeleteFunc(down(1000, 1000), gone), slices.DeleteFunc(idsOf(got), gone))
			})
		})
	}
}
