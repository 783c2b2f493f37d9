package jetstream

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Sink is a JetStream stream to collect into. It is safe for concurrent use.
type Sink struct {
	options      Options
	conn         *nats.Conn
	asyncErrors  asyncErrors // that the connection reports
	outage       outage      // of the server
	stream       jetstream.JetStream
	bucket       jetstream.KeyValue
	openedStream streamIdentity // the stream that was there at the start
	id           string         // different for each sink
	name         string         // of this collector, for the logs of others

	closed   chan struct{}
	once     sync.Once
	locks    feedLocks
	leases   sync.WaitGroup // being renewed
	releases releaseBudget  // go of leases
}

var _ store.Sink = (*Sink)(nil)

// Open connects to the NATS servers at address, nats://[user:password@]host:port or several of them
// with commas between (tls:// for TLS, ws:// and wss:// for WebSocket), and makes stream and bucket
// if there is neither. It asks once: a server that is away, or does not answer, is an error that
// may pass. What stays until somebody changes something is an error with store.ErrRefused: wrong
// credentials or settings, a server without JetStream, a stream that cannot serve, and a stream or
// bucket that was deleted beside the other. Errors never quote address, since that may hold a
// password.
//
// A password or token in address is used for every reconnect, so a new one needs a new Open, which
// is a restart of the collector. A file of nats.UserCredentials is read again at every reconnect.
func Open(ctx context.Context, address string, o Options) (*Sink, error) {
	s, err := connected(ctx, address, o)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		s.conn.Close()
		return nil, err
	}
	return s, nil
}

// OpenCheckpoints connects as Open does, to read the checkpoints beside the collectors that write
// them. It creates nothing. It fails if there is no bucket.
func OpenCheckpoints(ctx context.Context, address string, o Options) (store.Checkpoints, error) {
	s, err := connected(ctx, address, o)
	if err != nil {
		return nil, err
	}
	if s.bucket, err = s.findBucket(ctx); err == nil && s.bucket == nil {
		err = errors.New("there is none: nothing was collected into it yet")
	}
	if err != nil {
		s.conn.Close()
		return nil, fmt.Errorf("look for bucket %s: %w", s.options.Bucket, withAdvice(err))
	}
	return s, nil
}

// connected returns a sink that knows neither stream nor bucket yet.
func connected(ctx context.Context, address string, o Options) (*Sink, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	s := &Sink{options: o, id: rand.Text(), name: fmt.Sprintf("%s/%d", host, os.Getpid()), closed: make(chan struct{})}
	if err := s.connect(ctx, address); err != nil {
		return nil, err
	}
	s.stream, err = jetstream.New(s.conn, jetstream.WithPublishAsyncTimeout(ackTimeout), jetstream.WithPublishAsyncMaxPending(2*inFlight))
	if err != nil {
		s.conn.Close()
		return nil, fmt.Errorf("use JetStream: %w", err)
	}
	return s, nil
}

// Close ends the connection, and with it the leases of writers that are still open: others take
// them over when they have run out.
func (s *Sink) Close() error {
	s.once.Do(func() {
		close(s.closed)
		s.leases.Wait()
		s.conn.Close()
	})
	return nil
}
