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

// Sink stores records in a JetStream stream. It is safe for concurrent use.
type Sink struct {
	options      Options
	conn         *nats.Conn
	asyncErrors  asyncErrors // reported by the connection
	outage       outage      // of the server, for the log
	stream       jetstream.JetStream
	bucket       jetstream.KeyValue
	openedStream streamIdentity // the stream as Open found or created it
	id           string         // unique for each sink
	name         string         // of this collector, for the logs of other collectors

	closed   chan struct{}
	once     sync.Once
	locks    feedLocks
	leases   sync.WaitGroup // renewLoops that run
	releases releaseBudget  // time left for releasing leases
}

var _ store.Sink = (*Sink)(nil)

// Open connects to NATS, and creates the stream and the bucket if neither exists. The address is
// nats://[user:password@]host:port, or several of them with commas between (tls:// for TLS, ws://
// and wss:// for WebSocket).
//
// Open does not retry: if the server is unavailable, a later call may succeed. It returns an error
// with store.ErrRefused if somebody has to change something: wrong credentials or settings, a
// server without JetStream, a stream with unsuitable settings, or if only one of stream and bucket
// was deleted. Errors never quote address, which may contain a password.
//
// Reconnects use the password or token in address, so a new one needs a restart of the collector. A
// file of nats.UserCredentials is read again at every reconnect.
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

// OpenCheckpoints connects as Open does, to read the checkpoints while collectors write them. It
// creates nothing, and returns an error if there is no bucket.
func OpenCheckpoints(ctx context.Context, address string, o Options) (store.Checkpoints, error) {
	s, err := connected(ctx, address, o)
	if err != nil {
		return nil, err
	}
	if s.bucket, err = s.findBucket(ctx); err == nil && s.bucket == nil {
		err = errors.New("it does not exist: nothing was collected into it yet")
	}
	if err != nil {
		s.conn.Close()
		return nil, fmt.Errorf("look for bucket %s: %w", s.options.Bucket, withAdvice(err))
	}
	return s, nil
}

// connected returns a sink with a connection, without stream and bucket.
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

// Close closes the connection. The leases of writers that are still open are not released: other
// collectors wait until they expire.
func (s *Sink) Close() error {
	s.once.Do(func() {
		close(s.closed)
		s.leases.Wait()
		s.conn.Close()
	})
	return nil
}
