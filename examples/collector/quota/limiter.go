// Package quota shares one request quota between processes and machines: a sliding window kept in
// Redis, exact by Redis's own clock. It works like [activity.WindowLimiter]: of n slots, each
// becomes free one span after its request finished. So a service that allows n requests in any span
// never sees more, whichever process sends them and however long they take. Pass one limiter to all
// clients that share the quota:
//
//	limiter, err := quota.Open("redis://redis.example.com:6379/0", "opswat/acme", 10, time.Minute)
//	if err != nil {
//		return err
//	}
//	defer limiter.Close()
//	client, err := opswat.New(credentials, activity.WithRateLimiter(limiter))
//
// # What is guaranteed
// At most n requests are sent in any span, under three conditions. Every process that shares the
// quota uses the same name, n, span and lease. No request lasts longer than the lease. Redis's
// clock is not set forward. The clocks of the sending machines do not matter. If Redis's clock is
// set back, requests wait for up to the lease and two spans.
//
// The slots of a process that dies become free one lease and one span after they were granted.
//
// Redis may lose its data in a restart: no slot is granted for one span after Redis has started, so
// that all requests that it forgot are over. Data that a running Redis loses is not recovered:
// disable eviction (maxmemory-policy noeviction), and do not fail over to a replica that lags
// behind.
//
// Without Redis no request is sent: see [ErrUnavailable].
//
// # Requirements
//
// Redis 5 or later, or Valkey, as a single server or a cluster. All data is in one key. A user with
// an access list needs +evalsha +eval +time +info +zadd +zrem +zscore +zcard +zrange +zrangebyscore
// +zremrangebyscore +pexpire on ~activity:quota:* (and +hello +auth +ping +client to connect).
package quota

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/retryafter"
)

// Limiter allows at most n requests in any span, together with every other Limiter of the same name
// on the same Redis. Make one with [Open] or [New]. It is safe for concurrent use.
//
// Waiters of one process get slots in the order in which they came. Between processes, the first to
// ask after a slot becomes free gets it. Each waits a random time of up to a hundredth of the span
// before it asks, so that none is always first.
type Limiter struct {
	client        redis.UniversalClient
	owned         bool // Close closes the client too
	key           string
	slots         int
	per           time.Duration
	lease         time.Duration
	answerTimeout time.Duration // limits one call of Redis

	queue chan struct{} // full while a waiter asks Redis

	mu        sync.Mutex     // guards closed: no call starts after it
	calls     sync.WaitGroup // under way, including those whose caller has returned
	closed    chan struct{}  // callers do not wait for replies any more
	abandoned chan struct{}  // Close does not wait any more either
	closing   sync.Once
}

var (
	_ activity.RateLimiter    = (*Limiter)(nil)
	_ activity.AttemptLimiter = (*Limiter)(nil)
)

// Wait waits for a slot, whose span starts at once since the end of the request is not known. A
// service that answers slowly may then see more than n requests in one span. The SDK uses Begin
// instead. The errors are those of Begin.
func (l *Limiter) Wait(ctx context.Context) error {
	return l.acquire(ctx, rand.Text(), l.per)
}

// Begin waits for a free slot and takes it. It returns the error of ctx if that ends first, or
// ErrUnavailable if Redis does not answer. Then it has taken no slot, and the request must not be
// sent.
//
// The slot is taken until the attempt is over, at most for the lease. done reports the end to
// Redis. It waits for the reply until ctx ends, at most for the time of WithAnswerTimeout. A report
// that is under way when ctx ends continues, and Close waits for it. If the report fails, the slot
// stays taken until the lease and one span are over.
//
// The slot of an attempt that was not sent is free at once. An attempt without a response may still
// reach the service, so its slot stays taken for a quarter of the span longer. All processes obey
// X-RateLimit-Remaining and X-RateLimit-Reset-Time, up to one span.
func (l *Limiter) Begin(ctx context.Context) (done func(activity.Attempt), err error) {
	token := rand.Text()
	if err := l.acquire(ctx, token, l.lease+l.per); err != nil {
		return nil, err
	}
	var once sync.Once
	return func(a activity.Attempt) { once.Do(func() { l.finish(ctx, token, a) }) }, nil
}

// acquire waits for a slot and takes it for the time hold.
func (l *Limiter) acquire(ctx context.Context, token string, hold time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case l.queue <- struct{}{}:
		defer func() { <-l.queue }()
	case <-ctx.Done():
		return ctx.Err()
	case <-l.closed:
		return unavailable(redis.ErrClosed)
	}
	for {
		wait, err := l.take(ctx, token, hold)
		if err != nil || wait == 0 {
			return err
		}
		if err := l.sleep(ctx, wait+l.jitter()); err != nil {
			return err
		}
	}
}

// finish reports the end of an attempt. If the report is lost, the slot's lease expires.
func (l *Limiter) finish(ctx context.Context, token string, a activity.Attempt) {
	var hold, closed time.Duration
	switch {
	case a.Sent && a.Err != nil:
		hold = l.per + l.per/4
	case a.Sent:
		hold = l.per
	}
	if wait, ok := retryafter.Exhausted(a.Header, time.Now()); ok {
		closed = min(wait, l.per)
	}
	_, _ = l.ask(ctx, func(context.Context, reply) {}, "finish", token, micros(hold), micros(closed), micros(l.maxHold()))
}
