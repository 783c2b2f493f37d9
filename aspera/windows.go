package aspera

import (
	"iter"
	"time"
)

// minWidth keeps windows from getting so small that rounding their bounds matters, maxWidth within
// what a time.Duration can hold.
const (
	minWidth = time.Second
	maxWidth = 100 * 366 * 24 * time.Hour
)

// Windows cuts a long span into windows to be asked for one after the other, since the service is
// said to accept 5 minutes to 6 months only (probe: aspera.window). That bound was seen in working
// programs; neither it nor any other is checked by this package.
//
//	for start, stop := range aspera.Windows(begin, end, 30*24*time.Hour) {
//		transfers := organization.Transfers(aspera.TransferQuery{Start: start, Stop: stop})
//		…
//	}
//
// No window is wider than width (at least a second, and at most a century), and all are about
// equally wide, so that no short rest is left for the end. Each begins a millisecond before the one
// before it ended. Whether the service counts the bounds themselves in is not documented (probe:
// aspera.start, aspera.stop), and with that millisecond nothing between two windows is lost either
// way. A record of that millisecond may come twice: for a transfer, UUID, Direction, SessionStart
// and UpdatedAt are the same then; for an application event, EventID is.
//
// A width of zero or less, a bound that is the zero time, and a stop that is not after start result
// in the one window from start to stop.
func Windows(start, stop time.Time, width time.Duration) iter.Seq2[time.Time, time.Time] {
	return func(yield func(time.Time, time.Time) bool) {
		if width <= 0 || start.IsZero() || stop.IsZero() || !stop.After(start) {
			yield(start, stop)
			return
		}
		for at := start; ; {
			end := windowEnd(at, stop, min(max(width, minWidth), maxWidth))
			if !yield(at, end) || end.Equal(stop) {
				return
			}
			at = end.Add(-precision)
		}
	}
}

// windowEnd returns the end of the first of as few equal windows as there can be. Each but the first
// repeats a precision of the one before, so that all but one add a precision less than their width.
func windowEnd(at, stop time.Time, width time.Duration) time.Time {
	rest := stop.Sub(at)
	if rest <= width {
		return stop
	}
	windows := (rest - precision) / (width - precision)
	if (rest-precision)%(width-precision) > 0 {
		windows++
	}
	return at.Add((rest-precision)/windows + precision).Truncate(precision)
}
