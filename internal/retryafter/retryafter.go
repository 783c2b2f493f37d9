// Package retryafter reads the headers that ask a client to wait: Retry-After in its two forms, and
// the X-RateLimit headers of OPSWAT Central Management. It imports no other package of the module,
// since the window limiter and the transport both need it.
package retryafter

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longest is the longest wait that is returned, so that arithmetic with it cannot overflow. Callers
// apply lower limits.
const longest = 10 * 365 * 24 * time.Hour

// epochFrom is the reset time from which it counts from 1970 instead of from now, in seconds.
const epochFrom = 1_000_000_000

// maxEpoch is the last second of the year 9999.
const maxEpoch = 253_402_300_799

// Header returns the wait that Retry-After asks for, and whether there is one that can be read. A
// date is compared with the response's Date header if there is one, so that a fast local clock does
// not shorten the wait; otherwise with now.
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

// Clock returns the server's time from the Date header, or else now.
func Clock(h http.Header, now time.Time) time.Time {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		return date
	}
	return now
}

// Exhausted returns the wait until the quota is reset, and whether X-RateLimit-Remaining says that
// it is used up and X-RateLimit-Reset-Time when it is reset. The vendor does not document whether
// the time is in seconds from now or since 1970 (probe: opswat.headers): a number above a billion
// counts as the latter.
func Exhausted(h http.Header, now time.Time) (time.Duration, bool) {
	if remaining, ok := number(h.Get("X-RateLimit-Remaining")); !ok || remaining >= 1 {
		return 0, false
	}
	return Reset(h, now)
}

// Reset returns the wait until X-RateLimit-Reset-Time, whatever remains of the quota, and whether
// there is such a header.
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

// number parses an unsigned decimal number. strconv alone would also accept signs, exponents,
// infinity and hexadecimal.
func number(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// seconds rounds up, so that no wait is shortened.
func seconds(n float64) time.Duration {
	if n > longest.Seconds() {
		return longest
	}
	return time.Duration(math.Ceil(n)) * time.Second
}

func between(from, to time.Time) time.Duration {
	return min(max(to.Sub(from), 0), longest)
}
