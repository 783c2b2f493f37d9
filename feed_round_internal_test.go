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

// The first slice of a feed covers a day. That of a resumed one covers the lookback and a day.
func TestFirstSlice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		since := time.Now().Add(-72 * time.Hour).UTC()
		catchUp(t, s, kept, FollowOptions{Since: since, Settle: -1})
		assert.Equal(t, span{since, since.Add(24 * time.Hour)}, s.asked[0])
		assert.Equal(t, since.Add(24*time.Hour), s.asked[1].from, "no lookback behind the first one")

		rest(t, 72*time.Hour)
		s.asked = nil
		watermark := kept.load().Watermark()
		catchUp(t, s, kept, FollowOptions{Settle: -1})
		assert.Equal(t, span{watermark.Add(-time.Hour), watermark.Add(24 * time.Hour)}, s.asked[0])
		assert.Equal(t, watermark.Add(24*time.Hour), s.asked[1].from)
	})
}

// A lookback that is read in several slices ends early where the checkpoint gets too full
// meanwhile: what was forgotten is not read, since it would come again.
func TestLookbackShortensWhileItIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 44_000
		s, kept := newService(100_000), newStore(t)
		s.info.Longest = time.Hour
		s.info.Lookback = 13 * time.Hour
		since := time.Now().Add(-all * time.Second)
		for i := range all {
			at := since.Add(time.Duration(i) * time.Second)
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		catchUp(t, s, kept, FollowOptions{Since: since, Settle: -1})
		for i := range 12_000 { // of no known time, so that they are kept as long as the newest of their slice
			s.events = append(s.events, event{id: "late " + strconv.Itoa(i), at: since, blank: true})
		}
		catchUp(t, s, kept, FollowOptions{Settle: -1})
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.True(t, kept.load().state.floor.After(since.Add(time.Hour)))
	})
}

// A round that takes longer than Every ends once the watermark has moved, and the next one looks
// back again.
func TestLateRoundEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(10)
		s.fail = func(int) error { rest(t, 40*time.Second); return nil } // for each request
		s.info.Longest = 10 * time.Minute
		since := time.Now().Add(-3 * time.Hour)
		for b, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: since, Every: time.Minute, Settle: -1}) {
			require.NoError(t, err)
			if b.Lag < 10*time.Minute {
				break
			}
		}
		back := 0
		for i, a := range s.asked[1:] {
			if a.from.Before(s.asked[i].to) {
				back++
			}
		}
		assert.Greater(t, back, 1, "rounds begin in the lookback")
		assert.Less(t, len(s.asked), 200, "and end behind it")
	})
}

// widths returns how much time the slices covered, without the last one, which ends at the present.
func (s *service) widths() (all []time.Duration) {
	for _, a := range s.asked[:len(s.asked)-1] {
		all = append(all, a.to.Sub(a.from))
	}
	return all
}

// Slices of which a service does not say how many records they have: they get shorter after one
// that was too full, longer after one that was nearly empty, and stay as they are otherwise.
func TestSliceWidths(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		daily   int
		longest time.Duration
		want    []time.Duration
	}{
		"too full":     {15_000, 0, []time.Duration{day, day / 2, day / 2, day / 2, day / 2}},
		"just right":   {4000, 0, []time.Duration{day, day, day, day, day}},
		"nearly empty": {100, 0, []time.Duration{day, 2 * day, 4 * day, 8 * day, 16 * day}},
		"the longest":  {100, 5 * day, []time.Duration{day, 2 * day, 4 * day, 4 * day, 4 * day}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, kept := newService(100_000), newStore(t)
				s.totals = false
				s.info.Longest = c.longest
				since := time.Now().Add(-40 * day)
				for at := since; at.Before(since.Add(4*day)) || c.daily == 100 && at.Before(time.Now()); at = at.Add(day / time.Duration(c.daily)) {
					s.events = append(s.events, event{id: strconv.Itoa(len(s.events)), at: at, listed: at})
				}
				for b, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: since, Settle: -1, Lookback: -1}) {
					require.NoError(t, err)
					if kept.put(b); kept.batches == len(c.want) {
						break
					}
				}
				s.asked = append(s.asked, span{})
				assert.Equal(t, c.want, s.widths())
			})
		})
	}
}

// A slice that a round could not fill says nothing of how long slices may be.
func TestQuietRoundsDoNotWidenSlices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(10)
		rounds := 0
		for _, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: time.Now().Add(-time.Hour), Every: time.Minute}) {
			require.NoError(t, err)
			if rounds++; rounds == 100 {
				s.asked = nil
				rest(t, 60*24*time.Hour) // the program was busy
			}
			if rounds > 101 {
				break
			}
		}
		assert.LessOrEqual(t, s.widths()[0], 48*time.Hour)
	})
}

// The logger is warned of clocks that differ once a round, however many pages and slices it has.
func TestClocksDifferOnceARound(t *testing.T) {
	for apart, want := range map[time.Duration]int{-6 * time.Minute: 2, 6 * time.Minute: 2, 4 * time.Minute: 0, 0: 0} {
		t.Run(apart.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, kept := newService(1), newStore(t)
				since := time.Now().Add(-72 * time.Hour)
				s.clock = func() time.Time { return time.Now().Add(apart) }
				s.events = []event{{id: "a", at: since}, {id: "b", at: since}}
				var log bytes.Buffer
				s.info.Logger = slog.New(slog.NewTextHandler(&log, nil))
				for range 2 {
					catchUp(t, s, kept, FollowOptions{Since: since})
				}
				assert.Equal(t, want, strings.Count(log.String(), "the local clock and the service's differ"))
			})
		})
	}
}
