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

// The reasons why a request got no response.
var (
	errUnavailable = errors.New("NATS is unavailable")
	errNoAnswer    = errors.New("NATS does not answer")
)

// simplify replaces the many errors of package nats for the same failure by errUnavailable or
// errNoAnswer.
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

// outage tracks whether the server is unavailable, so that an outage is logged once for all feeds.
type outage struct {
	mu             sync.Mutex
	logged         bool      // the outage was logged
	connectionLost bool      // the connection's handlers log this outage and its end
	releaseLogged  bool      // a failed release was logged
	ended          time.Time // when the last outage ended
}

// firstFailure reports whether a failed attempt, which started at the given time, is the first
// failure of an outage.
func (o *outage) firstFailure(attempt time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.logged || attempt.Before(o.ended) {
		return false
	}
	o.logged = true
	return true
}

// disconnected starts an outage that the connection's handlers log.
func (o *outage) disconnected() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.logged, o.connectionLost = true, true
}

// firstRelease reports whether this is the first lease in the outage that cannot be released.
func (o *outage) firstRelease() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := !o.releaseLogged
	o.releaseLogged = true
	return first
}

// end ends the outage. It reports whether the caller should log that.
func (o *outage) end() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	report := o.logged && !o.connectionLost
	if o.logged || o.releaseLogged {
		o.logged, o.connectionLost, o.releaseLogged, o.ended = false, false, false, time.Now()
	}
	return report
}
