package jetstream

import (
	"context"
	"sync"
)

// feedLocks lets one writer of a sink hold a feed at a time. Leases do not ensure that, since a
// sink takes over its own earlier claims at once.
type feedLocks struct {
	mu   sync.Mutex
	held map[string]chan struct{} // by feedKey; closed when the feed is free
}

// lock waits until no other writer of the sink holds the feed. unlock may be called more than once.
func (l *feedLocks) lock(ctx context.Context, closed <-chan struct{}, feed string) (unlock func(), err error) {
	for {
		other, unlock := l.tryLock(feed)
		if unlock != nil {
			return unlock, nil
		}
		select {
		case <-other:
		case <-closed:
			return nil, errClosed
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// tryLock returns the channel to wait for if another writer holds the feed, or else the function
// that unlocks it.
func (l *feedLocks) tryLock(feed string) (other <-chan struct{}, unlock func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if other, held := l.held[feed]; held {
		return other, nil
	}
	if l.held == nil {
		l.held = map[string]chan struct{}{}
	}
	freed := make(chan struct{})
	l.held[feed] = freed
	return nil, sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.held, feed)
		close(freed)
	})
}
