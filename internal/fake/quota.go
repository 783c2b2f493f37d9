package fake

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Quota limits the requests to the API. It decides when a request arrives. A request that it
// refuses does not count; one with a fault does. The zero Quota is no limit.
type Quota struct {
	// Limit is how many requests may arrive in any span of length Per. Zero or less is no limit.
	Limit int
	Per   time.Duration

	// Refuse answers a request over the limit. After wait, the next request can pass. A nil Refuse
	// answers with 429 and no body.
	Refuse func(w http.ResponseWriter, wait time.Duration)

	// FixedWindows counts in windows that begin at multiples of Per, such as each full minute,
	// instead of in any span of that length.
	FixedWindows bool

	// CountTokens applies the limit to requests to the token endpoint too.
	CountTokens bool

	// Headers adds the state of the quota to each answer of the API: X-RateLimit-Limit,
	// X-RateLimit-Remaining, and X-RateLimit-Reset-Time, which is the number of whole seconds,
	// rounded up, until the oldest request no longer counts.
	Headers bool

	// ResetEpoch sends X-RateLimit-Reset-Time in seconds since 1970 instead.
	ResetEpoch bool
}

// quotaWindow holds the arrivals that still count, oldest first. The Server's lock guards it.
type quotaWindow []time.Time

// quotaState is what the quota decides about one request.
type quotaState struct {
	arrival   time.Time
	remaining int
	reset     time.Duration // from the arrival until the oldest request no longer counts
	refused   bool
}

// count decides about a request that arrives now, and counts it unless the quota refuses it.
func (w *quotaWindow) count(q Quota, now time.Time) quotaState {
	if q.Limit <= 0 {
		return quotaState{}
	}
	begin := now.Truncate(q.Per)
	expired := func(at time.Time) bool {
		if q.FixedWindows {
			return at.Before(begin)
		}
		return now.Sub(at) >= q.Per
	}
	*w = slices.DeleteFunc(*w, expired)

	s := quotaState{arrival: now, refused: len(*w) >= q.Limit}
	if !s.refused {
		*w = append(*w, now)
	}
	s.remaining = q.Limit - len(*w)
	s.reset = q.Per - now.Sub((*w)[0])
	if q.FixedWindows {
		s.reset = q.Per - now.Sub(begin)
	}
	return s
}

func (q Quota) writeHeaders(h http.Header, s quotaState) {
	h.Set("X-RateLimit-Limit", strconv.Itoa(q.Limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(s.remaining))
	reset := WholeSeconds(s.reset)
	if q.ResetEpoch {
		reset = WholeSeconds(time.Duration(s.arrival.Add(s.reset).UnixNano()))
	}
	h.Set("X-RateLimit-Reset-Time", strconv.FormatInt(reset, 10))
}

func (q Quota) writeRefusal(w http.ResponseWriter, s quotaState) {
	if q.Refuse == nil {
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	q.Refuse(w, s.reset)
}

// WholeSeconds returns d in whole seconds, rounded up, as Retry-After needs it.
func WholeSeconds(d time.Duration) int64 {
	return int64((d + time.Second - 1) / time.Second)
}
