package activity_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
)

func TestClockAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), followtest.NewStore()
		since := time.Now().Add(-time.Hour)
		feed := activity.WithClock(activity.NewFeed(s), func() time.Time { return time.Now().Add(26 * time.Hour) })
		for _, b := range followtest.CatchUp(t, kept, feed, activity.FollowOptions{Since: since, Settle: -1}) {
			assert.False(t, b.Checkpoint.Watermark().After(time.Now()), "a fast clock must not lose what comes")
			assert.GreaterOrEqual(t, b.Lag, time.Duration(0))
		}
	})
}

// If the service's clock is late, the watermark follows it: records that are still to come have
// times before the local present.
func TestServiceClockBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), followtest.NewStore()
		s.info.Lookback = 0
		s.clock = func() time.Time { return time.Now().Add(-2 * time.Hour) }
		since := time.Now().Add(-6 * time.Hour)
		o := activity.FollowOptions{Since: since, Settle: -1}
		for range 3 {
			now := s.clock()
			s.events = append(s.events, event{id: now.String(), at: now, listed: now})
			for _, b := range catchUp(t, s, kept, o) {
				assert.Equal(t, s.clock().UTC(), b.Checkpoint.Watermark())
				assert.Zero(t, b.Lag)
			}
			followtest.Pass(time.Hour)
		}
		s.assertOnce(t, kept)
	})
}

// A clock that is set back between two runs does not move the watermark. The lookback finds what
// happens in the hour that comes twice.
func TestClockSetBack(t *testing.T) {
	for name, serviceToo := range map[string]bool{"local": false, "both": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, kept := newService(10), followtest.NewStore()
				since, clock := time.Now().Add(-6*time.Hour), time.Now
				run := func() activity.Batch[event] {
					feed := activity.WithClock(activity.NewFeed(s), clock)
					batches := followtest.CatchUp(t, kept, feed, activity.FollowOptions{Since: since, Settle: -1})
					return batches[len(batches)-1]
				}
				watermark := run().Checkpoint.Watermark()
				followtest.Pass(time.Minute)
				clock = func() time.Time { return time.Now().Add(-10 * time.Minute) }
				if serviceToo {
					s.clock = clock
				}
				s.events = append(s.events, event{id: "meanwhile", at: clock(), listed: clock()})
				b := run()
				assert.Equal(t, watermark, b.Checkpoint.Watermark())
				assert.Equal(t, -9*time.Minute, b.Lag)
				assert.Equal(t, 1, kept.Keys["meanwhile"])
				assert.Empty(t, run().Records)
			})
		})
	}
}

// A round logs one warning of clocks that differ, however many pages and slices it has.
func TestWarningOfDifferentClocks(t *testing.T) {
	for apart, want := range map[time.Duration]int{-6 * time.Minute: 2, 6 * time.Minute: 2, 4 * time.Minute: 0, 0: 0} {
		t.Run(apart.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, kept := newService(1), followtest.NewStore()
				since := time.Now().Add(-72 * time.Hour)
				s.clock = func() time.Time { return time.Now().Add(apart) }
				s.events = []event{{id: "a", at: since}, {id: "b", at: since}}
				log := s.log()
				for range 2 {
					catchUp(t, s, kept, activity.FollowOptions{Since: since})
				}
				assert.Equal(t, want, strings.Count(log.String(), "the local clock and the service's differ"))
			})
		})
	}
}

// The first slice of a feed covers a day. That of a resumed one covers the lookback and a day.
func TestFirstSlice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), followtest.NewStore()
		since := time.Now().Add(-72 * time.Hour).UTC()
		catchUp(t, s, kept, activity.FollowOptions{Since: since, Settle: -1})
		assert.Equal(t, span{since, since.Add(24 * time.Hour)}, s.asked[0])
		assert.Equal(t, since.Add(24*time.Hour), s.asked[1].from, "no lookback after the first one")

		followtest.Pass(72 * time.Hour)
		s.asked = nil
		watermark := kept.Checkpoint(t).Watermark()
		catchUp(t, s, kept, activity.FollowOptions{Settle: -1})
		assert.Equal(t, span{watermark.Add(-time.Hour), watermark.Add(24 * time.Hour)}, s.asked[0])
		assert.Equal(t, watermark.Add(24*time.Hour), s.asked[1].from)
	})
}

// A round that takes longer than Every ends once the watermark has moved, and the next one looks
// back again.
func TestLateRoundEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(10)
		s.fail = func(int) error { followtest.Pass(40 * time.Second); return nil } // for each request
		s.info.Longest = 10 * time.Minute
		since := time.Now().Add(-3 * time.Hour)
		for b, err := range activity.NewFeed(s).Follow(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: since, Every: time.Minute, Settle: -1}) {
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
		assert.Less(t, len(s.asked), 200, "and end after it")
	})
}

// A round that takes longer than Every does not end within its lookback: the next one would begin
// at the same place.
func TestSlowRoundsMakeProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), followtest.NewStore()
		s.info.Lookback, s.info.Longest = 48*time.Hour, time.Hour
		catchUp(t, s, kept, activity.FollowOptions{Since: time.Now().Add(-72 * time.Hour)})
		followtest.Pass(time.Hour)
		before := kept.Checkpoint(t).Watermark()
		s.fail = func(int) error { followtest.Pass(2 * time.Minute); return nil }
		batches := 0
		for b, err := range activity.NewFeed(s).Follow(t.Context(), kept.Checkpoint(t), activity.FollowOptions{Every: time.Minute}) {
			require.NoError(t, err)
			if batches++; batches == 200 || b.Checkpoint.Watermark().After(before) {
				break
			}
		}
		assert.Less(t, batches, 60)
	})
}

// An empty slice that was shorter than allowed does not make later slices longer.
func TestQuietRoundsDoNotLengthenSlices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(10)
		rounds := 0
		for _, err := range activity.NewFeed(s).Follow(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: time.Now().Add(-time.Hour), Every: time.Minute}) {
			require.NoError(t, err)
			if rounds++; rounds == 100 {
				s.asked = nil
				followtest.Pass(60 * 24 * time.Hour) // the program was busy
			}
			if rounds > 101 {
				break
			}
		}
		assert.LessOrEqual(t, s.lengths()[0], 48*time.Hour)
	})
}

// lengths returns how much time the slices covered, without the last one, which ends at the
// present.
func (s *service) lengths() (all []time.Duration) {
	for _, a := range s.asked[:len(s.asked)-1] {
		all = append(all, a.to.Sub(a.from))
	}
	return all
}

// If the service has no totals, slices get shorter after one that was too full and longer after one
// that was nearly empty. Otherwise they stay as they are.
func TestSliceLengths(t *testing.T) {
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
				s, kept := newService(100_000), followtest.NewStore()
				s.totals = false
				s.info.Longest = c.longest
				since := time.Now().Add(-40 * day)
				for at := since; at.Before(since.Add(4*day)) || c.daily == 100 && at.Before(time.Now()); at = at.Add(day / time.Duration(c.daily)) {
					s.events = append(s.events, event{id: strconv.Itoa(len(s.events)), at: at, listed: at})
				}
				for b, err := range activity.NewFeed(s).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: since, Settle: -1, Lookback: -1}) {
					require.NoError(t, err)
					if followtest.Put(t, kept, b); kept.Batches == len(c.want) {
						break
					}
				}
				s.asked = append(s.asked, span{})
				assert.Equal(t, c.want, s.lengths())
			})
		})
	}
}

// Slices of many records get shorter, so that the checkpoint stays small.
func TestManyRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 300_000
		s, kept := newService(1000), followtest.NewStore()
		since := time.Now().Add(-10 * 24 * time.Hour)
		s.add(since, all, 10*24*time.Hour/all)
		longest, last := time.Duration(0), since
		for _, b := range catchUp(t, s, kept, activity.FollowOptions{Since: since, Settle: -1}) {
			longest, last = max(longest, b.Checkpoint.Watermark().Sub(last)), b.Checkpoint.Watermark()
		}
		s.assertOnce(t, kept)
		assert.LessOrEqual(t, longest, 24*time.Hour)
	})
}

// A slice of many records that were delivered before is not split: they need no more room.
func TestManyKnownRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(1000), followtest.NewStore()
		since := time.Now().Add(-2 * time.Hour)
		s.add(since, 25_000, 250*time.Millisecond)
		o := activity.FollowOptions{Since: since, Lookback: 3 * time.Hour, Settle: -1}
		catchUp(t, s, kept, o)
		before := s.requests
		followtest.Pass(time.Minute)
		catchUp(t, s, kept, o)
		assert.Equal(t, 25, s.requests-before)
	})
}

// If a service fails before a slice is complete, slices get short enough to be read between two
// failures.
func TestSlicesFitBetweenFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(100), followtest.NewStore()
		since := time.Now().Add(-48 * time.Hour)
		s.add(since, 4800, 36*time.Second)
		s.fail = func(request int) error {
			if request%8 == 0 {
				return &activity.Error{Kind: activity.ErrServer, StatusCode: 503}
			}
			return nil
		}
		rounds := 0
		for b, err := range activity.NewFeed(s).Follow(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: since, Every: time.Minute, Lookback: -1}) {
			require.NoError(t, err)
			if rounds++; rounds > 400 {
				break
			}
			followtest.Put(t, kept, b)
		}
		s.assertOnce(t, kept)
		assert.WithinDuration(t, time.Now(), kept.Checkpoint(t).Watermark(), 5*time.Minute)
	})
}

// A crash in a slice that is too full for the checkpoint repeats its earliest records and loses
// none.
func TestCrashInAFullSlice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 80_000
		s, kept := newService(1000), followtest.NewStore()
		s.totals = false // or the slice would be split
		since := time.Now().Add(-20 * time.Hour)
		s.add(since, all, 20*time.Hour/all)
		o := activity.FollowOptions{Since: since, Settle: -1}
		for b, err := range activity.NewFeed(s).CatchUp(t.Context(), activity.Checkpoint{}, o) {
			require.NoError(t, err)
			if followtest.Put(t, kept, b); kept.Batches == 60 {
				break
			}
		}
		catchUp(t, s, kept, o)
		missing, repeated := s.compare(kept)
		assert.Zero(t, missing)
		assert.Less(t, repeated, all/2)
	})
}

// A single page may hold more keys than a checkpoint has room for.
func TestFullPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 60_000
		s, kept := newService(all), followtest.NewStore()
		since := time.Now().Add(-time.Hour)
		s.add(since, all, time.Hour/all)
		s.totals = false
		catchUp(t, s, kept, activity.FollowOptions{Since: since, Settle: -1}) // which looks at the checkpoint's size
		s.assertOnce(t, kept)
	})
}

// floor returns the moment before which a feed is not read any more.
func floor(t *testing.T, kept *followtest.Store) time.Time {
	t.Helper()
	var stored struct{ Floor time.Time }
	text, err := kept.Checkpoint(t).MarshalText()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &stored))
	return stored.Floor
}

// A larger lookback than before does not deliver again what was forgotten.
func TestLookbackGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), followtest.NewStore()
		since := time.Now().Add(-24 * time.Hour)
		s.add(since, 240, 6*time.Minute)
		for _, lookback := range []time.Duration{-1, time.Hour, 20 * time.Hour} {
			catchUp(t, s, kept, activity.FollowOptions{Since: since, Lookback: lookback, Settle: -1})
		}
		s.assertOnce(t, kept)
	})
}

// If the lookback alone has too many records for the checkpoint, it gets shorter, and nothing is
// repeated.
func TestLookbackShortens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 120_000
		s, kept := newService(1000), followtest.NewStore()
		s.info.Lookback = 48 * time.Hour
		since := time.Now().Add(-24 * time.Hour)
		s.add(since, all, 24*time.Hour/all)
		for range 3 {
			catchUp(t, s, kept, activity.FollowOptions{Since: since, Settle: -1})
		}
		s.assertOnce(t, kept)
		assert.True(t, floor(t, kept).After(since))
	})
}

// What a checkpoint has no room for is not read again by later rounds, since it would be repeated.
func TestForgottenRecordsAreNotRepeated(t *testing.T) {
	const all = 60_000
	for name, c := range map[string]struct {
		totals        bool
		lookback, ago time.Duration
		span          time.Duration // of all records
	}{
		"in a slice":         {false, time.Hour, time.Hour, 50 * time.Minute},
		"in a long lookback": {false, 24 * time.Hour, 20 * time.Hour, 19 * time.Hour},
		"in a single minute": {true, time.Hour, 30 * time.Minute, 50 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, kept := newService(1000), followtest.NewStore()
				s.totals = c.totals
				since := time.Now().Add(-c.ago).Truncate(time.Minute)
				s.add(since.Add(time.Second), all, c.span/all)
				for range 3 {
					catchUp(t, s, kept, activity.FollowOptions{Since: since, Lookback: c.lookback, Settle: -1})
					followtest.Pass(time.Minute)
				}
				s.assertOnce(t, kept)
				assert.True(t, floor(t, kept).After(since))
			})
		})
	}
}

// A slice behind the watermark has none of the records that are known, so its total is of new ones.
func TestBurstAfterManyKnownRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(1000), followtest.NewStore()
		since := time.Now().Add(-48 * time.Hour)
		s.add(since.Add(time.Second), 30_000, 20*time.Hour/30_000)
		for i := range 49_000 {
			s.events = append(s.events, event{id: fmt.Sprint("burst ", i), at: since.Add(30*time.Hour + time.Duration(i)*time.Hour/49_000)})
		}
		for range 2 {
			catchUp(t, s, kept, activity.FollowOptions{Since: since, Lookback: 24 * time.Hour, Settle: -1})
			followtest.Pass(time.Minute)
		}
		s.assertOnce(t, kept)
		assert.Greater(t, len(s.asked), 6, "the burst is read in shorter slices")
	})
}

// If the checkpoint gets too full while the lookback is read, what was forgotten is not read, since
// it would come again.
func TestLookbackShortensWhileItIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 44_000
		s, kept := newService(100_000), followtest.NewStore()
		s.info.Longest = time.Hour
		s.info.Lookback = 13 * time.Hour
		since := time.Now().Add(-all * time.Second)
		s.add(since, all, time.Second)
		catchUp(t, s, kept, activity.FollowOptions{Since: since, Settle: -1})
		for i := range 12_000 { // of no known time, so that they are kept as long as the newest of their slice
			s.events = append(s.events, event{id: "late " + strconv.Itoa(i), at: since, blank: true})
		}
		catchUp(t, s, kept, activity.FollowOptions{Settle: -1})
		s.assertOnce(t, kept)
		assert.True(t, floor(t, kept).After(since.Add(time.Hour)))
	})
}

// A service may count its whole list, whatever time is asked for. Slices do not get ever shorter
// for that.
func TestTotalsOfTheWholeList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), followtest.NewStore()
		s.claimed = 5_000_000
		since := time.Now().Add(-90 * 24 * time.Hour)
		s.add(since, 90, 24*time.Hour)
		catchUp(t, s, kept, activity.FollowOptions{Since: since})
		s.assertOnce(t, kept)
		assert.Less(t, s.requests, 60)
	})
}

// A total that is too high, as of a service that counts without its filters, splits no slice that
// has one page.
func TestTotalOfOnePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), followtest.NewStore()
		since := time.Now().AddDate(0, 0, -90)
		s.add(since, 90, 24*time.Hour)
		s.claimed = math.MaxInt
		for b, err := range activity.NewFeed(s).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: since, Settle: -1}) {
			require.NoError(t, err)
			followtest.Put(t, kept, b)
			require.Less(t, s.requests, 1000)
			if b.Checkpoint.Watermark().After(since.AddDate(0, 0, 3)) {
				break
			}
		}
		assert.LessOrEqual(t, s.requests, 4)
	})
}

// If slices have several pages, totals that never change are not believed for long.
func TestTotalsThatNeverChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(2), followtest.NewStore()
		s.claimed = 5_000_000
		log := s.log()
		since := time.Now().Add(-48 * time.Hour)
		s.add(since, int(time.Since(since)/(12*time.Second)), 12*time.Second)
		s.fail = func(request int) error {
			require.Less(t, request, 10_000)
			return nil
		}
		catchUp(t, s, kept, activity.FollowOptions{Since: since, Settle: -1})
		s.assertOnce(t, kept)
		assert.Equal(t, 1, strings.Count(log.String(), "totals do not fit"))
	})
}

// Totals that are true are believed, however often slices were split by them.
func TestTotalsThatAreTrue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), followtest.NewStore()
		s.times = 1000
		log := s.log()
		const day = 24 * time.Hour
		since := time.Now().Add(-20 * 30 * day)
		for month := range 20 { // a day with a total of 60,000 in each
			for i := range 60 {
				at := since.Add(time.Duration(month)*30*day + time.Duration(i)*day/60)
				s.events = append(s.events, event{id: strconv.Itoa(month) + "/" + strconv.Itoa(i), at: at, listed: at})
			}
		}
		catchUp(t, s, kept, activity.FollowOptions{Since: since, Settle: -1})
		s.assertOnce(t, kept)
		assert.NotContains(t, log.String(), "totals do not fit")
	})
}

// What was delivered before does not make a slice too full.
func TestTotalsOfTheLookback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(1000), followtest.NewStore()
		s.info.Lookback = 48 * time.Hour
		since := time.Now().Add(-48 * time.Hour)
		s.add(since, int(time.Since(since)/(6*time.Second)), 6*time.Second)
		o := activity.FollowOptions{Since: since, Settle: -1}
		catchUp(t, s, kept, o)
		followtest.Pass(time.Minute)
		s.asked = nil
		catchUp(t, s, kept, o)
		assert.Len(t, s.asked, 1)
	})
}

// A slice that cannot be shorter is read as it is.
func TestTotalsOfTheShortestSlice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(1000), followtest.NewStore()
		s.info.Shortest = 24 * time.Hour
		since := time.Now().Add(-24 * time.Hour)
		s.add(since, int(time.Since(since)/(3*time.Second)), 3*time.Second)
		catchUp(t, s, kept, activity.FollowOptions{Since: since, Settle: -1})
		assert.Len(t, s.asked, 1)
		missing, _ := s.compare(kept)
		assert.Zero(t, missing)
	})
}

// newLimited returns a service that lets 1000 of its n events be read at a time.
func newLimited(since time.Time, n int, apart time.Duration) *service {
	s := newService(100)
	s.most = 900
	s.totals = false
	s.add(since, n, apart)
	return s
}

func TestLaterPagesRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now().Add(-24 * time.Hour)
		s, kept := newLimited(since, 20_000, 4*time.Second), followtest.NewStore()
		log := s.log()
		catchUp(t, s, kept, activity.FollowOptions{Since: since, Settle: -1})
		s.assertOnce(t, kept)
		assert.Equal(t, time.Now().UTC(), kept.Checkpoint(t).Watermark())
		assert.Less(t, s.requests, 400, "200 pages, and what was read in vain before the length was found")
		assert.Less(t, s.refusals, 8, "the length is found once")
		assert.Equal(t, s.refusals, strings.Count(log.String(), "refuses a later page"))
	})
}

// The feed moves on although the lookback alone holds more than the service lets be read at a time.
func TestLaterPagesRefusedInTheLookback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now().Add(-24 * time.Hour)
		s, kept := newLimited(since, 20_000, 4*time.Second), followtest.NewStore()
		o := activity.FollowOptions{Since: since, Lookback: 6 * time.Hour, Settle: -1}
		catchUp(t, s, kept, o)
		followtest.Pass(time.Hour)
		late := since.Add(19 * time.Hour) // nearly at the beginning of the lookback
		s.events = append(s.events, event{id: "late", at: late, listed: late}, event{id: "new", at: time.Now(), listed: time.Now()})
		for range 2 {
			at := kept.Checkpoint(t).Watermark()
			for _, b := range catchUp(t, s, kept, o) {
				assert.False(t, b.Checkpoint.Watermark().Before(at), "it does not move back to the lookback")
			}
		}
		s.assertOnce(t, kept)
	})
}

// After a busy time slices grow again.
func TestSlicesGrowAfterRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now().AddDate(-2, 0, 0)
		s, kept := newLimited(since, 5000, time.Second), followtest.NewStore()
		catchUp(t, s, kept, activity.FollowOptions{Since: since})
		s.assertOnce(t, kept)
		assert.Less(t, s.requests, 200)
	})
}

// A service that refused a page once is not read in short slices forever.
func TestSlicesGrowAfterOneRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now().Add(-24 * time.Hour)
		s, kept := newLimited(since, 5000, 16*time.Second), followtest.NewStore()
		s.pageSize, s.most = 10, 10
		for b, err := range activity.NewFeed(s).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: since, Settle: -1}) {
			require.NoError(t, err)
			followtest.Put(t, kept, b)
			if kept.Checkpoint(t).Watermark().After(since) { // the length was found
				s.most = 0
			}
		}
		s.assertOnce(t, kept)
		narrowest, last := 24*time.Hour, s.asked[len(s.asked)-2]
		for _, a := range s.asked[:len(s.asked)-1] {
			narrowest = min(narrowest, a.to.Sub(a.from))
		}
		assert.Greater(t, last.to.Sub(last.from), 8*narrowest)
	})
}

// A program that crashes before the refused page begins where it was.
func TestLaterPagesRefusedAndCrashed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now().Add(-24 * time.Hour)
		s, kept := newLimited(since, 5000, 17*time.Second), followtest.NewStore()
		for b, err := range activity.NewFeed(s).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: since, Settle: -1}) {
			require.NoError(t, err)
			followtest.Put(t, kept, b)
			assert.Equal(t, since.UTC(), b.Checkpoint.Watermark())
			if kept.Batches == 10 {
				break
			}
		}
		catchUp(t, s, kept, activity.FollowOptions{Settle: -1})
		s.assertOnce(t, kept)
	})
}

// A refusal that shorter slices do not help against ends the feed with an error.
func TestRefusalsThatEndTheFeed(t *testing.T) {
	for name, c := range map[string]struct {
		most, requests int
		fail           error
	}{
		"more at one instant than can be read": {most: 50},
		"the first page":                       {requests: 1, fail: &activity.Error{Kind: activity.ErrInvalid, StatusCode: 422}},
		"by the SDK":                           {requests: 2, fail: &activity.Error{Kind: activity.ErrInvalid}},
		"too large":                            {requests: 2, fail: &activity.Error{Kind: activity.ErrResponseTooLarge, StatusCode: 200}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newLimited(time.Now().Add(-time.Hour), 200, 0)
				s.pageSize, s.most = 10, c.most
				s.fail = func(request int) error {
					if c.fail == nil || request < c.requests {
						return nil
					}
					return c.fail
				}
				var last error
				for _, err := range activity.NewFeed(s).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: time.Now().Add(-2 * time.Hour)}) {
					last = err
				}
				var refusal *activity.Error
				require.ErrorAs(t, last, &refusal)
				if c.fail != nil {
					assert.Equal(t, c.fail, last)
					assert.Equal(t, c.requests, s.requests)
				} else {
					assert.Equal(t, 400, refusal.StatusCode)
					assert.Less(t, s.refusals, 20)
				}
			})
		})
	}
}

// No slice gets shorter than what the source takes.
func TestRefusedDownToTheShortest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now().Add(-8 * time.Hour)
		s := newLimited(since, 3000, 0)
		s.info.Shortest = time.Hour
		for _, err := range activity.NewFeed(s).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: since, Settle: -1}) {
			if err != nil {
				require.ErrorIs(t, err, activity.ErrInvalid)
			}
		}
		assert.Equal(t, 4, s.refusals, "of 8, 4, 2 and 1 hours")
	})
}

// changing is a service whose records change until they are final.
type changing struct {
	*service
	asked []string
}

func (c *changing) Unfinished(e event) (string, bool) { return e.id[:1], e.open }

func (*changing) Matches(e event) bool { return !strings.HasSuffix(e.id, "hidden") }

func (c *changing) Revisit(_ context.Context, ref string) ([]activity.Record[event], error) {
	c.asked = append(c.asked, ref)
	for _, e := range slices.Backward(c.events) {
		if e.id[:1] == ref {
			return []activity.Record[event]{{Key: e.id, Item: e, Time: e.at}}, nil
		}
	}
	return nil, &activity.Error{Kind: activity.ErrNotFound}
}

func TestUnfinishedRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &changing{service: newService(10)}, followtest.NewStore()
		began := time.Now()
		s.events = []event{{id: "a1", at: began.Add(-time.Minute), open: true}, {id: "b1", at: began.Add(-time.Minute), open: true}}
		run := func() {
			s.asked = nil
			catchUp(t, s, kept, activity.FollowOptions{Since: began.Add(-time.Hour), Settle: -1})
		}
		run()
		assert.Empty(t, s.asked, "a list that has shown them is enough")
		followtest.Pass(5 * time.Hour)
		run()
		assert.Empty(t, s.asked, "the lookback has shown them again")
		followtest.Pass(5 * time.Hour)
		run()
		assert.Equal(t, []string{"a", "b"}, s.asked)
		assert.Equal(t, map[string]int{"a1": 1, "b1": 1}, kept.Keys, "they are as they were")
		followtest.Pass(5 * time.Hour)
		s.events = []event{{id: "a2", at: began.Add(-time.Minute)}}
		run()
		assert.Equal(t, map[string]int{"a1": 1, "b1": 1, "a2": 1}, kept.Keys)
		run()
		assert.Empty(t, s.asked, "one is final, the other is gone")
	})
}

// A record that does not match the feed is not delivered. It is read again while it is unfinished,
// and delivered once it matches.
func TestUnfinishedRecordsThatDoNotMatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &changing{service: newService(10)}, followtest.NewStore()
		at := time.Now().Add(-time.Minute)
		s.events = []event{
			{id: "a1hidden", at: at, open: true}, {id: "b1hidden", at: at, open: true}, {id: "c1", at: at, open: true}, {id: "d1hidden", at: at},
		}
		run := func() []string {
			s.asked = nil
			catchUp(t, s, kept, activity.FollowOptions{Since: at.Add(-time.Hour), Lookback: -1, Settle: -1})
			followtest.Pass(time.Hour)
			return s.asked
		}
		run()
		assert.Equal(t, []string{"a", "b", "c"}, run())
		assert.Equal(t, map[string]int{"c1": 1}, kept.Keys)
		s.events = []event{{id: "a2", at: at}, {id: "b2hidden", at: at}, {id: "c2hidden", at: at, open: true}}
		assert.Equal(t, []string{"a", "b", "c"}, run())
		assert.Equal(t, []string{"c"}, run())
		assert.Equal(t, map[string]int{"a2": 1, "c1": 1}, kept.Keys)
	})
}

// A round reads a hundred unfinished records again, and the next one begins with the others.
func TestRevisitsOfARound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &changing{service: newService(1000)}, followtest.NewStore()
		began := time.Now()
		for i := range byte(150) {
			s.events = append(s.events, event{id: string([]byte{i}) + "1", at: began.Add(-time.Minute), open: true})
		}
		run := func() []string {
			s.asked = nil
			catchUp(t, s, kept, activity.FollowOptions{Since: began.Add(-time.Hour), Settle: -1})
			return s.asked
		}
		run()
		followtest.Pass(5 * time.Hour)
		run()
		followtest.Pass(5 * time.Hour)
		first, second := run(), run()
		require.Len(t, first, 100)
		require.Len(t, second, 100)
		for _, ref := range second[:50] {
			assert.NotContains(t, first, ref)
		}
	})
}

// A round without a slice yields one batch, whether it reads records again or not.
func TestRoundThatOnlyRevisits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &changing{service: newService(10)}, followtest.NewStore()
		at := time.Now().Add(-time.Minute)
		s.events = []event{{id: "a1", at: at, open: true}}
		o := activity.FollowOptions{Since: at.Add(-time.Hour), Lookback: -1, Settle: -1}
		for _, want := range []int{0, 1, 1} {
			s.asked = nil
			assert.Len(t, catchUp(t, s, kept, o), 1)
			assert.Len(t, s.asked, want)
		}
	})
}

// refusing is a service that fails to return some of its unfinished records.
type refusing struct {
	*service
	fails map[string]error
	dated time.Time // of records that are read again; zero: now
	asked []string
}

func (*refusing) Unfinished(e event) (string, bool) { return e.id, e.open }

func (*refusing) Matches(event) bool { return true }

func (s *refusing) Revisit(_ context.Context, ref string) ([]activity.Record[event], error) {
	s.asked = append(s.asked, ref)
	if err := s.fails[ref]; err != nil {
		return nil, err
	}
	r := activity.Record[event]{Key: ref + " final", Item: event{id: ref}, Time: s.dated}
	if r.Time.IsZero() {
		r.Time = time.Now()
	}
	return []activity.Record[event]{r}, nil
}

// newRefusing returns a service with three unfinished records, of which the first fails when it is
// read again, and a store with a checkpoint that has them. They happened before the lookback.
func newRefusing(t *testing.T, failure error) (*refusing, *followtest.Store) {
	t.Helper()
	s, kept := &refusing{service: newService(10), fails: map[string]error{"a": failure}}, followtest.NewStore()
	began := time.Now()
	for _, id := range []string{"a", "b", "c"} {
		s.events = append(s.events, event{id: id, at: began.Add(-time.Minute), open: true})
	}
	catchUp(t, s, kept, activity.FollowOptions{Since: began.Add(-time.Hour), Settle: -1})
	followtest.Pass(5 * time.Hour)
	catchUp(t, s, kept, activity.FollowOptions{Settle: -1})
	s.asked = nil
	followtest.Pass(5 * time.Hour)
	return s, kept
}

// A record that can never be read again stops neither the feed nor the other records. It is asked
// for in every round, since nothing may be lost.
func TestRevisitOfAnUnreadableRecord(t *testing.T) {
	for name, failure := range map[string]error{
		"refused before it is sent": &activity.Error{Kind: activity.ErrInvalid},
		"forbidden":                 &activity.Error{Kind: activity.ErrForbidden, StatusCode: 403},
		"malformed":                 &activity.Error{Kind: activity.ErrMalformed, StatusCode: 200},
		"too large":                 &activity.Error{Kind: activity.ErrResponseTooLarge, StatusCode: 200},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, kept := newRefusing(t, failure)
				log := s.log()
				for range 2 {
					s.asked = nil
					catchUp(t, s, kept, activity.FollowOptions{Settle: -1})
				}
				assert.Equal(t, 1, kept.Keys["b final"])
				assert.Equal(t, 1, kept.Keys["c final"])
				assert.Equal(t, []string{"a"}, s.asked, "it is tried again")
				assert.Equal(t, 2, strings.Count(log.String(), "could not be read again"))
			})
		})
	}
}

// A record that fails for a reason that may pass ends the round. In the next round the others come
// first.
func TestRevisitOfAFailingRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newRefusing(t, &activity.Error{Kind: activity.ErrServer, StatusCode: 500})
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		failures := 0
		o := activity.FollowOptions{Settle: -1, OnRetry: func(error, time.Duration) { failures++ }}
		for b, err := range activity.NewFeed(s).Follow(ctx, kept.Checkpoint(t), o) {
			if err != nil {
				require.ErrorIs(t, err, context.DeadlineExceeded)
			}
			followtest.Put(t, kept, b)
		}
		assert.Equal(t, []string{"a", "b", "c", "a"}, s.asked)
		assert.Equal(t, 2, failures)
		assert.Equal(t, 1, kept.Keys["c final"])
	})
}

func TestRevisitEndsTheRound(t *testing.T) {
	for name, failure := range map[string]error{
		"credentials": &activity.Error{Kind: activity.ErrUnauthorized, StatusCode: 401},
		"temporary":   &activity.Error{Kind: activity.ErrServer, StatusCode: 503},
		"context":     &activity.Error{Kind: activity.ErrRateLimited, Err: context.DeadlineExceeded},
		"plain":       errors.New("of the source"),
		"of no kind":  &activity.Error{StatusCode: 418},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, kept := newRefusing(t, failure)
				var last error
				for _, err := range activity.NewFeed(s).CatchUp(t.Context(), kept.Checkpoint(t), activity.FollowOptions{Settle: -1}) {
					last = err
				}
				require.ErrorIs(t, last, failure)
			})
		})
	}
}

// A round logs one warning of too many unfinished records, however many there are.
func TestTooManyUnfinishedRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &refusing{service: newService(20_000)}
		log := s.log()
		since := time.Now().Add(-time.Hour)
		for i := range 12_000 {
			s.events = append(s.events, event{id: strconv.Itoa(i), at: since.Add(time.Minute), open: true})
		}
		for _, err := range activity.NewFeed(s).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: since, Settle: -1}) {
			require.NoError(t, err)
		}
		assert.Equal(t, 1, strings.Count(log.String(), "too many unfinished records"))
	})
}

// The warning comes in each round in which there are too many.
func TestTooManyUnfinishedRecordsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &refusing{service: newService(20_000)}
		log := s.log()
		since := time.Now().Add(-time.Hour)
		rounds := 0
		for _, err := range activity.NewFeed(s).Follow(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: since, Every: time.Minute, Settle: -1}) {
			require.NoError(t, err)
			if rounds++; rounds == 3 {
				break
			}
			for i := range 12_000 {
				s.events = append(s.events, event{id: strconv.Itoa(rounds) + "/" + strconv.Itoa(i), at: time.Now(), open: true})
			}
		}
		assert.Equal(t, 2, strings.Count(log.String(), "too many unfinished records"))
	})
}

// leaving is a service whose records no longer belong to the feed when they are read again.
type leaving struct{ refusing }

func (l *leaving) Revisit(_ context.Context, ref string) ([]activity.Record[event], error) {
	l.asked = append(l.asked, ref)
	return nil, nil
}

// A round reads a hundred records again. One that no longer belongs to the feed is not read again.
func TestRevisitOfRecordsThatLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &leaving{refusing{service: newService(1000)}}, followtest.NewStore()
		at := time.Now()
		for i := range 250 {
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at.Add(-time.Minute), open: true})
		}
		for _, want := range []int{0, 100, 100, 50, 0} {
			s.asked = nil
			catchUp(t, s, kept, activity.FollowOptions{Since: at.Add(-time.Hour), Lookback: -1, Settle: -1})
			assert.Len(t, s.asked, want)
			followtest.Pass(time.Hour)
		}
	})
}

// renaming is a service whose records may get another reference when they are read again.
type renaming struct{ changing }

func (*renaming) Unfinished(e event) (string, bool) { return e.id, e.open }

func (r *renaming) Revisit(ctx context.Context, ref string) ([]activity.Record[event], error) {
	records, err := r.changing.Revisit(ctx, ref[:1])
	r.asked[len(r.asked)-1] = ref
	return records, err
}

// A record that has another reference is read again by that one alone.
func TestRevisitOfARenamedRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &renaming{changing{service: newService(10)}}, followtest.NewStore()
		at := time.Now().Add(-time.Minute)
		s.events = []event{{id: "a1", at: at, open: true}}
		for _, want := range [][]string{nil, {"a1"}, {"a2"}, {"a2"}} {
			s.asked = nil
			catchUp(t, s, kept, activity.FollowOptions{Since: at.Add(-time.Hour), Lookback: -1, Settle: -1})
			assert.Equal(t, want, s.asked)
			followtest.Pass(time.Hour)
			s.events = []event{{id: "a2", at: at, open: true}}
		}
		assert.Equal(t, map[string]int{"a1": 1, "a2": 1}, kept.Keys)
	})
}

// The key of a record that was read again and is dated far ahead is not kept forever.
func TestRevisitDatedAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newRefusing(t, nil)
		s.dated = time.Now().AddDate(5000, 0, 0)
		catchUp(t, s, kept, activity.FollowOptions{Settle: -1})
		require.Equal(t, 1, kept.Keys["c final"])
		followtest.Pass(40 * 24 * time.Hour)
		catchUp(t, s, kept, activity.FollowOptions{Settle: -1})
		text, err := kept.Checkpoint(t).MarshalText()
		require.NoError(t, err)
		assert.NotContains(t, string(text), `"seen"`)
	})
}

// Keys and references fit into a checkpoint together.
func TestCheckpointFullOfBoth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &refusing{service: newService(1000)}, followtest.NewStore()
		since := time.Now().Add(-time.Hour)
		s.add(since, 60_000, 50*time.Millisecond)
		for i := range s.events[:9000] {
			s.events[i].id, s.events[i].open = fmt.Sprint("an unfinished record ", i), true
		}
		catchUp(t, s, kept, activity.FollowOptions{Since: since, Settle: -1}) // which looks at the checkpoint's size
		assert.True(t, floor(t, kept).After(since))
	})
}
