package fake

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// refuser answers a request that was over the quota; a slot is free again after
// wait.
type refuser func(w http.ResponseWriter, wait time.Duration)

// quota is a window over the arrivals that were let through, sliding unless it
// is fixed. The Server's lock guards it.
type quota struct {
	n       int
	per     time.Duration
	refuse  refuser
	fixed   bool        // windows begin at multiples of per
	counted []time.Time // those still in the window, oldest first; at most n
}

// verdict is what the quota says of one arrival; the zero verdict is that of no
// quota at all.
type verdict struct {
	limit     int
	remaining int
	at        time.Time     // of the arrival
	reset     time.Duration // from then until the next slot that is taken becomes free
	epoch     bool          // the header names the reset as a point in time
	refuse    refuser       // nil: let through
}

// admit judges an arrival and counts it if it is let through.
func (q *quota) admit(now time.Time) verdict {
	if q == nil {
		return verdict{}
	}
	begin := now.Truncate(q.per)
	over := func(at time.Time) bool {
		if q.fixed {
			return at.Before(begin)
		}
		return now.Sub(at) >= q.per
	}
	gone := 0
	for gone < len(q.counted) && over(q.counted[gone]) {
		gone++
	}
	q.counted = slices.Delete(q.counted, 0, gone)

	v := verdict{limit: q.n, at: now}
	if len(q.counted) < q.n {
		q.counted = append(q.counted, now)
	} else {
		v.refuse = q.refuse
	}
	v.remaining = q.n - len(q.counted)
	v.reset = q.per - now.Sub(q.counted[0])
	if q.fixed {
		v.reset = q.per - now.Sub(begin)
	}
	return v
}

func (v verdict) writeHeaders(h http.Header) {
	h.Set("X-RateLimit-Limit", strconv.Itoa(v.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(v.remaining))
	reset := WholeSeconds(v.reset)
	if v.epoch {
		reset = WholeSeconds(time.Duration(v.at.Add(v.reset).UnixNano()))
	}
	h.Set("X-RateLimit-Reset-Time", strconv.FormatInt(reset, 10))
}

// WholeSeconds returns d in whole seconds, rounded up, so that who waits that
// long has waited long enough: the form of Retry-After.
func WholeSeconds(d time.Duration) int64 {
	return int64((d + time.Second - 1) / time.Second)
}
