package conformance_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/followtest"
)

// daemon is the obvious program: it follows a feed without further options, stores each batch, and
// ends with the first error.
func daemon(ctx context.Context, t *testing.T, s *followtest.Store, f feed, since time.Time) error {
	t.Helper()
	for batch, err := range f.Follow(ctx, s.Checkpoint(t), activity.FollowOptions{Since: since}) {
		if err != nil {
			return err
		}
		followtest.Put(t, s, batch)
	}
	return nil
}

// The obvious program outlives all that passes by itself, for hours, and has every record once
// afterwards.
func TestObviousProgramGoesOn(t *testing.T) {
	for name, trouble := range map[string]fake.Fault{
		"down":                  {Status: 503},
		"not made for this":     {Status: 501},
		"gone":                  {Reset: true},
		"silent":                {Delay: time.Hour},
		"limited":               {Status: 429, Header: http.Header{"Retry-After": {"1200"}}},
		"maintenance page":      {Body: "<html>Back soon</html>"},
		"another shape":         {Body: `{"maintenance":true,"results":7}`},
		"broken JSON":           {Body: `{"results":[`},
		"nothing":               {Truncate: 1},
		"a redirect to a login": {Status: 302, Header: http.Header{"Location": {"/login"}}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, those(func(a *adapter) bool { return !a.noFeed }), func(t *testing.T, a *adapter) {
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
				err := daemon(ctx, t, kept, s.client(t).feed(query{}), begun)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Len(t, kept.Keys, 12)
				for key, times := range kept.Keys {
					assert.Equal(t, 1, times, key)
				}
			})
		})
	}
}

// What does not pass by itself ends it, with a batch that does no harm if it is stored.
func TestObviousProgramEnds(t *testing.T) {
	for status, kind := range map[int]error{
		400: activity.ErrInvalid, 401: activity.ErrUnauthorized, 403: activity.ErrForbidden, 404: activity.ErrNotFound, 422: activity.ErrInvalid,
	} {
		each(t, those(func(a *adapter) bool { return !a.noFeed }), func(t *testing.T, a *adapter) {
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
			assert.Equal(t, 1, errs, "an error is last")
			assert.Less(t, time.Since(begun), 2*time.Hour)
			assert.WithinDuration(t, begun.Add(time.Hour), stored.Watermark(), 5*time.Minute)
		})
	}
}
