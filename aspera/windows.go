package aspera

import (
	"iter"
	"time"
)

// A window is at least minWidth wide, so that rounding its bounds does not matter, and at most
// maxWidth, which a time.Duration can hold.
const (
	minWidth = time.Second
	maxWidth = 100 * 366 * 24 * time.Hour
)

// Windows splits a long span into windows, to be requested one after the other. According to the
// manual of IBM's aspera-cli, the service accepts 5 minutes to 6 months only
// (probe: aspera.window). This package does not check that.
//
//	for start, stop := range aspera.Windows(begin, end, 30*24*time.Hour) {
//		transfers := organization.Transfers(aspera.TransferQuery{Start: start, Stop: stop})
//		…
//	}
//
// No window is wider than width. A width below a second counts as a second, and one above a century
// as a century. All windows are about equally wide, so the last one is not much shorter.
//
// Each window begins a millisecond before the end of the previous one. Whether bounds are inclusive
// is not documented (probe: aspera.start, aspera.stop); with the extra millisecond nothing between
// two windows is missing either way. A record in that millisecond may come twice. It is the same
// state of a transfer if UUID, Direction, Status, SessionStart, SessionStop and UpdatedAt are the
// same, and the same application event if EventID is.
//
// If width is not positive, start or stop is the zero time, or stop is not after start, the only
// window is from start to stop.
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

// windowEnd returns the end of the first window, if the rest is split into as few equal windows as
// possible. Each window but the first overlaps the previous one by precision, so the rest is the
// sum of their widths less the overlaps.
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
