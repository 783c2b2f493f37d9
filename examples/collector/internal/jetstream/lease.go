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

// claim is the value of a lease's entry.
type claim struct {
	Holder    string        `json:"holder"`         // unique for each Open; empty if the lease is free
	Sink      string        `json:"sink,omitempty"` // the id of the holder's sink; empty if an older version wrote it
	Collector string        `json:"collector"`      // host and process, for logs
	Lease     time.Duration `json:"lease_ns"`
}

// validity returns how long a lease is valid after a renewal. The rest of the lease's length is the
// time in which another collector notices and takes over.
func (c claim) validity() time.Duration { return c.Lease * 3 / 4 }

// lease is held by one writer of a feed.
type lease struct {
	sink          *Sink
	entry         entry
	claim         claim
	log           *slog.Logger
	unlock        func() // for other writers of the sink
	failureLogged bool   // the failure to renew was logged

	mu       sync.Mutex
	revision uint64
	until    time.Time     // the lease is held until then, unless lost is set
	renewed  chan struct{} // closed when until or lost changes
	lost     error         // store.ErrLeaseLost, or an error with store.ErrRefused

	once sync.Once
	stop chan struct{} // closed to stop renewing
	done chan struct{} // closed when renewLoop has returned
}

// acquire waits until the lease is free or has expired, and takes it.
func (s *Sink) acquire(ctx context.Context, feed store.FeedID, standby func(renewed bool)) (taken *lease, err error) {
	unlock, err := s.locks.lock(ctx, s.closed, feedKey(feed))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			unlock()
		}
	}()
	l := &lease{
		sink:    s,
		entry:   entry{s, "lease." + feedKey(feed)},
		claim:   claim{Holder: rand.Text(), Sink: s.id, Collector: s.name, Lease: s.options.Lease},
		log:     feed.Logger(s.options.Logger),
		unlock:  unlock,
		renewed: make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{}),
	}
	var seen observation
	answered := time.Now()
	for {
		start := time.Now()
		taken, wait, err := l.tryTake(ctx, &seen, standby)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, store.ErrRefused):
			return nil, err
		case err != nil && time.Since(answered) > s.options.RetryFor:
			return nil, s.gaveUp(err)
		case err != nil: // the holder could not renew meanwhile either, so observe it anew
			seen, wait = observation{}, retryInterval
		case taken:
			l.extend(start)
			s.leases.Go(func() { l.renewLoop(context.WithoutCancel(ctx)) })
			return l, nil
		default:
			answered = time.Now()
		}
		if err := sleep(ctx, s.closed, wait); err != nil {
			return nil, err
		}
	}
}

// observation is when a revision of an entry was first seen.
type observation struct {
	revision uint64
	at       time.Time
	renewed  bool // an earlier revision was seen before: the holder is alive
}

// tryTake reads the lease once, and takes it if it is free or expired. It calls standby if another
// collector holds it.
func (l *lease) tryTake(ctx context.Context, seen *observation, standby func(renewed bool)) (taken bool, wait time.Duration, err error) {
	value, revision, err := l.entry.read(ctx)
	if err != nil {
		return false, 0, err
	}
	var other claim
	if value != nil {
		if err := json.Unmarshal(value, &other); err != nil {
			return false, 0, fmt.Errorf("%w: the lease in %s is not one of a collector: choose another bucket, or delete the entry", store.ErrRefused, l.entry.key)
		}
	}
	// A claim of the same sink is either this writer's own, if the answer was lost, or that of an
	// earlier writer that could not release it. The feed's lock ensures that the earlier writer is
	// closed or has lost its lease.
	if other.Holder != "" && other.Sink != l.claim.Sink {
		if seen.revision != revision {
			if seen.revision == 0 {
				l.log.Info("waiting for the feed's lease", "holder", other.Collector, "lease", other.Lease)
			}
			*seen = observation{revision, time.Now(), seen.revision != 0}
		}
		if rest := time.Until(seen.at.Add(other.validity())); rest > 0 {
			if standby != nil {
				standby(seen.renewed)
			}
			return false, min(rest, other.Lease/10), nil
		}
		l.log.Warn("taking over the feed's lease, which has expired", "holder", other.Collector)
	}
	l.revision, err = l.entry.compareAndSwap(ctx, l.value(l.claim), revision)
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

// extend records a renewal that started at the given time.
func (l *lease) extend(begun time.Time) {
	l.sink.releases.answered()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost != nil {
		return
	}
	l.until = begun.Add(l.claim.validity())
	close(l.renewed)
	l.renewed = make(chan struct{})
}

// lose records that the lease is lost: another collector has it, or it cannot be renewed.
func (l *lease) lose(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost == nil {
		l.lost = why
		close(l.renewed)
		l.unlock()
		l.log.Warn("lost the feed's lease", "error", why)
	}
}

// state reports whether the lease is held for certain. It returns a channel that is closed when
// that changes, and the reason if the lease is lost.
func (l *lease) state() (held bool, changed <-chan struct{}, lost error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost == nil && time.Now().Before(l.until), l.renewed, l.lost
}

// waitHeld returns nil at once if the lease is held for certain. If the server was unavailable for
// too long to know, it waits until the lease is renewed or lost.
func (l *lease) waitHeld(ctx context.Context) error {
	retryFor := l.sink.options.RetryFor
	timer := time.NewTimer(retryFor)
	defer timer.Stop()
	for {
		held, changed, lost := l.state()
		switch {
		case lost != nil:
			return lost
		case held:
			return nil
		}
		select {
		case <-changed:
		case <-l.done:
			if _, _, lost := l.state(); lost != nil {
				return lost
			}
			return errClosed
		case <-timer.C:
			return l.sink.gaveUp(fmt.Errorf("the feed's lease could not be renewed: %w", errNoAnswer))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// renewLoop renews the lease until the lease is lost or released, or the sink is closed.
func (l *lease) renewLoop(ctx context.Context) {
	defer close(l.done)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // cancels a renewal under way too
		defer cancel()
		select {
		case <-l.stop:
		case <-l.sink.closed:
		case <-ctx.Done():
		}
	}()
	ticker := time.NewTicker(l.claim.Lease / 4)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if _, _, lost := l.state(); lost != nil {
				return
			}
			if err := l.renew(ctx); isAny(err, store.ErrLeaseLost, store.ErrRefused) {
				l.lose(err)
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// renew writes the lease's entry again.
func (l *lease) renew(ctx context.Context) error {
	short, cancel := context.WithTimeout(ctx, l.claim.Lease/4)
	defer cancel()
	begun := time.Now()
	err := l.write(short, l.claim)
	if short.Err() != nil && ctx.Err() == nil {
		// Package jetstream retries three times if the bucket does not exist, which takes longer
		// than the timeout of a short lease.
		look, cancel := context.WithTimeout(ctx, l.claim.Lease/4)
		defer cancel()
		err = l.sink.checkBucket(look, err)
	}
	switch {
	case err == nil:
		l.extend(begun)
		l.failureLogged = false
		if l.sink.outage.answered(begun) {
			l.sink.options.Logger.Info("NATS answers again")
		}
	case !isAny(err, store.ErrLeaseLost, store.ErrRefused, context.Canceled) && !l.failureLogged:
		l.failureLogged = true
		l.logFailure(begun, err)
	}
	return err
}

// logFailure logs why a renewal failed. Failures that affect all feeds are logged once.
func (l *lease) logFailure(begun time.Time, err error) {
	switch {
	case errors.Is(err, errUnavailable): // the connection is lost, which its handler logs
	case !errors.Is(err, errNoAnswer):
		l.log.Warn("the feed's lease could not be renewed, trying again", "error", err)
	case l.sink.outage.unanswered(begun):
		l.sink.options.Logger.Warn("leases could not be renewed, trying again", "error", err)
	}
}

// write replaces the entry of this holder. After a conflict it reads the entry: the answer to an
// earlier renewal may have been lost.
func (l *lease) write(ctx context.Context, c claim) error {
	revision, err := l.entry.compareAndSwap(ctx, l.value(c), l.revision)
	if errors.Is(err, errConflict) {
		var value []byte
		if value, revision, err = l.entry.read(ctx); err != nil {
			return err
		}
		var now claim
		if json.Unmarshal(value, &now) != nil || now.Holder != l.claim.Holder {
			return store.ErrLeaseLost
		}
		revision, err = l.entry.compareAndSwap(ctx, l.value(c), revision)
	}
	if err == nil {
		l.revision = revision
	}
	return err
}

// release stops renewing and frees the lease if it is still held.
func (l *lease) release(ctx context.Context) {
	l.once.Do(func() {
		defer l.unlock()
		close(l.stop)
		<-l.done
		if _, _, lost := l.state(); lost != nil {
			return
		}
		ctx, cancel := context.WithDeadline(ctx, l.sink.releases.deadline())
		defer cancel()
		if err := l.write(ctx, claim{}); err != nil {
			switch {
			case !isAny(err, errUnavailable, errNoAnswer):
				l.log.Warn("the feed's lease could not be released, others wait until it expires", "error", err)
			case l.sink.outage.firstRelease():
				l.sink.options.Logger.Warn("leases could not be released, others wait until they expire", "error", err)
			}
			return
		}
		l.sink.releases.answered()
	})
}
