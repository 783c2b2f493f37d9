package activity

import (
	"bytes"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Where the service's clock is behind, the watermark goes by that: what happens until it has caught
// up is listed under times that lie behind the present.
func TestServiceClockBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		s.info.Lookback = 0
		s.clock = func() time.Time { return time.Now().Add(-2 * time.Hour) }
		since := time.Now().Add(-6 * time.Hour)
		o := FollowOptions{Since: since, Settle: -1}
		for range 3 {
			now := s.clock()
			s.events = append(s.events, event{id: now.String(), at: now, listed: now})
			for _, b := range catchUp(t, s, kept, o) {
				assert.Equal(t, s.clock().UTC(), b.Checkpoint.Watermark())
				assert.Zero(t, b.Lag)
			}
			rest(t, time.Hour)
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
	})
}

// A clock that is set back between two runs moves no watermark. What happens meanwhile is found in
// the lookback.
func TestClockSetBack(t *testing.T) {
	for name, serviceToo := range map[string]bool{"local": false, "both": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, kept := newService(10), newStore(t)
				since, clock := time.Now().Add(-6*time.Hour), time.Now
				run := func() Batch[event] {
					feed := NewFeed(s)
					feed.clock = clock
					var last Batch[event]
					for b, err := range feed.CatchUp(t.Context(), kept.load(), FollowOptions{Since: since, Settle: -1}) {
						require.NoError(t, err)
						kept.put(b)
						last = b
					}
					return last
				}
				watermark := run().Checkpoint.Watermark()
				rest(t, time.Minute)
				clock = func() time.Time { return time.Now().Add(-10 * time.Minute) }
				if serviceToo {
					s.clock = clock
				}
				s.events = append(s.events, event{id: "meanwhile", at: clock(), listed: clock()})
				b := run()
				assert.Equal(t, watermark, b.Checkpoint.Watermark())
				assert.Equal(t, -9*time.Minute, b.Lag)
				assert.Equal(t, 1, kept.keys["meanwhile"])
				assert.Empty(t, run().Records)
			})
		})
	}
}

// Clocks that are more than five minutes apart are worth a warning in each round, and no more.
func TestClocksApart(t *testing.T) {
	for apart, warnings := range map[time.Duration]int{4 * time.Minute: 0, 6 * time.Minute: 1, -6 * time.Minute: 1} {
		synctest.Test(t, func(t *testing.T) {
			s, log := newService(1), bytes.Buffer{}
			s.info.Logger = slog.New(slog.NewTextHandler(&log, nil))
			s.clock = func() time.Time { return time.Now().Add(-apart) }
			since := time.Now().Add(-time.Hour)
			for i := range 3 {
				s.events = append(s.events, event{id: strconv.Itoa(i), at: since, listed: since})
			}
			catchUp(t, s, newStore(t), FollowOptions{Since: since})
			assert.Equal(t, warnings, strings.Count(log.String(), "clock"), "%v apart", apart)
		})
	}
}

// A round that takes longer than Every does not end within its lookback: the next one would begin
// there again.
func TestSlowRoundsGetOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		s.info.Lookback, s.info.Longest = 48*time.Hour, time.Hour
		catchUp(t, s, kept, FollowOptions{Since: time.Now().Add(-72 * time.Hour)})
		rest(t, time.Hour)
		before := kept.load().Watermark()
		s.fail = func(int) error { rest(t, 2*time.Minute); return nil }
		batches := 0
		for b, err := range NewFeed(s).Follow(t.Context(), kept.load(), FollowOptions{Every: time.Minute}) {
			require.NoError(t, err)
			if batches++; batches == 200 || b.Checkpoint.Watermark().After(before) {
				break
			}
		}
		assert.Less(t, batches, 60)
	})
}
