package conformance_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
)

// TestServiceClockBehind checks that a feed reads no further than the service's clock, and delivers
// records once that a slow clock dated.
func TestServiceClockBehind(t *testing.T) {
	everyFeed(t, func(t *testing.T, a *adapter) {
		ahead := -2 * time.Hour
		s := a.fill(0)
		s.setClock(&ahead)
		kept, f := followtest.NewStore(), s.client(t).feed(query{})
		o := activity.FollowOptions{Since: time.Now().AddDate(0, 0, -1), Lookback: -1, Settle: -1}
		for n := range 30 {
			s.add(a.record(1+n, time.Now().Add(ahead)))
			f.CatchUp(t, kept, o)
			assert.False(t, kept.Checkpoint(t).Watermark().After(time.Now().Add(ahead)), "%v", kept.Checkpoint(t))
			<-time.After(7 * time.Minute)
		}
		f.CatchUp(t, kept, o)
		assertEachOnce(t, kept, 30)
	})
}

// TestServiceClockAhead checks that records which the service dates in the future come later, and
// once.
func TestServiceClockAhead(t *testing.T) {
	everyFeed(t, func(t *testing.T, a *adapter) {
		for _, ahead := range []time.Duration{3 * time.Hour, 48 * time.Hour} {
			s := a.fill(0)
			s.setClock(&ahead)
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
			assertEachOnce(t, kept, 18)
		}
	})
}

// TestServiceClockSetBack sets the service's clock back between two runs. The feed's watermark does
// not move back, and every record comes once.
func TestServiceClockSetBack(t *testing.T) {
	everyFeed(t, func(t *testing.T, a *adapter) {
		var ahead time.Duration
		s, n := a.fill(0), 0
		s.setClock(&ahead)
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
		assertEachOnce(t, kept, n)
	})
}
