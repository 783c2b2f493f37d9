// Package quota shares one request quota between processes and machines: a sliding window kept in
// Redis, exact by Redis's own clock.
//
// It follows the rule of [activity.WindowLimiter]: of n slots, each is free again one span after
// its request finished, so that a service that allows n requests in any span never sees one more,
// whichever process sends them and however long they take. Give a limiter to as many clients as
// share the quota:
//
//	limiter, err := quota.Open("redis://redis.example.com:6379/0", "opswat/acme", 10, time.Minute)
//	if err != nil {
//		return err
//	}
//	defer limiter.Close()
//	client, err := opswat.New(credentials, activity.WithRateLimiter(limiter))
//
// # What is guaranteed
//
// At most n requests in any span, as long as every process that shares the quota uses the same
// name, n, span and lease, no request lasts longer than the lease, and Redis's clock is not set
// forward. The clocks of the machines that send do not matter. If Redis's clock is set back,
// requests wait for up to the lease and two spans.
//
// A process that dies leaves its slots taken: they are free again one lease and one span after they
// were granted.
//
// Redis may lose its memory: for one span after it started it lets nobody through, so that what it
// forgot is over by then. Nothing makes up for what it forgets while it runs: keep the key out of
// eviction (maxmemory-policy noeviction) and do not fail over to a replica that lags behind.
//
// Without Redis nothing is let through: see [ErrUnavailable].
//
// # Needs
//
// Redis 5 or later, or Valkey, alone or as a cluster: all is in one key. A user with an access list
// needs +evalsha +eval +time +info +zadd +zrem +zscore +zcard +zrange +zrangebyscore
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

// Limiter lets at most n requests happen in any span, together with every other Limiter of the same
// name on the same Redis. Make one with [Open] or [New]. It is safe for concurrent use.
//
// Waiters of one process are served in the order in which they came. Between processes, whoever
// asks first after a slot became free gets it; each asks at a slightly different time (by up to a
// hundredth of the span), so that none is always the first.
type Limiter struct {
	client        redis.UniversalClient
	owned         bool // Close closes the client too
	key           string
	slots         int
	per           time.Duration
	lease         time.Duration
	answerTimeout time.Duration // how long Redis may take to answer

	queue chan struct{} // held by the one waiter that asks

	mu        sync.Mutex     // of closed: nothing is started after it
	calls     sync.WaitGroup // under way, also those whose caller has left
	closed    chan struct{}  // nobody waits for an answer any more
	abandoned chan struct{}  // nor does Close
	closing   sync.Once
}

var (
	_ activity.RateLimiter    = (*Limiter)(nil)
	_ activity.AttemptLimiter = (*Limiter)(nil)
)

// Wait takes a slot whose span is counted from the moment it is granted, since nobody says when the
// request is over: a service that answers slowly may then see more than n requests in one span. The
// SDK's own requests use Begin. Errors are those of Begin.
func (l *Limiter) Wait(ctx context.Context) error {
	return l.acquire(ctx, rand.Text(), l.per)
}

// Begin waits for a free slot and takes it. It returns ctx's error if that ends first, and
// ErrUnavailable if Redis cannot be asked; then no slot is taken, and nothing must be sent.
//
// The slot is taken for as long as the attempt lasts, up to the lease. done reports to Redis that
// it is over, and waits for the answer until ctx ends, at most as long as WithAnswerTimeout says. A
// report that is under way when ctx ends goes on; Close waits for it. If the report cannot be sent,
// the slot stays taken until the lease and one span are over. An attempt that failed without an
// answer may still be on its way: its slot stays taken a quarter of the span longer. The slot of
// one that was not sent is free at once. All processes obey X-RateLimit-Remaining and
// X-RateLimit-Reset-Time, up to one span.
func (l *Limiter) Begin(ctx context.Context) (done func(activity.Attempt), err error) {
	token := rand.Text()
	if err := l.acquire(ctx, token, l.lease+l.per); err != nil {
		return nil, err
	}
	var once sync.Once
	return func(a activity.Attempt) { once.Do(func() { l.finish(ctx, token, a) }) }, nil
}

// acquire takes a slot and holds it for that long.
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

// finish reports what became of a slot. If the report does not arrive, the slot's lease ends by
// itself.
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
