package retryafter_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/retryafter"
)

var now = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

type sample struct {
	name   string
	header http.Header
	want   time.Duration
	ok     bool
}

func checkAll(t *testing.T, read func(http.Header, time.Time) (time.Duration, bool), samples []sample) {
	t.Helper()
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			wait, ok := read(s.header, now)
			assert.Equal(t, s.want, wait)
			assert.Equal(t, s.ok, ok)
		})
	}
}

func TestHeader(t *testing.T) {
	const date, retry = "Date", "Retry-After"
	checkAll(t, retryafter.Header, []sample{
		{"absent", headers(), 0, false},
		{"seconds", headers(retry, "60"), time.Minute, true},
		{"zero", headers(retry, "0"), 0, true},
		{"white space", headers(retry, " 7 "), 7 * time.Second, true},
		{"a fraction rounds up", headers(retry, "1.2"), 2 * time.Second, true},
		{"a date against the local clock", headers(retry, "Sun, 01 Mar 2026 10:02:00 GMT"), 2 * time.Minute, true},
		{"a date against the server's clock", headers(retry, "Sun, 01 Mar 2026 10:02:00 GMT", date, "Sun, 01 Mar 2026 09:59:00 GMT"),
			3 * time.Minute, true},
		{"a date that has passed", headers(retry, "Sun, 01 Mar 2026 09:00:00 GMT"), 0, true},
		{"a date beyond all sense", headers(retry, "Fri, 31 Dec 9999 23:59:59 GMT"), 10 * 365 * 24 * time.Hour, true},
		{"an old form of date", headers(retry, "Sunday, 01-Mar-26 10:00:30 GMT"), 30 * time.Second, true},
		{"beyond all sense", headers(retry, "99999999999999999999"), 10 * 365 * 24 * time.Hour, true},
		{"negative", headers(retry, "-1"), 0, false},
		{"an exponent", headers(retry, "1e3"), 0, false},
		{"infinity", headers(retry, "inf"), 0, false},
		{"words", headers(retry, "soon"), 0, false},
		{"two points", headers(retry, "1.2.3"), 0, false},
	})
}

func TestExhausted(t *testing.T) {
	const remaining, reset = "X-RateLimit-Remaining", "X-RateLimit-Reset-Time"
	checkAll(t, retryafter.Exhausted, []sample{
		{"absent", headers(), 0, false},
		{"something remains", headers(remaining, "1", reset, "30"), 0, false},
		{"nothing remains", headers(remaining, "0", reset, "30"), 30 * time.Second, true},
		{"no reset", headers(remaining, "0"), 0, false},
		{"a billion is still a distance", headers(remaining, "0", reset, "1000000000"), 10 * 365 * 24 * time.Hour, true},
		{"seconds since 1970", headers(remaining, "0", reset, "1772359245"), 45 * time.Second, true},
		{"seconds since 1970 against the server's clock",
			headers(remaining, "0", reset, "1772359245", "Date", "Sun, 01 Mar 2026 10:00:15 GMT"), 30 * time.Second, true},
		{"white space", headers(remaining, " 0 ", reset, " 30 "), 30 * time.Second, true},
		{"a fraction since 1970 rounds up", headers(remaining, "0", reset, "1772359244.5"), 45 * time.Second, true},
		{"the end of the year 9999", headers(remaining, "0", reset, "253402300799"), 10 * 365 * 24 * time.Hour, true},
		{"beyond the year 9999", headers(remaining, "0", reset, "253402300800"), 0, false},
		{"milliseconds since 1970 are not understood", headers(remaining, "0", reset, "1772359245000"), 0, false},
		{"not a number", headers(remaining, "0", reset, "soon"), 0, false},
	})
}

func FuzzHeader(f *testing.F) {
	f.Add("60", "Sun, 01 Mar 2026 10:00:00 GMT")
	f.Add("Sun, 01 Mar 2026 10:02:00 GMT", "")
	f.Add("1.5", "x")
	f.Fuzz(func(t *testing.T, retry, date string) {
		wait, ok := retryafter.Header(http.Header{"Retry-After": {retry}, "Date": {date}}, now)
		checkWait(t, wait, ok)
	})
}

func FuzzReset(f *testing.F) {
	f.Add("0", "30", "")
	f.Add("0.5", "1772359245", "Sun, 01 Mar 2026 10:00:00 GMT")
	f.Fuzz(func(t *testing.T, remaining, reset, date string) {
		h := http.Header{"Date": {date}}
		h.Set("X-RateLimit-Remaining", remaining)
		h.Set("X-RateLimit-Reset-Time", reset)
		wait, ok := retryafter.Exhausted(h, now)
		checkWait(t, wait, ok)
	})
}

func checkWait(t *testing.T, wait time.Duration, ok bool) {
	t.Helper()
	if wait < 0 || wait > 10*365*24*time.Hour || (!ok && wait != 0) {
		t.Fatalf("wait %v, ok %v", wait, ok)
	}
}
