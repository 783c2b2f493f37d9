package fake

import (
	"maps"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// RandomFaults returns faults of random kinds for one request in four. Its method Fault is a
// function for [Server.FailWith]. The same seed and order of requests return the same faults. It
// lets requests to the token endpoint through.
type RandomFaults struct {
	kinds []faultKind

	mu     sync.Mutex
	rand   *rand.Rand
	last   string
	counts map[string]int
}

type faultKind struct {
	name  string
	fault func(r *rand.Rand) Fault
}

// NewRandomFaults returns random faults. Some requests are delayed by stall, which should be longer
// than the client's timeout. If expired is not empty, some requests are answered with that body and
// 401, but never two in a row.
func NewRandomFaults(seed uint64, stall time.Duration, expired string) *RandomFaults {
	const page = "<html><head><title>Bad gateway</title></head><body>maintenance</body></html>"
	limited := func(name, value string) faultKind {
		return faultKind{name, func(*rand.Rand) Fault {
			f := Fault{Status: http.StatusTooManyRequests, Body: "{}", Header: http.Header{}}
			if value == "date" {
				f.Header.Set("Retry-After", time.Now().Add(7*time.Second).UTC().Format(http.TimeFormat))
			} else if value != "" {
				f.Header.Set("Retry-After", value)
			}
			return f
		}}
	}
	f := &RandomFaults{
		rand:   rand.New(rand.NewPCG(seed, 4)),
		counts: map[string]int{},
		kinds: []faultKind{
			{"reset", func(*rand.Rand) Fault { return Fault{Reset: true} }},
			{"cut body", func(r *rand.Rand) Fault { return Fault{CutBody: 1 + r.IntN(40)} }},
			{"stall", func(*rand.Rand) Fault { return Fault{Delay: stall} }},
			limited("429 with seconds", "3"),
			limited("429 with a date", "date"),
			limited("429 without", ""),
			{"5xx with HTML", func(r *rand.Rand) Fault {
				return Fault{Status: []int{500, 502, 503, 504}[r.IntN(4)], Body: page, ContentType: "text/html"}
			}},
			{"truncated JSON", func(r *rand.Rand) Fault { return Fault{Truncate: 1 + r.IntN(40)} }},
			{"empty 200", func(*rand.Rand) Fault { return Fault{Status: http.StatusOK, ContentType: "application/json"} }},
		},
	}
	if expired != "" {
		f.kinds = append(f.kinds, faultKind{tokenExpired, func(*rand.Rand) Fault {
			return Fault{Status: http.StatusUnauthorized, Body: expired}
		}})
	}
	return f
}

const tokenExpired = "401"

// Fault returns the fault for one request, or nil.
func (f *RandomFaults) Fault(r Request) *Fault {
	if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" { // the token endpoint's
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts["requests"]++
	before := f.last
	f.last = ""
	if f.rand.IntN(4) > 0 {
		return nil
	}
	kind := f.kinds[f.rand.IntN(len(f.kinds))]
	if kind.name == tokenExpired && before == tokenExpired {
		return nil
	}
	f.last = kind.name
	f.counts[kind.name]++
	fault := kind.fault(f.rand)
	return &fault
}

// Counts returns the number of requests so far, and of the faults by kind.
func (f *RandomFaults) Counts() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.counts)
}
