package aspera

import (
	"iter"
	"time"
)

// minWidth keeps windows from getting so small that rounding their bounds matters.
const minWidth = time.Second

// Windows cuts a long span into windows to be asked for one after the other, since the service is said to accept 5 minutes to 6 months
// only. That bound was seen in working programs; neither it nor any other is checked by this package.
//
//	for start, stop := range aspera.Windows(begin, end, 30*24*time.Hour) {
//		transfers := organization.Transfers(aspera.TransferQuery{Start: start, Stop: stop})
//		…
//	}
//
// No window is wider than width (at least a second), and all are about equally wide, so that no short rest is left for the end. They
// leave no gap and do not overlap: each begins at the instant, a whole millisecond, at which the one before ended. Whether the service
// counts the bounds themselves in is not documented. If it counts both, a transfer at exactly such an instant comes twice; UUID,
// Direction, SessionStart and UpdatedAt tell.
//
// A width of zero or less, a bound that is the zero time, and a stop that is not after start give the one window from start to stop.
func Windows(start, stop time.Time, width time.Duration) iter.Seq2[time.Time, time.Time] {
	return func(yield func(time.Time, time.Time) bool) {
		if width <= 0 || start.IsZero() || stop.IsZero() || !stop.After(start) {
			yield(start, stop)
			return
		}
		for at := start; at.Before(stop); {
			end := cut(at, stop, max(width, minWidth))
			if !yield(at, end) {
				return
			}
			at = end
		}
	}
}

// cut gives the end of the first of as few equal windows as there can be.
func cut(at, stop time.Time, width time.Duration) time.Time {
	rest := stop.Sub(at)
	windows := rest / width
	if rest%width > 0 {
		windows++
	}
	if windows == 1 {
		return stop
	}
	return at.Add(rest / windows).Truncate(unit)
}
