// Package retryafter reads the headers in which a server says how long to stay away: Retry-After in
// its two forms, and the X-RateLimit headers of OPSWAT Central Management. It is a leaf, since both
// the window limiter and the transport need it.
package retryafter

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longest caps what a header can say, so that arithmetic on the result cannot overflow. Callers
// apply their own, lower limits.
const longest = 10 * 365 * 24 * time.Hour

// epochFrom is the number of seconds from which a reset time is a point in time instead of a
// distance.
const epochFrom = 1_000_000_000

// maxEpoch is the last second of the year 9999.
const maxEpoch = 253_402_300_799

// Header gives the wait that Retry-After asks for, seen from now. A date is measured against the
// answer's own Date header where there is one, so that a local clock that runs fast does not
// shorten the wait. False: no such header, or none that can be read.
func Header(h http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0, false
	}
	if n, ok := number(value); ok {
		return seconds(n), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return between(Clock(h, now), at), true
}

// Clock gives the server's time as the Date header tells it, or else now.
func Clock(h http.Header, now time.Time) time.Time {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		return date
	}
	return now
}

// Exhausted gives the wait until the quota opens again, if X-RateLimit-Remaining says that nothing
// of it is left and X-RateLimit-Reset-Time says when that changes. Whether the vendor means seconds
// from now or seconds since 1970 is not documented (probe: opswat.headers): a number above a
// billion is taken for the latter.
func Exhausted(h http.Header, now time.Time) (time.Duration, bool) {
	if remaining, ok := number(h.Get("X-RateLimit-Remaining")); !ok || remaining >= 1 {
		return 0, false
	}
	return Reset(h, now)
}

// Reset gives the wait until the moment that X-RateLimit-Reset-Time names, whatever remains of the
// quota.
func Reset(h http.Header, now time.Time) (time.Duration, bool) {
	n, ok := number(h.Get("X-RateLimit-Reset-Time"))
	if !ok {
		return 0, false
	}
	if n <= epochFrom {
		return seconds(n), true
	}
	if n > maxEpoch { // milliseconds, or noise
		return 0, false
	}
	return between(Clock(h, now), time.Unix(int64(math.Ceil(n)), 0)), true
}

// number reads an unsigned decimal number; strconv alone would also take signs, exponents,
// infinities and hexadecimal.
func number(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// seconds rounds a fraction up: a wait is never shortened.
func seconds(n float64) time.Duration {
	if n > longest.Seconds() {
		return longest
	}
	return time.Duration(math.Ceil(n)) * time.Second
}

func between(from, to time.Time) time.Duration {
	return min(max(to.Sub(from), 0), longest)
}
