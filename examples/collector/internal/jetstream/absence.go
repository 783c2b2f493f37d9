package jetstream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// What is wrong where nothing came back from the server.
var (
	errAway   = errors.New("NATS is away")
	errSilent = errors.New("NATS does not answer")
)

// plain says in one text what package nats says in many, depending on where it noticed.
func plain(err error) error {
	switch {
	case is(err, errAway, errSilent):
		return err
	case is(err, nats.ErrReconnectBufExceeded, nats.ErrConnectionReconnecting, nats.ErrConnectionClosed,
		nats.ErrConnectionDraining, nats.ErrDisconnected, nats.ErrStaleConnection, nats.ErrNoServers):
		return errAway
	case is(err, context.DeadlineExceeded, nats.ErrTimeout, jetstream.ErrAsyncPublishTimeout):
		return fmt.Errorf("%w: %w", errSilent, err)
	}
	return err
}

// absence is a spell in which the server is away or does not answer. It is logged once for all
// feeds.
type absence struct {
	mu      sync.Mutex
	known   bool      // it is logged that the server is away
	lost    bool      // the connection said so, and says when it is back
	letting bool      // it is logged that leases cannot be released
	over    time.Time // when the last spell was over
}

// begins reports whether an attempt that began at that time and failed is the first sign of a
// spell.
func (a *absence) begins(attempt time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known || attempt.Before(a.over) {
		return false
	}
	a.known = true
	return true
}

// disconnected notes what the connection logs itself.
func (a *absence) disconnected() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.known, a.lost = true, true
}

// keeps reports whether a lease that cannot be released is the first one in this spell.
func (a *absence) keeps() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	first := !a.letting
	a.letting = true
	return first
}

// ends notes that the server is there, and reports whether that is news.
func (a *absence) ends() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	news := a.known && !a.lost
	if a.known || a.letting {
		a.known, a.lost, a.letting, a.over = false, false, false, time.Now()
	}
	return news
}
