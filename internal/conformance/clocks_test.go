package conformance_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/followtest"
)

// dates has the service's clock go wrong by a time that can be changed.
func (s *service) dates(ahead *time.Duration) {
	s.FailWith(func(fake.Request) *fake.Fault {
		return &fake.Fault{Header: http.Header{"Date": {time.Now().Add(*ahead).UTC().Format(http.TimeFormat)}}}
	})
}

// A feed goes no further than the service's own time. What the service dates by a clock that is
// behind comes once.
func TestServiceWhoseClockIsBehind(t *testing.T) {
	each(t, those(func(a *adapter) bool { return !a.noFeed }), func(t *testing.T, a *adapter) {
		ahead := -2 * time.Hour
		s := a.fill(0)
		s.dates(&ahead)
		kept, f := followtest.NewStore(), s.client(t).feed(query{})
		o := activity.FollowOptions{Since: time.Now().AddDate(0, 0, -1), Lookback: -1, Settle: -1}
		for n := range 30 {
			s.add(a.record(1+n, time.Now().Add(ahead)))
			f.CatchUp(t, kept, o)
			assert.False(t, kept.Checkpoint(t).Watermark().After(time.Now().Add(ahead)), "%v", kept.Checkpoint(t))
			<-time.After(7 * time.Minute)
		}
		f.CatchUp(t, kept, o)
		assert.Len(t, kept.Keys, 30)
		for key, times := range kept.Keys {
			assert.Equal(t, 1, times, key)
		}
	})
}

// Where the local clock lags, what the service dates ahead of it comes later, and once.
func TestServiceWhoseClockIsAhead(t *testing.T) {
	each(t, those(func(a *adapter) bool { return !a.noFeed }), func(t *testing.T, a *adapter) {
		for _, ahead := range []time.Duration{3 * time.Hour, 48 * time.Hour} {
			s := a.fill(0)
			s.dates(&ahead)
			kept, f := followtest.NewStore(), s.client(t).feed(query{})
			o := activity.FollowOptions{Since: time.Now().AddDate(0, 0, -1), Settle: -1}
			for n := range 18 {
				s.add(a.record(1+n, time.Now().Add(ahead)))
				f.CatchUp(t, kept, o)
				assert.False(t, kept.Checkpoint(t).Watermark().After(time.Now()), "%v", kept.Checkpoint(t))
				<-time.After(10 * time.Minute)
			}
			<-time.After(ahead)
			f.CatchUp(t, kept, o)
			assert.Len(t, kept.Keys, 18)
			for key, times := range kept.Keys {
				assert.Equal(t, 1, times, key)
			}
		}
	})
}

// When the service's clock is set back between two runs, a feed's watermark stays where it is, and
// every record comes once.
func TestServiceWhoseClockIsSetBack(t *testing.T) {
	each(t, those(func(a *adapter) bool { return !a.noFeed }), func(t *testing.T, a *adapter) {
		var ahead time.Duration
		s, n := a.fill(0), 0
		s.dates(&ahead)
		kept, c := followtest.NewStore(), s.client(t)
		o := activity.FollowOptions{Since: time.Now().AddDate(0, 0, -1), Lookback: time.Hour, Settle: -1}
		last := time.Time{}
		for round := range 40 {
			if round == 10 {
				ahead = -10 * time.Minute
			}
			n++
			s.add(a.record(n, time.Now().Add(ahead)))
			c.feed(query{}).CatchUp(t, kept, o)
			watermark := kept.Checkpoint(t).Watermark()
			require.False(t, watermark.Before(last), "round %d", round)
			last = watermark
			<-time.After(time.Minute)
		}
		c.feed(query{}).CatchUp(t, kept, o)
		assert.Len(t, kept.Keys, n)
		for key, times := range kept.Keys {
			assert.Equal(t, 1, times, key)
		}
	})
}
