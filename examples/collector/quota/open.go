package quota

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/activity-sdk/activity"
)

// Defaults of the options.
const (
	DefaultLease         = 2 * time.Minute // twice the SDK's default attempt timeout
	DefaultAnswerTimeout = 3 * time.Second
)

// Option changes how a Limiter works.
type Option func(*Limiter)

// WithLease sets how long an attempt may last. If its end is not reported by then, its slot becomes
// free one span later. The default is DefaultLease. The lease must be longer than an attempt can
// take (activity.WithAttemptTimeout, plus the renewal of an access token), and the same in all
// processes. With a shorter lease, the slots of a killed process become free sooner. Open returns
// activity.ErrInvalid if d is not positive.
func WithLease(d time.Duration) Option { return func(l *Limiter) { l.lease = d } }

// WithAnswerTimeout limits one call of Redis, including connecting and retries. After that, Redis
// counts as unavailable. The default is DefaultAnswerTimeout. Open returns activity.ErrInvalid if d
// is not positive.
func WithAnswerTimeout(d time.Duration) Option { return func(l *Limiter) { l.answerTimeout = d } }

// Open returns a limiter of n requests in any span of length per. The url is
// redis://[user:password@]host:port/db, rediss:// for TLS, or
// unix://[user:password@]/path.sock?db=0.
//
// Open does not connect: if Redis is unavailable, the first use returns ErrUnavailable. Close
// closes the connections. Later connections use the same password, so a new one needs a new Open.
//
// Processes with the same name share one quota, in the Redis key activity:quota:{name}. The name is
// for instance "opswat/acme", or the account of the client key. It must not be a secret.
//
// Open returns activity.ErrInvalid, in an *activity.Error, for an invalid url, an empty name, n
// below 1 and per below a millisecond. The error never quotes the url, which may contain a
// password.
func Open(url, name string, n int, per time.Duration, opts ...Option) (*Limiter, error) {
	options, err := redis.ParseURL(url)
	if err != nil { // the error quotes the URL
		return nil, invalid("the Redis address is not redis://[user:password@]host:port/db, rediss://… or unix://[user:password@]/path.sock?db=0")
	}
	options.ContextTimeoutEnabled = true
	options.DialerRetries = 1 // a call is repeated as a whole
	client := redis.NewClient(options)
	l, err := New(client, name, n, per, opts...)
	if err != nil {
		_ = client.Close()
		return nil, err
	}
	l.owned = true
	return l, nil
}

// New is like Open, for an existing client, for instance of a cluster or with special TLS settings.
// Close does not close the client. New returns activity.ErrInvalid for a nil client. Without
// ContextTimeoutEnabled, the client may wait for a hanging Redis longer than WithAnswerTimeout.
func New(client redis.UniversalClient, name string, n int, per time.Duration, opts ...Option) (*Limiter, error) {
	l := &Limiter{
		client: client, key: "activity:quota:{" + name + "}", slots: n, per: per,
		lease: DefaultLease, answerTimeout: DefaultAnswerTimeout, queue: make(chan struct{}, 1),
		closed: make(chan struct{}), abandoned: make(chan struct{}),
	}
	for _, opt := range opts {
		opt(l)
	}
	switch {
	case client == nil:
		return nil, invalid("the Redis client is nil")
	case name == "" || strings.ContainsAny(name, "{}"):
		return nil, invalid("the name of the quota is empty or holds a brace")
	case n < 1:
		return nil, invalid(fmt.Sprintf("a quota of %d requests allows no request", n))
	case per < time.Millisecond:
		return nil, invalid(fmt.Sprintf("a span of %v is shorter than a millisecond", per))
	case l.lease <= 0:
		return nil, invalid(fmt.Sprintf("a lease of %v is not positive", l.lease))
	case l.answerTimeout <= 0:
		return nil, invalid(fmt.Sprintf("an answer timeout of %v is not positive", l.answerTimeout))
	}
	return l, nil
}

// closeTimeout is how long Close waits for Redis.
const closeTimeout = 200 * time.Millisecond

// Close closes the connections that Open made. It first waits up to 200 ms for reports under way.
// If Redis does not answer in that time, the reported slots stay taken until their lease and one
// span are over. The same is true for slots in use, so call Close after the clients are done.
// Callers that still wait for a slot get ErrUnavailable.
func (l *Limiter) Close() error {
	l.closing.Do(l.end)
	if !l.owned {
		return nil
	}
	if err := l.client.Close(); err != nil {
		return unavailable(err)
	}
	return nil
}

func (l *Limiter) end() {
	l.mu.Lock()
	close(l.closed)
	l.mu.Unlock()
	over := make(chan struct{})
	go func() {
		l.calls.Wait()
		close(over)
	}()
	timer := time.NewTimer(closeTimeout)
	defer timer.Stop()
	select {
	case <-over:
	case <-timer.C:
	}
	close(l.abandoned)
}

// ErrUnavailable means that Redis cannot grant a slot: it does not run, does not answer in time, or
// refuses (wrong password, no permission, read-only, out of memory). No request is sent meanwhile,
// and a later call may succeed. A call of the SDK then returns an *activity.Error of kind
// activity.ErrRateLimited, which is Temporary and for which errors.Is finds ErrUnavailable too.
var ErrUnavailable = errors.New("the shared quota's Redis is unavailable, so no request is sent")

func invalid(message string) error {
	return &activity.Error{Op: "open the shared quota", Kind: activity.ErrInvalid, Message: message}
}

// unavailable returns ErrUnavailable with the reason. It does not wrap the cause: a timeout of
// Redis must not look like the end of the caller's context.
func unavailable(cause error) error {
	var reply redis.Error
	var netError net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(cause, &reply):
		return fmt.Errorf("%w: it answers %s", ErrUnavailable, unquoted(reply.Error()))
	case errors.Is(cause, redis.ErrClosed):
		return fmt.Errorf("%w: the limiter or its client is closed", ErrUnavailable)
	case errors.As(cause, &certificate):
		return fmt.Errorf("%w: its certificate is not trusted", ErrUnavailable)
	case errors.Is(cause, context.DeadlineExceeded), errors.As(cause, &netError) && netError.Timeout():
		return fmt.Errorf("%w: it does not answer in time", ErrUnavailable)
	default:
		return fmt.Errorf("%w: %s", ErrUnavailable, cause.Error())
	}
}

var quotation = regexp.MustCompile("\\s['`\"]")

// unquoted cuts a reply before Redis quotes the request, which may contain a password.
func unquoted(reply string) string {
	if at := quotation.FindStringIndex(reply); at != nil {
		reply = reply[:at[0]]
	}
	return reply[:min(len(reply), 200)]
}
