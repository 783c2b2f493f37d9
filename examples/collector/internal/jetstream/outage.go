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
	errUnavailable = errors.New("NATS is away")
	errNoAnswer    = errors.New("NATS does not answer")
)

// simplify says in one text what package nats says in many, depending on where it noticed.
func simplify(err error) error {
	switch {
	case isAny(err, errUnavailable, errNoAnswer):
		return err
	case isAny(err, nats.ErrReconnectBufExceeded, nats.ErrConnectionReconnecting, nats.ErrConnectionClosed,
		nats.ErrConnectionDraining, nats.ErrDisconnected, nats.ErrStaleConnection, nats.ErrNoServers):
		return errUnavailable
	case isAny(err, context.DeadlineExceeded, nats.ErrTimeout, jetstream.ErrAsyncPublishTimeout):
		return fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	return err
}

// outage is a spell in which the server is away or does not answer. It is logged once for all
// feeds.
type outage struct {
	mu             sync.Mutex
	logged         bool      // it is logged that the server is away
	connectionLost bool      // the connection said so, and says when it is back
	releaseLogged  bool      // it is logged that leases cannot be released
	ended          time.Time // when the last spell was over
}

// firstFailure reports whether an attempt that began at that time and failed is the first sign of a
// spell.
func (a *outage) firstFailure(attempt time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.logged || attempt.Before(a.ended) {
		return false
	}
	a.logged = true
	return true
}

// disconnected notes what the connection logs itself.
func (a *outage) disconnected() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.logged, a.connectionLost = true, true
}

// firstRelease reports whether a lease that cannot be released is the first one in this spell.
func (a *outage) firstRelease() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	first := !a.releaseLogged
	a.releaseLogged = true
	return first
}

// end notes that the server is there, and reports whether that is news.
func (a *outage) end() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	news := a.logged && !a.connectionLost
	if a.logged || a.releaseLogged {
		a.logged, a.connectionLost, a.releaseLogged, a.ended = false, false, false, time.Now()
	}
	return news
}
