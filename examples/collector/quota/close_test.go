package quota_test

import (
	"context"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/quota"
)

// A Redis that hangs does not keep a process from ending: neither one that waits for a slot, nor
// one that reports, nor one whose callers have left.
func TestCloseWhileRedisHangs(t *testing.T) {
	const soon = 300 * time.Millisecond
	server := redisServer(t)
	options, err := redis.ParseURL(server.URL)
	require.NoError(t, err)
	options.ContextTimeoutEnabled = true
	client := redis.NewClient(options)
	defer func() { require.NoError(t, client.Close()) }()
	own, err := quota.Open(server.URL, "own", 10, per)
	require.NoError(t, err)
	borrowed, err := quota.New(client, "borrowed", 10, per)
	require.NoError(t, err)
	for name, l := range map[string]*quota.Limiter{"its own client": own, "a borrowed one": borrowed} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done, err := l.Begin(ctx)
			require.NoError(t, err)
			reporting := begin(t, l)
			require.NoError(t, server.Signal(syscall.SIGSTOP))
			defer func() { require.NoError(t, server.Signal(syscall.SIGCONT)) }()

			var wg sync.WaitGroup
			wg.Go(func() { assert.ErrorIs(t, l.Wait(ctx), context.Canceled) })
			after(20 * time.Millisecond)
			start := time.Now()
			cancel()
			done(activity.Attempt{Sent: true})
			wg.Wait()
			assert.Less(t, time.Since(start), late, "whose context has ended does not wait")

			wg.Go(func() { assertUnavailable(t, l.Wait(t.Context()), "closed") })
			wg.Go(func() { assertUnavailable(t, l.Wait(t.Context()), "closed") }) // for the first one
			wg.Go(func() { reporting(activity.Attempt{Sent: true}) })
			after(20 * time.Millisecond)
			start = time.Now()
			require.NoError(t, l.Close())
			wg.Wait()
			assert.Less(t, time.Since(start), soon)
			assertUnavailable(t, l.Wait(t.Context()), "closed")
		})
	}
}

// A Redis that answers has all reports when Close returns, also those whose callers did not wait.
func TestCloseWaitsForReports(t *testing.T) {
	l, err := quota.Open(shared.URL, t.Name(), 10, per)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reports := make([]func(activity.Attempt), 10)
	for i := range reports {
		reports[i], err = l.Begin(ctx)
		require.NoError(t, err)
	}
	cancel()
	finished := time.Now()
	for _, done := range reports {
		done(activity.Attempt{Sent: true})
	}
	require.NoError(t, l.Close())
	next := open(t, 10, per)
	soon, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for range reports {
		done, err := next.Begin(soon)
		require.NoError(t, err, "a report did not arrive")
		defer done(activity.Attempt{})
	}
	waited := time.Since(finished)
	assert.GreaterOrEqual(t, waited, per)
	assert.Less(t, waited, per+2*late)
}
