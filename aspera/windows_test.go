package aspera_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

type window struct{ start, stop time.Time }

func windows(start, stop time.Time, width time.Duration) (all []window) {
	for a, b := range aspera.Windows(start, stop, width) {
		all = append(all, window{a, b})
	}
	return all
}

func TestWindows(t *testing.T) {
	const day, ms = 24 * time.Hour, time.Millisecond
	at := func(d time.Duration) time.Time { return begin.Add(d) }
	for name, c := range map[string]struct {
		start, stop time.Time
		width       time.Duration
		want        []window
	}{
		"fits by a millisecond": {at(ms), at(3*day - ms), day, []window{{at(ms), at(day + ms)}, {at(day), at(2 * day)}, {at(2*day - ms), at(3*day - ms)}}},
		"exact":                 {at(0), at(2 * day), day, []window{{at(0), at(16 * time.Hour)}, {at(16*time.Hour - ms), at(32 * time.Hour)}, {at(32*time.Hour - ms), at(2 * day)}}},
		"wide enough":           {at(0), at(day), day, []window{{at(0), at(day)}}},
		"no short rest":         {at(0), at(day + time.Minute), day, []window{{at(0), at(12*time.Hour + 30*time.Second)}, {at(12*time.Hour + 30*time.Second - ms), at(day + time.Minute)}}},
		"whole milliseconds":    {at(1), at(day + 1), 16 * time.Hour, []window{{at(1), at(12 * time.Hour)}, {at(12*time.Hour - ms), at(day + 1)}}},
		"no width":              {at(0), at(day), 0, []window{{at(0), at(day)}}},
		"negative width":        {at(0), at(day), -1, []window{{at(0), at(day)}}},
		"tiny width":            {at(0), at(2*time.Second - ms), 1, []window{{at(0), at(time.Second)}, {at(time.Second - ms), at(2*time.Second - ms)}}},
		"an instant":            {at(0), at(0), day, []window{{at(0), at(0)}}},
		"stop before start":     {at(day), at(0), day, []window{{at(day), at(0)}}},
		"open at the start":     {time.Time{}, at(0), day, []window{{time.Time{}, at(0)}}},
		"open at the end":       {at(0), time.Time{}, day, []window{{at(0), time.Time{}}}},
		"another zone":          {end, end.Add(day + time.Hour), day, []window{{end, end.Add(12*time.Hour + 30*time.Minute)}, {end.Add(12*time.Hour + 30*time.Minute - ms), end.Add(day + time.Hour)}}},
		"less than a window":    {at(0), at(time.Nanosecond), day, []window{{at(0), at(time.Nanosecond)}}},
		"a little over a few":   {at(0), at(2*time.Second + 1), time.Second, []window{{at(0), at(667 * ms)}, {at(666 * ms), at(1333 * ms)}, {at(1332 * ms), at(2*time.Second + 1)}}},
	} {
		assert.Equal(t, c.want, windows(c.start, c.stop, c.width), name)
	}
	n := 0
	for range aspera.Windows(at(0), at(9*day), day) {
		if n++; n == 2 {
			break
		}
	}
	assert.Equal(t, 2, n)
}

// TestWindowsOfAnyWidth checks that each window begins a millisecond before the end of the previous
// one, and that none is too wide or much narrower than the others.
func TestWindowsOfAnyWidth(t *testing.T) {
	for _, span := range []time.Duration{1, time.Millisecond, 1001 * time.Millisecond, time.Hour + 7, 400*24*time.Hour + 123456789} {
		for _, width := range []time.Duration{time.Second, 1500*time.Millisecond + 1, time.Minute, 24 * time.Hour} {
			if span/width > 10_000 {
				continue
			}
			start := begin.Add(span % 999_999)
			all := windows(start, start.Add(span), width)
			assert.Equal(t, start, all[0].start)
			assert.Equal(t, start.Add(span), all[len(all)-1].stop)
			for i, w := range all {
				assert.LessOrEqual(t, w.stop.Sub(w.start), width)
				assert.True(t, w.stop.After(w.start))
				if len(all) > 1 {
					assert.Greater(t, w.stop.Sub(w.start), width/2-time.Duration(len(all))*time.Millisecond)
				}
				if i > 0 {
					assert.Equal(t, all[i-1].stop.Add(-time.Millisecond), w.start)
					assert.Zero(t, w.start.Nanosecond()%1e6)
				}
			}
		}
	}
	far := windows(time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), 200*365*24*time.Hour)
	require.NotEmpty(t, far) // more than a time.Duration can hold
	assert.Equal(t, 9999, far[len(far)-1].stop.Year())
	for i, w := range far {
		assert.LessOrEqual(t, w.stop.Sub(w.start), 200*365*24*time.Hour)
		if i > 0 {
			assert.Equal(t, far[i-1].stop.Add(-time.Millisecond), w.start)
		}
	}
}

// TestListsOfWindows checks that the transfers around the bounds of windows are delivered, whether
// the service includes its bounds or not.
func TestListsOfWindows(t *testing.T) {
	const span = time.Hour
	for name, opts := range map[string][]asperatest.Option{"inclusive": nil, "exclusive": {asperatest.WithExclusiveBounds()}} {
		t.Run(name, func(t *testing.T) {
			s := asperatest.NewServer(append(opts, asperatest.WithSpan(5*time.Minute, 10*time.Minute))...)
			var sent []aspera.Transfer
			for a, b := range aspera.Windows(begin, begin.Add(span), 10*time.Minute) {
				require.True(t, a.Equal(begin) || a.After(begin))
				for d := -3 * time.Millisecond; d <= 3*time.Millisecond; d += time.Millisecond / 2 {
					if at := b.Add(d); at.Before(begin.Add(span)) {
						sent = append(sent, aspera.Transfer{UUID: at.Format(time.RFC3339Nano), SessionStart: at})
					}
				}
			}
			s.Add(sent...)
			seen := map[string]int{}
			for a, b := range aspera.Windows(begin, begin.Add(span), 10*time.Minute) {
				for transfer, err := range organization(s).Transfers(aspera.TransferQuery{Start: a, Stop: b}).All(t.Context()) {
					require.NoError(t, err)
					seen[transfer.UUID]++
				}
			}
			assert.Len(t, seen, len(sent))
			for uuid, n := range seen {
				assert.LessOrEqual(t, n, 2, uuid)
			}
		})
	}

	s := asperatest.NewServer()
	var err error
	for a, b := range aspera.Windows(end, begin, span) { // the wrong order is an error, and not an empty list
		_, err = organization(s).Transfers(aspera.TransferQuery{Start: a, Stop: b}).Page(t.Context(), "")
	}
	require.ErrorIs(t, err, activity.ErrInvalid)
}

// TestWidestWindows checks that a width above a century counts as one.
func TestWidestWindows(t *testing.T) {
	start, stop := time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	n, last := 0, start
	for from, to := range aspera.Windows(start, stop, math.MaxInt64) {
		assert.False(t, from.After(last))
		assert.Less(t, to.Sub(from), 101*366*24*time.Hour)
		n, last = n+1, to
	}
	assert.Equal(t, stop, last)
	assert.InDelta(t, 100, n, 5)
}
