package paging

import "time"

// PinnedEnd returns the end for the requests of a walk after its first response. It makes sure that
// records which arrive later move no row: the end is the time of the first response by the
// service's clock, rounded up to a second, and later than every row of that response. date is that
// time; if it is zero, the local clock counts. unit is the service's precision.
//
// ok is false if the rows are not sorted with the newest first. Later pages may then have newer
// rows, and the walk needs no other end than that of its query. Rows of a single time count as
// sorted; see [Falls].
func PinnedEnd[T any](date time.Time, rows []T, timeOf func(*T) time.Time, unit time.Duration) (end time.Time, ok bool) {
	if date.IsZero() {
		date = time.Now()
	}
	end = date.Truncate(time.Second).Add(time.Second)
	var previous time.Time
	for i := range rows {
		at := timeOf(&rows[i])
		if at.IsZero() {
			continue
		}
		if !previous.IsZero() && at.After(previous) {
			return time.Time{}, false
		}
		if previous = at; !at.Before(end) {
			end = at.Add(unit) // the service may exclude the end itself
		}
	}
	return end, true
}

// Falls reports whether a row is earlier than another one before it.
func Falls[T any](rows []T, timeOf func(*T) time.Time) bool {
	var first time.Time
	for i := range rows {
		at := timeOf(&rows[i])
		if first.IsZero() {
			first = at
		}
		if !at.IsZero() && at.Before(first) {
			return true
		}
	}
	return false
}
