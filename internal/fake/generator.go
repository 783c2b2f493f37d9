package fake

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

// Generator invents realistic values for rows. The same seed and the same calls in the same order
// return the same values in every run.
type Generator struct {
	newest time.Time

	mu     sync.Mutex
	rand   *rand.Rand
	person *rand.Zipf // an index into people; low ones are far more frequent
}

// NewGenerator returns a generator whose times are before newest.
func NewGenerator(seed uint64, newest time.Time) *Generator {
	r := rand.New(rand.NewPCG(seed, 0x61637469766974))
	return &Generator{
		newest: newest.UTC().Truncate(time.Microsecond),
		rand:   r,
		person: rand.NewZipf(r, 1.4, 2, uint64(len(people)-1)), //nolint:gosec // a length is never negative
	}
}

// Times returns n times before newest, newest first, in UTC and whole microseconds. They come in
// bursts during office hours (UTC), rarely at night and at weekends, and some are equal. Each call
// begins at newest again.
func (g *Generator) Times(n int) []time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]time.Time, 0, max(n, 0))
	t := g.newest
	for range n {
		if kind := g.rand.Float64(); len(out) == 0 || kind >= 0.04 { // otherwise the same time again
			mean := meanGap(t)
			if kind < 0.35 {
				mean = 1500 * time.Millisecond // somebody clicks through a page
			}
			gap := time.Duration(g.rand.ExpFloat64() * float64(mean)).Truncate(time.Microsecond)
			t = t.Add(-max(gap, time.Microsecond))
		}
		out = append(out, t)
	}
	return out
}

// meanGap returns the mean time between two unrelated events at that time of the week.
func meanGap(t time.Time) time.Duration {
	weekend := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	office := t.Hour() >= 8 && t.Hour() < 18
	switch {
	case weekend && office:
		return 25 * time.Minute
	case weekend:
		return 90 * time.Minute
	case office:
		return 40 * time.Second
	default:
		return 20 * time.Minute
	}
}

// User returns one of the invented people. A few of them occur far more often than the rest.
func (g *Generator) User() Person {
	g.mu.Lock()
	defer g.mu.Unlock()
	return people[g.person.Uint64()]
}

// Weighted is a value for [Generator.Pick]. A value of weight 2 is picked twice as often as one of
// weight 1.
type Weighted struct {
	Value  string
	Weight int
}

// Pick returns one of the values, by their weights. It never returns a value whose weight is zero
// or less. If there is no other, it returns "".
func (g *Generator) Pick(weighted ...Weighted) string {
	picked, total := "", int64(0)
	for _, w := range weighted {
		if w.Weight <= 0 {
			continue
		}
		// Replace the pick so far with a probability of w's share of the weights so far.
		total += int64(w.Weight)
		if g.Between(1, total) <= int64(w.Weight) {
			picked = w.Value
		}
	}
	return picked
}

// Hex returns n lower-case hexadecimal digits.
func (g *Generator) Hex(n int) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]byte, n)
	for i := range out {
		out[i] = "0123456789abcdef"[g.rand.IntN(16)]
	}
	return string(out)
}

// IP returns an address from the ranges that RFC 5737 reserves for documentation.
func (g *Generator) IP() string {
	network := g.one([]string{"192.0.2", "198.51.100", "203.0.113"})
	return fmt.Sprintf("%s.%d", network, g.Between(1, 254))
}

// Project returns the name of a project. Some names contain blanks.
func (g *Generator) Project() string { return g.one(projects) }

// File returns the name of a file. Some names contain blanks, or letters that are not ASCII.
func (g *Generator) File() string {
	return fmt.Sprintf("%s%0*d%s", g.one(fileStems), g.Between(2, 4), g.Between(1, 99), g.one(fileExtensions))
}

// Bytes returns a size between 1 KiB and 2 TiB from a log-normal distribution: most are around 32
// MiB, a few are huge.
func (g *Generator) Bytes() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	size := math.Exp(math.Log(32<<20) + 3*g.rand.NormFloat64())
	return int64(min(max(size, 1<<10), 2<<40))
}

// Between returns an integer from lo to hi, both included. hi must not be less than lo, and hi-lo
// must fit an int64.
func (g *Generator) Between(lo, hi int64) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return lo + g.rand.Int64N(hi-lo+1)
}

// Chance returns true with probability p: never for 0, always for 1.
func (g *Generator) Chance(p float64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.rand.Float64() < p
}

func (g *Generator) one(values []string) string {
	return values[g.Between(0, int64(len(values)-1))]
}
