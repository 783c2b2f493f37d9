package conformance_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/followtest"
)

// followAndStore is the simplest program: it follows a feed with default options, stores each
// batch, and returns the first error.
func followAndStore(ctx context.Context, t *testing.T, s *followtest.Store, f feed, since time.Time) error {
	t.Helper()
	for batch, err := range f.Follow(ctx, s.Checkpoint(t), activity.FollowOptions{Since: since}) {
		if err != nil {
			return err
		}
		followtest.Put(t, s, batch)
	}
	return nil
}

// TestFollowOutlastsOutages checks that the simplest program goes on through outages of hours, and
// stores every record once.
func TestFollowOutlastsOutages(t *testing.T) {
	for name, trouble := range map[string]fake.Fault{
		"unavailable":           {Status: 503},
		"unsupported method":    {Status: 501},
		"no connection":         {Reset: true},
		"no answer":             {Delay: time.Hour},
		"limited":               {Status: 429, Header: http.Header{"Retry-After": {"1200"}}},
		"maintenance page":      {Body: "<html>Back soon</html>"},
		"another shape":         {Body: `{"maintenance":true,"results":7}`},
		"broken JSON":           {Body: `{"results":[`},
		"one byte":              {Truncate: 1},
		"a redirect to a login": {Status: 302, Header: http.Header{"Location": {"/login"}}},
	} {
		t.Run(name, func(t *testing.T) {
			everyFeed(t, func(t *testing.T, a *adapter) {
				s := a.fill(0)
				begun := time.Now()
				for n := range 12 {
					s.add(a.record(n+1, begun.Add(time.Duration(n*30)*time.Minute)))
				}
				s.FailWith(func(r fake.Request) *fake.Fault {
					if passed := time.Since(begun); !isTokenRequest(r) && passed > time.Hour && passed < 4*time.Hour {
						return &trouble
					}
					return nil
				})
				ctx, cancel := context.WithTimeout(t.Context(), 8*time.Hour)
				defer cancel()
				kept := followtest.NewStore()
				err := followAndStore(ctx, t, kept, s.client(t).feed(query{}), begun)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assertEachOnce(t, kept, 12)
			})
		})
	}
}

// TestFollowEndsForPermanentErrors checks that errors which do not pass by themselves end the feed,
// with a batch that is safe to store.
func TestFollowEndsForPermanentErrors(t *testing.T) {
	for status, kind := range map[int]error{
		400: activity.ErrInvalid, 401: activity.ErrUnauthorized, 403: activity.ErrForbidden, 404: activity.ErrNotFound, 422: activity.ErrInvalid,
	} {
		everyFeed(t, func(t *testing.T, a *adapter) {
			s := a.fill(0)
			begun := time.Now()
			s.add(a.record(1, begun))
			s.FailWith(func(r fake.Request) *fake.Fault {
				if !isTokenRequest(r) && time.Since(begun) > time.Hour {
					return &fake.Fault{Status: status}
				}
				return nil
			})
			var stored activity.Checkpoint
			errs := 0
			for batch, err := range s.client(t).feed(query{}).Follow(t.Context(), stored, activity.FollowOptions{Since: begun}) {
				if err != nil {
					require.ErrorIs(t, err, kind)
					assert.Equal(t, stored, batch.Checkpoint)
					assert.Empty(t, batch.Records)
					errs++
				}
				stored = batch.Checkpoint
			}
			assert.Equal(t, 1, errs, "the error comes last")
			assert.Less(t, time.Since(begun), 2*time.Hour)
			assert.WithinDuration(t, begun.Add(time.Hour), stored.Watermark(), 5*time.Minute)
		})
	}
}

// TestEachRecordOnceAcrossCrashes follows a feed while records arrive, some of them late, requests
// fail, and the program crashes and starts again. It stores each record once.
func TestEachRecordOnceAcrossCrashes(t *testing.T) {
	const n = 250
	everySeed(t, 4, adaptersWhere(hasFeed), func(t *testing.T, a *adapter, seed uint64) {
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
		c.feed(query{}).crash(t, kept, func() feed { return c.feed(query{pageSize: 2 + sizes.IntN(20)}) }, o, sizes, 66*time.Hour)
		s.FailWith(nil)
		c.feed(query{}).CatchUp(t, kept, o)
		assertEachOnce(t, kept, n)
	})
}

// TestFeedKeys checks that a record has the same key in every run and that keys are unique. A round
// without new records costs the requests for one page.
func TestFeedKeys(t *testing.T) {
	everyFeed(t, func(t *testing.T, a *adapter) {
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

// TestBoundsOfSlices checks that a feed loses no record whose time is the bound of one of its
// slices, and delivers none twice, whether the service includes the bounds of a query or not.
func TestBoundsOfSlices(t *testing.T) {
	for _, exclusive := range []bool{false, true} {
		t.Run(fmt.Sprint("exclusive ", exclusive), func(t *testing.T) {
			everyFeed(t, func(t *testing.T, a *adapter) {
				s, n := a.fillWith(0, faults{exclusive: exclusive}), 0
				since := time.Now().AddDate(0, 0, -20)
				happen := func(at time.Time) {
					n++
					s.add(a.record(n, at))
				}
				for at := since.Add(time.Hour); at.Before(time.Now()); at = at.Add(time.Hour) {
					happen(at)
				}
				kept, f := followtest.NewStore(), s.client(t).feed(query{})
				o := activity.FollowOptions{Since: since, Lookback: -1, Settle: -1}
				for range 50 { // each round ends at the time of a record
					happen(time.Now())
					f.CatchUp(t, kept, o)
					<-time.After(time.Hour)
				}
				f.CatchUp(t, kept, o)
				assertEachOnce(t, kept, n)
			})
		})
	}
}

// TestRefusedOffsets checks that a feed requests shorter time ranges from a service that refuses
// large offsets.
func TestRefusedOffsets(t *testing.T) {
	everyOf(t, adaptersWhere(func(a *adapter) bool { return a.offsets && !a.noFeed }), func(t *testing.T, a *adapter) {
		// OPSWAT takes whole days. A slice covers one more day on both sides.
		const n = 300
		s := a.fillWith(0, faults{maxOffset: 250})
		for i := range n {
			s.add(a.record(n-i, newest().Add(-time.Duration(i)*30*time.Minute)))
		}
		o := activity.FollowOptions{Since: newest().AddDate(0, 0, -8), Lookback: -1, Settle: -1}
		kept := followtest.NewStore()
		s.client(t).feed(query{pageSize: 20}).CatchUp(t, kept, o)
		assertEachOnce(t, kept, n)
	})
}
