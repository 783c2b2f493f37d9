package conformance_test

import (
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

var searchTime = flag.Duration("search", 0, "how long TestSearchCostlyBodies searches for more costly bodies")

// mostCostly records the most costly responses.
type mostCostly struct {
	memory, time     float64
	ofMemory, ofTime string
}

var worst mostCostly

func (m *mostCostly) note(memory, time float64, name string) {
	if memory > m.memory {
		m.memory, m.ofMemory = memory, name
	}
	if time > m.time {
		m.time, m.ofTime = time, name
	}
}

func (m *mostCostly) log(t *testing.T) {
	t.Helper()
	t.Logf("the most memory is %.1f times the limit: %s", m.memory, m.ofMemory)
	t.Logf("the most time is %.1f times that of a usual response: %s", m.time, m.ofTime)
}

// FuzzCost checks the limit of memory for bodies of any shape.
func FuzzCost(f *testing.F) {
	for _, h := range costlyBodies {
		f.Add(uint8(0), uint8(0), h.begin, h.unit, h.end)
	}
	const bound = 256 << 10
	f.Fuzz(func(t *testing.T, adapter, kind uint8, begin, unit, end string) {
		a, x := adapters[int(adapter)%len(adapters)], exchanges[int(kind)%len(exchanges)]
		l := a.logins(secrets{password: "word", token: "word", refreshToken: "word", apiKey: "word", privateKey: privateKey(t)})[0]
		if body := (costlyBody{begin, unit, end, nil}).body(a, bound); l.fetchesToken || !x.token {
			measure := func() cost { return x.cost(t, a, l, body, bound) }
			if c := measure(); c.memory > maxMemory*bound+maxErrorMemory && !raceDetector {
				if c = least(measure)[0]; c.memory > maxMemory*bound+maxErrorMemory {
					t.Errorf("%d bytes are %d times the limit", c.memory, c.memory/bound)
				}
			}
		}
	})
}

// TestSearchCostlyBodies searches for bodies that cost more than the known ones, if it is run with
// -search: it changes the most costly ones at random, keeps those that cost more, and logs them.
func TestSearchCostlyBodies(t *testing.T) {
	if *searchTime == 0 { // the default; -args -search 10m searches
		return
	}
	const bound, kept = 256 << 10, 40
	type candidate struct {
		costlyBody
		score float64
	}
	s := newSecrets(t)
	words := []string{"{", "}", "[", "]", ",", ":", `"`, `""`, `"ID"`, `"TIME"`, `"LIST"`, "LIST:", `"data":`, `"perm":`, `"perms":`, `"response_map":`, `"next":`,
		`"error":`, `"count":`, `"user":`, `"href":`, "0", "null", "true", "1e9", "-1", "\x00", "\x01", "\xe9", "\x80", `\ud800`, `\u0041`, `\n`, " ", "x", "{}", "[]", "[{}]",
		`"2026-01-01"`, `{"a":0}`, `"a":`, ",{}", ",0", "PAGE(", ")PAGE", `"throughput":`, `"snaplogic_admin_update":`}
	for _, a := range adapters {
		for _, byTime := range []bool{false, true} {
			l := a.logins(s)[0]
			score := func(h costlyBody) float64 {
				body := h.body(a, bound)
				c := exchanges[0].cost(t, a, l, body, bound)
				if byTime {
					return float64(c.time)
				}
				return float64(c.memory) / bound
			}
			var best []candidate
			keep := func(h costlyBody) {
				p := candidate{h, score(h)}
				if len(best) >= kept && p.score <= best[kept-1].score {
					return
				}
				if byTime {
					p.score = min(p.score, score(h), score(h)) // the machine may be busy
				}
				best = append(best, p)
				slices.SortFunc(best, func(a, b candidate) int { return int(100*b.score) - int(100*a.score) })
				best = slices.CompactFunc(best, func(a, b candidate) bool { return a.begin == b.begin && a.unit == b.unit && a.end == b.end })
				best = best[:min(len(best), kept)]
			}
			for _, h := range costlyBodies {
				if h.encode == nil {
					keep(h)
				}
			}
			change := func(text string) string {
				at := rand.N(len(text) + 1)
				switch rand.N(4) {
				case 0:
					return text[:at] + text[min(at+1+rand.N(8), len(text)):]
				case 1:
					from := rand.N(len(text) + 1)
					return text[:at] + text[min(from, at):max(from, at)] + text[at:]
				default:
					return text[:at] + words[rand.N(len(words))] + text[at:]
				}
			}
			for until := time.Now().Add(*searchTime / time.Duration(2*len(adapters))); time.Now().Before(until); {
				h, other := best[rand.N(len(best))].costlyBody, best[rand.N(len(best))].costlyBody
				switch rand.N(5) {
				case 0:
					h.unit = change(h.unit)
				case 1:
					h.begin = change(h.begin)
				case 2:
					h.unit += other.unit
				case 3:
					h.unit, h.begin = change(h.unit), change(h.begin)
				case 4:
					h.begin, h.end = other.begin, other.end
				}
				if len(h.unit) <= 1<<10 && len(h.begin) <= 128<<10 {
					keep(h)
				}
			}
			for _, p := range best[:3] {
				t.Logf("%s, by time %t: %.1f: %.60q %.100q %.60q", a, byTime, p.score, strings.TrimRight(p.begin, "x"), p.unit, p.end)
			}
		}
	}
}
