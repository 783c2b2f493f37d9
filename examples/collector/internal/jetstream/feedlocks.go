package jetstream

import (
	"context"
	"sync"
)

// feedLocks keeps two writers of one sink from holding a feed at the same time. A lease cannot: a
// claim that the sink wrote earlier is taken over at once.
type feedLocks struct {
	mu   sync.Mutex
	held map[string]chan struct{} // by the feed's path; closed when the feed is free
}

// lock waits until no other writer of the sink holds the feed. free, which may be called again and
// again, lets the next one have it.
func (h *feedLocks) lock(ctx context.Context, closed <-chan struct{}, feed string) (free func(), err error) {
	for {
		other, free := h.tryLock(feed)
		if free != nil {
			return free, nil
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

// tryLock returns what to wait for if another writer holds the feed.
func (h *feedLocks) tryLock(feed string) (other <-chan struct{}, free func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if other, held := h.held[feed]; held {
		return other, nil
	}
	if h.held == nil {
		h.held = map[string]chan struct{}{}
	}
	freed := make(chan struct{})
	h.held[feed] = freed
	return nil, sync.OnceFunc(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.held, feed)
		close(freed)
	})
}
