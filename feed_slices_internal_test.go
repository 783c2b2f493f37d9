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

// A million records in a day: slices get shorter, so that the checkpoint stays small, and no crash
// costs more than a slice.
func TestManyRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 300_000
		s, kept := newService(1000), newStore(t)
		since := time.Now().Add(-10 * 24 * time.Hour)
		for i := range all {
			at := since.Add(time.Duration(i) * (10 * 24 * time.Hour / all))
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		longest, last := time.Duration(0), since
		for b, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: since, Settle: -1}) {
			require.NoError(t, err)
			kept.put(b)
			longest, last = max(longest, b.Checkpoint.Watermark().Sub(last)), b.Checkpoint.Watermark()
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.LessOrEqual(t, longest, 24*time.Hour)
	})
}

// Where even the lookback has too many records, it gets shorter, with a warning, and nothing is
// repeated.
func TestLookbackShortens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 120_000
		s, kept := newService(1000), newStore(t)
		s.info.Lookback = 48 * time.Hour
		since := time.Now().Add(-24 * time.Hour)
		for i := range all {
			at := since.Add(time.Duration(i) * (24 * time.Hour / all))
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		for range 3 {
			for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), FollowOptions{Since: since, Settle: -1}) {
				require.NoError(t, err)
				kept.put(b)
			}
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.True(t, kept.load().state.floor.After(since))
	})
}

// A larger lookback than before must not bring back what was forgotten.
func TestLookbackGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		since := time.Now().Add(-24 * time.Hour)
		for i := range 240 {
			at := since.Add(time.Duration(i) * 6 * time.Minute)
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		for _, lookback := range []time.Duration{-1, time.Hour, 20 * time.Hour} {
			for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), FollowOptions{Since: since, Lookback: lookback, Settle: -1}) {
				require.NoError(t, err)
				kept.put(b)
			}
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
	})
}

// A slice that is too full for the checkpoint and breaks off is read again: its earliest keys come
// a second time, and none is missing.
func TestSliceBreaksOffTooFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 80_000
		s, kept := newService(1000), newStore(t)
		s.totals = false // which would tell that the slice is too full
		since := time.Now().Add(-20 * time.Hour)
		for i := range all {
			at := since.Add(time.Duration(i) * (20 * time.Hour / all))
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		o := FollowOptions{Since: since, Settle: -1}
		for b, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, o) {
			require.NoError(t, err)
			if kept.put(b); kept.batches == 60 {
				break
			}
		}
		for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), o) {
			require.NoError(t, err)
			kept.put(b)
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Less(t, repeated, all/2)
	})
}

// A service may count its whole list, whatever time is asked for. That must not lead to ever
// shorter slices.
func TestTotalsOfSomethingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		s.claimed = 5_000_000
		since := time.Now().Add(-90 * 24 * time.Hour)
		for i := range 90 {
			at := since.Add(time.Duration(i) * 24 * time.Hour)
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		for b, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: since}) {
			require.NoError(t, err)
			kept.put(b)
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.Less(t, s.requests, 60)
	})
}

// The same, where slices have several pages: totals are not believed for long.
func TestTotalsThatNeverChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(2), newStore(t)
		s.claimed = 5_000_000
		var log bytes.Buffer
		s.info.Logger = slog.New(slog.NewTextHandler(&log, nil))
		since := time.Now().Add(-48 * time.Hour)
		for at := since; at.Before(time.Now()); at = at.Add(12 * time.Second) {
			s.events = append(s.events, event{id: strconv.Itoa(len(s.events)), at: at, listed: at})
		}
		s.fail = func(request int) error {
			require.Less(t, request, 10_000)
			return nil
		}
		catchUp(t, s, kept, FollowOptions{Since: since, Settle: -1})
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.Equal(t, 1, strings.Count(log.String(), "totals do not fit"))
	})
}

// Totals that are true are believed, however often slices were split by them.
func TestTotalsThatAreTrue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		s.times = 1000
		var log bytes.Buffer
		s.info.Logger = slog.New(slog.NewTextHandler(&log, nil))
		const day = 24 * time.Hour
		since := time.Now().Add(-20 * 30 * day)
		for month := range 20 { // a day with a total of 60,000 in each
			for i := range 60 {
				at := since.Add(time.Duration(month)*30*day + time.Duration(i)*day/60)
				s.events = append(s.events, event{id: strconv.Itoa(month) + "/" + strconv.Itoa(i), at: at, listed: at})
			}
		}
		catchUp(t, s, kept, FollowOptions{Since: since, Settle: -1})
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.NotContains(t, log.String(), "totals do not fit")
	})
}

// What was delivered before does not make a slice too full.
func TestTotalsOfTheLookback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(1000), newStore(t)
		s.info.Lookback = 48 * time.Hour
		since := time.Now().Add(-48 * time.Hour)
		for at := since; at.Before(time.Now()); at = at.Add(6 * time.Second) {
			s.events = append(s.events, event{id: strconv.Itoa(len(s.events)), at: at, listed: at})
		}
		o := FollowOptions{Since: since, Settle: -1}
		catchUp(t, s, kept, o)
		rest(t, time.Minute)
		s.asked = nil
		catchUp(t, s, kept, o)
		assert.Len(t, s.asked, 1)
	})
}

// A slice that cannot be shorter is read as it is.
func TestTotalsOfTheShortestSlice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(1000), newStore(t)
		s.info.Shortest = 24 * time.Hour
		since := time.Now().Add(-24 * time.Hour)
		for at := since; at.Before(time.Now()); at = at.Add(3 * time.Second) {
			s.events = append(s.events, event{id: strconv.Itoa(len(s.events)), at: at, listed: at})
		}
		catchUp(t, s, kept, FollowOptions{Since: since, Settle: -1})
		assert.Len(t, s.asked, 1)
		missing, _ := kept.compare(s.events)
		assert.Zero(t, missing)
	})
}

// A single page may hold more keys than a checkpoint has room for.
func TestPageTooFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 60_000
		s, kept := newService(all), newStore(t)
		since := time.Now().Add(-time.Hour)
		for i := range all {
			at := since.Add(time.Duration(i) * (time.Hour / all))
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		s.totals = false
		for b, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: since, Settle: -1}) {
			require.NoError(t, err)
			kept.put(b) // which looks at the checkpoint's size
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
	})
}

// Where a service fails again before a slice is through, slices get short enough for what there is
// between two failures.
func TestSlicesFitBetweenFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(100), newStore(t)
		since := time.Now().Add(-48 * time.Hour)
		for i := range 4800 {
			at := since.Add(time.Duration(i) * 36 * time.Second)
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		s.fail = func(request int) error {
			if request%8 == 0 {
				return &Error{Kind: ErrServer, StatusCode: 503}
			}
			return nil
		}
		rounds := 0
		for b, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: since, Every: time.Minute, Lookback: -1}) {
			require.NoError(t, err)
			if rounds++; rounds > 400 {
				break
			}
			kept.put(b)
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.WithinDuration(t, time.Now(), kept.load().Watermark(), 5*time.Minute)
	})
}

// A slice of many records that were delivered before is not split: they need no more room.
func TestManyKnownRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(1000), newStore(t)
		since := time.Now().Add(-2 * time.Hour)
		for i := range 25_000 {
			at := since.Add(time.Duration(i) * 250 * time.Millisecond)
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		o := FollowOptions{Since: since, Lookback: 3 * time.Hour, Settle: -1}
		catchUp(t, s, kept, o)
		before := s.requests
		rest(t, time.Minute)
		catchUp(t, s, kept, o)
		assert.Equal(t, 25, s.requests-before)
	})
}
