package jetstream

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// claim is what a lease's entry says.
type claim struct {
	Holder    string        `json:"holder"`    // different for each Open; empty: nobody
	Collector string        `json:"collector"` // who that is, for people
	Lease     time.Duration `json:"lease_ns"`
}

// validity is for how long after a renewal a lease holds. The rest of its length is for those who
// wait: to notice, and to take over.
func (c claim) validity() time.Duration { return c.Lease * 3 / 4 }

// lease is held by one writer of a feed.
type lease struct {
	entry    entry
	claim    claim
	patience time.Duration
	log      *slog.Logger

	mu       sync.Mutex
	revision uint64
	until    time.Time     // certainly held, unless lost
	renewed  chan struct{} // closed when until has moved, or the lease is lost
	lost     bool

	once sync.Once
	stop chan struct{} // told to let go
	done chan struct{} // nothing is renewed any more
}

// acquire waits until the feed is free, or until its holder has given no sign of life, and takes
// the lease.
func (s *Sink) acquire(ctx context.Context, feed string) (*lease, error) {
	l := &lease{
		entry:    entry{s.bucket, "lease." + feed},
		claim:    claim{Holder: rand.Text(), Collector: s.name, Lease: s.options.Lease},
		patience: s.options.Patience,
		log:      s.options.Logger.With("feed", feed),
		renewed:  make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{}),
	}
	var seen sighting
	answered := time.Now()
	for {
		start := time.Now()
		taken, wait, err := l.try(ctx, &seen)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil && time.Since(answered) > l.patience:
			return nil, err
		case err != nil: // nobody could renew meanwhile, so what was seen before means nothing
			seen, wait = sighting{}, again
		case taken:
			l.hold(start)
			s.leases.Go(func() { l.keep(context.WithoutCancel(ctx), s.closed) })
			return l, nil
		default:
			answered = time.Now()
		}
		if err := sleep(ctx, s.closed, wait); err != nil {
			return nil, err
		}
	}
}

// sighting is when an entry was first seen as it is.
type sighting struct {
	revision uint64
	at       time.Time
}

// try looks at the lease once, and takes it if it may.
func (l *lease) try(ctx context.Context, seen *sighting) (taken bool, wait time.Duration, err error) {
	value, revision, err := l.entry.read(ctx)
	if err != nil {
		return false, 0, err
	}
	var other claim
	if value != nil {
		if err := json.Unmarshal(value, &other); err != nil {
			return false, 0, fmt.Errorf("the lease in %s is not one of a collector", l.entry.key)
		}
	}
	if other.Holder != "" && other.Holder != l.claim.Holder {
		if seen.revision != revision {
			if seen.revision == 0 {
				l.log.Info("waiting for the feed's lease", "holder", other.Collector, "lease", other.Lease)
			}
			*seen = sighting{revision, time.Now()}
		}
		if rest := time.Until(seen.at.Add(other.validity())); rest > 0 {
			return false, min(rest, other.Lease/10), nil
		}
		l.log.Warn("taking the feed's lease over from a collector that gives no sign of life", "holder", other.Collector)
	}
	l.revision, err = l.entry.swap(ctx, l.value(l.claim), revision)
	if errors.Is(err, errConflict) {
		return false, 0, nil
	}
	return err == nil, 0, err
}

func (l *lease) value(c claim) []byte {
	value, err := json.Marshal(c)
	if err != nil {
		panic(err) // two strings and a number
	}
	return value
}

// hold notes a renewal that was begun at that time.
func (l *lease) hold(begun time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost {
		return
	}
	l.until = begun.Add(l.claim.validity())
	close(l.renewed)
	l.renewed = make(chan struct{})
}

// lose notes that another has the lease.
func (l *lease) lose() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.lost {
		l.lost = true
		close(l.renewed)
		l.log.Warn("lost the feed's lease to another collector")
	}
}

// state reports whether the lease is lost, whether it is certainly held, and where to hear of a
// change.
func (l *lease) state() (lost, held bool, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost, !l.lost && time.Now().Before(l.until), l.renewed
}

// ensure waits, if the server has been away for so long that another may have taken over, until
// that is known.
func (l *lease) ensure(ctx context.Context) error {
	timer := time.NewTimer(l.patience)
	defer timer.Stop()
	for {
		lost, held, changed := l.state()
		switch {
		case lost:
			return store.ErrLeaseLost
		case held:
			return nil
		}
		select {
		case <-changed:
		case <-l.done:
			if lost, _, _ := l.state(); lost {
				return store.ErrLeaseLost
			}
			return errClosed
		case <-timer.C:
			return fmt.Errorf("the feed's lease could not be renewed for %v: NATS does not answer", l.patience)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// keep renews the lease until it is lost, let go, or the sink is closed.
func (l *lease) keep(ctx context.Context, closed <-chan struct{}) {
	defer close(l.done)
	ticker := time.NewTicker(l.claim.Lease / 4)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if lost, _, _ := l.state(); lost {
				return
			}
			if err := l.renew(ctx); errors.Is(err, store.ErrLeaseLost) {
				l.lose()
				return
			}
		case <-l.stop:
			return
		case <-closed:
			return
		}
	}
}

// renew writes the entry again. The answer to an earlier renewal may have been lost: an entry of
// one's own is no conflict.
func (l *lease) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.claim.Lease/4)
	defer cancel()
	begun := time.Now()
	revision, err := l.entry.swap(ctx, l.value(l.claim), l.revision)
	if errors.Is(err, errConflict) {
		var value []byte
		if value, revision, err = l.entry.read(ctx); err != nil {
			return err
		}
		var now claim
		if json.Unmarshal(value, &now) != nil || now.Holder != l.claim.Holder {
			return store.ErrLeaseLost
		}
		revision, err = l.entry.swap(ctx, l.value(l.claim), revision)
	}
	if err != nil {
		l.log.Warn("the feed's lease could not be renewed", "error", err)
		return err
	}
	l.revision = revision
	l.hold(begun)
	return nil
}

// release stops renewing and, if the lease is still held, tells the others that it is free.
func (l *lease) release(ctx context.Context) {
	l.once.Do(func() {
		close(l.stop)
		<-l.done
		if lost, _, _ := l.state(); lost {
			return
		}
		if _, err := l.entry.swap(ctx, l.value(claim{}), l.revision); err != nil {
			l.log.Warn("the feed's lease could not be released, others wait until it has run out", "error", err)
		}
	})
}
