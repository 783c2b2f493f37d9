package jetstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
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

// connectionFailed reports whether the connection failed, not the server.
func connectionFailed(err error) bool {
	_, failed := errors.AsType[net.Error](err)
	return failed || errors.Is(err, io.EOF)
}

// outage tracks whether the server is unavailable, so that an outage is logged once for all feeds,
// whichever failure is noticed first.
type outage struct {
	mu             sync.Mutex
	began          time.Time // when the current outage was logged; zero if there is none
	ended          time.Time // when the last outage ended
	connectionLost bool      // the outage ends when the connection is established again
	releaseLogged  bool      // a failed release was logged
}

// unanswered notes that a request, which was sent at the given time, got no answer. It reports
// whether the caller should log that as the start of an outage.
func (o *outage) unanswered(sent time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !sent.Before(o.ended) && o.begin()
}

// disconnected notes the loss of the connection. It reports whether the caller should log that as
// the start of an outage.
func (o *outage) disconnected() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.connectionLost = true
	return o.begin()
}

// begin starts an outage unless one is under way. The caller has locked mu.
func (o *outage) begin() bool {
	if !o.began.IsZero() {
		return false
	}
	o.began = time.Now()
	return true
}

// firstRelease reports whether this is the first lease in the outage that cannot be released.
func (o *outage) firstRelease() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := !o.releaseLogged
	o.releaseLogged = true
	return first
}

// answered notes that a request, which was sent at the given time, got an answer. It reports
// whether the caller should log that as the end of an outage. The answer to a request from before
// the outage does not end it, since its goroutine may have been late to read it.
func (o *outage) answered(sent time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.connectionLost && !sent.Before(o.began) && o.end()
}

// reconnected ends the outage that began with the loss of the connection or before it.
func (o *outage) reconnected() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.end()
}

// end ends an outage that is under way. The caller has locked mu.
func (o *outage) end() bool {
	logged := !o.began.IsZero()
	if logged || o.releaseLogged {
		o.began, o.connectionLost, o.releaseLogged, o.ended = time.Time{}, false, false, time.Now()
	}
	return logged
}
