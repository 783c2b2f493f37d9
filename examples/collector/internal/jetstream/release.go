package jetstream

import (
	"sync"
	"time"
)

// releaseTimeout is for how long a collector that ends waits for the server to answer that leases
// are free.
const releaseTimeout = 400 * time.Millisecond

// releaseBudget bounds how long the leases that are let go one after the other wait, all together: a
// collector of many feeds ends soon where the server hangs.
type releaseBudget struct {
	mu    sync.Mutex
	until time.Time
}

// deadline returns by when a lease must have been let go. It stays the same until the server has
// answered something.
func (l *releaseBudget) deadline() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until.IsZero() {
		l.until = time.Now().Add(releaseTimeout)
	}
	return l.until
}

// answered notes that the server does not hang.
func (l *releaseBudget) answered() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = time.Time{}
}
