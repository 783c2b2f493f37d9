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

// WithLease sets for how long an attempt may last before its slot is taken for abandoned: then, one
// span later, it is free again, whether or not its holder reported. Default DefaultLease. It must
// be longer than an attempt may take (activity.WithAttemptTimeout, plus an access token's renewal),
// and the same in all processes. With a shorter lease, the slots of a killed process are free
// sooner. Zero or negative is activity.ErrInvalid.
func WithLease(d time.Duration) Option { return func(l *Limiter) { l.lease = d } }

// WithAnswerTimeout sets how long one question to Redis may take, connecting and repeating
// included, before Redis counts as away. Default DefaultAnswerTimeout. Zero or negative is
// activity.ErrInvalid.
func WithAnswerTimeout(d time.Duration) Option { return func(l *Limiter) { l.answerTimeout = d } }

// Open makes a limiter of n requests in any span of length per on the Redis at url:
// redis://[user:password@]host:port/db, rediss:// for TLS, or
// unix://[user:password@]/path.sock?db=0. It does not connect yet, so that a Redis that is away
// shows as ErrUnavailable on first use. Close closes its connections. The password in url is used
// for every connection that is made later, too: a new password needs a new Open, which is a restart
// of the process.
//
// name is whose quota it is, such as "opswat/acme" or the client key's account: processes that use
// the same name share one, under the Redis key activity:quota:{name}. It must not be a secret. A
// url that cannot be read, an empty name, n below 1 and per below a millisecond are
// activity.ErrInvalid, in an *activity.Error that never quotes the url, since that may hold a
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

// New is Open for a client that exists already, for instance of a cluster, or with TLS settings of
// its own. Close leaves it open. A nil client is activity.ErrInvalid. A client without
// ContextTimeoutEnabled may keep asking a Redis that hangs for longer than WithAnswerTimeout says.
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
		return nil, invalid(fmt.Sprintf("a quota of %d requests lets nothing through", n))
	case per < time.Millisecond:
		return nil, invalid(fmt.Sprintf("a span of %v is shorter than a millisecond", per))
	case l.lease <= 0:
		return nil, invalid(fmt.Sprintf("a lease of %v is not positive", l.lease))
	case l.answerTimeout <= 0:
		return nil, invalid(fmt.Sprintf("an answer timeout of %v is not positive", l.answerTimeout))
	}
	return l, nil
}

// closeTimeout is for how long Close waits for Redis.
const closeTimeout = 200 * time.Millisecond

// Close closes the connections that Open made. Reports of attempts that are over, and slots that
// are being given back, still have a moment to reach Redis: where it does not answer within 200 ms,
// those slots stay taken until their lease and one span are over. So do slots that are in use, so
// call Close after the clients are done. Whoever still waits for a slot gets ErrUnavailable.
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

// ErrUnavailable means that Redis cannot be asked for a slot: it is not there, does not answer in
// time, or refuses (wrong password, no permission, read-only, out of memory). Nothing is let
// through meanwhile, and asking again later is right. A call of the SDK that meets it fails with an
// *activity.Error of kind activity.ErrRateLimited, which is Temporary; errors.Is finds this one in
// it too.
var ErrUnavailable = errors.New("the shared quota's Redis is unavailable, so nothing is let through")

func invalid(message string) error {
	return &activity.Error{Op: "open the shared quota", Kind: activity.ErrInvalid, Message: message}
}

// unavailable says what is wrong with Redis. The cause is text only: a timeout of Redis must not be
// taken for the end of the caller's context.
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

// unquoted cuts a reply where Redis begins to quote what it was sent, which may be a password.
func unquoted(reply string) string {
	if at := quotation.FindStringIndex(reply); at != nil {
		reply = reply[:at[0]]
	}
	return reply[:min(len(reply), 200)]
}
