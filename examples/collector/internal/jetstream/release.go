package jetstream

import (
	"sync"
	"time"
)

// releaseTimeout limits how long a collector that ends waits for the server while it releases
// leases.
const releaseTimeout = 400 * time.Millisecond

// releaseBudget limits the total time for releasing all leases, so that a collector of many feeds
// ends quickly even if the server hangs.
type releaseBudget struct {
	mu    sync.Mutex
	until time.Time
}

// deadline returns the time by which a lease must be released. It does not move until the server
// answers.
func (l *releaseBudget) deadline() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until.IsZero() {
		l.until = time.Now().Add(releaseTimeout)
	}
	return l.until
}

// answered resets the deadline: the server does not hang.
func (l *releaseBudget) answered() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = time.Time{}
}
