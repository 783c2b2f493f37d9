package conformance_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/followtest"
)

// Records come, some late, while a program follows the feed, fails, dies and begins again. It
// stores each record once.
func TestEachRecordOnceAcrossCrashes(t *testing.T) {
	const n = 250
	everyFeed(t, func(t *testing.T, a *adapter, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 3))
		s, kept := a.fill(0), followtest.NewStore()
		agenda := followtest.NewAgenda(random, n, 40*time.Hour, 50*time.Minute)
		s.onCall(0, func(int) {
			for _, e := range agenda.Due() {
				s.add(a.record(e.N+1, e.At))
			}
		})
		s.FailWith(func(r fake.Request) *fake.Fault {
			if !isTokenRequest(r) && random.IntN(10) == 0 {
				return &fake.Fault{Status: 503}
			}
			return nil
		})
		o := activity.FollowOptions{Since: time.Now(), Every: 10 * time.Minute, Lookback: time.Hour, Settle: time.Minute}
		c := s.client(t, activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}))
		sizes := rand.New(rand.NewPCG(seed, 4))
		crash(t, kept, func() feed { return c.feed(query{pageSize: 2 + sizes.IntN(20)}) }, o, sizes, 66*time.Hour)
		s.FailWith(nil)
		c.feed(query{}).CatchUp(t, kept, o)
		for key, count := range kept.Keys {
			assert.Equal(t, 1, count, key)
		}
		assert.Len(t, kept.Keys, n)
	})
}

// A record has the same key in every run, and two records have different ones. A quiet round costs
// as much as one page.
func TestFeedKeys(t *testing.T) {
	everyFeed(t, func(t *testing.T, a *adapter, _ uint64) {
		s := a.fill(13)
		o := activity.FollowOptions{Since: newest().Add(-time.Hour), Lookback: -1, Settle: -1}
		var runs [2]map[string]int
		for i := range runs {
			runs[i] = map[string]int{}
			c := s.client(t)
			var at activity.Checkpoint
			for b, err := range c.feed(query{pageSize: 5 + i}).Round(t.Context(), at, o) {
				require.NoError(t, err)
				at = b.Checkpoint
				for _, r := range b.Records {
					runs[i][r.Key] = r.Item.id
					assert.True(t, r.Time.Equal(r.Item.time))
				}
			}
			assert.Len(t, runs[i], 13)
			<-time.After(time.Minute)
			s.ResetRequests()
			for b, err := range c.feed(query{}).Round(t.Context(), at, o) {
				require.NoError(t, err)
				assert.Empty(t, b.Records)
			}
			assert.Len(t, s.calls(), a.requests(1, 5))
		}
		assert.Equal(t, runs[0], runs[1])
	})
}

// everyFeed runs a test for each feed, several times.
func everyFeed(t *testing.T, test func(t *testing.T, a *adapter, seed uint64)) {
	t.Helper()
	for _, a := range those(func(a *adapter) bool { return !a.noFeed }) {
		for seed := range uint64(4) {
			t.Run(fmt.Sprint(a, " ", seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { test(t, a, seed) })
			})
		}
	}
}
