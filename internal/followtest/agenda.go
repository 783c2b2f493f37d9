package followtest

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Event is something that happens, and that a service lists some time later.
type Event struct {
	N          int
	At, Listed time.Time
}

// Agenda is events to come. It is safe for concurrent use.
type Agenda struct {
	mu     sync.Mutex
	events []Event
}

// NewAgenda returns n events from now on, many at the same instant. One in forty is dated a day
// ahead. Each is listed within lateness after it happened.
func NewAgenda(random *rand.Rand, n int, span, lateness time.Duration) *Agenda {
	begin := time.Now()
	a := &Agenda{}
	for i := range n {
		at := begin.Add(time.Duration(random.Int64N(int64(span)))).Truncate(10 * time.Second)
		e := Event{N: i, At: at, Listed: at.Add(time.Duration(random.Int64N(int64(lateness))))}
		if random.IntN(40) == 0 {
			e.At = at.Add(24 * time.Hour)
		}
		a.events = append(a.events, e)
	}
	return a
}

// Due returns the events that are listed by now and that it has not returned before.
func (a *Agenda) Due() []Event {
	a.mu.Lock()
	defer a.mu.Unlock()
	var due, left []Event
	for _, e := range a.events {
		if e.Listed.After(time.Now()) {
			left = append(left, e)
		} else {
			due = append(due, e)
		}
	}
	a.events = left
	return due
}
