package quota_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/quota"
)

const password = "canary-of-a-password"

func TestOpenRefuses(t *testing.T) {
	const url = "redis://collector:" + password + "@redis.example.com:6379/0"
	tests := map[string]struct {
		url, name string
		n         int
		per       time.Duration
		opts      []quota.Option
		says      string
	}{
		"no url":           {"", "q", 10, time.Minute, nil, "redis://"},
		"another scheme":   {"https://:" + password + "@redis.example.com", "q", 10, time.Minute, nil, "redis://"},
		"broken url":       {"redis://:" + password + "@redis.example.com:port", "q", 10, time.Minute, nil, "redis://"},
		"control letters":  {"redis://:" + password + "\x7f@redis.example.com", "q", 10, time.Minute, nil, "redis://"},
		"unknown setting":  {url + "?" + password + "=1", "q", 10, time.Minute, nil, "redis://"},
		"no name":          {url, "", 10, time.Minute, nil, "name"},
		"a brace":          {url, "a}b", 10, time.Minute, nil, "name"},
		"no requests":      {url, "q", 0, time.Minute, nil, "0 requests"},
		"negative":         {url, "q", -1, time.Minute, nil, "-1 requests"},
		"no span":          {url, "q", 10, 0, nil, "span"},
		"too short a span": {url, "q", 10, time.Microsecond, nil, "span"},
		"no lease":         {url, "q", 10, time.Minute, []quota.Option{quota.WithLease(0)}, "lease"},
		"no time":          {url, "q", 10, time.Minute, []quota.Option{quota.WithAnswerTimeout(-1)}, "answer timeout"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := quota.Open(tt.url, tt.name, tt.n, tt.per, tt.opts...)
			require.ErrorIs(t, err, activity.ErrInvalid)
			var typed *activity.Error
			require.ErrorAs(t, err, &typed)
			assert.ErrorContains(t, err, tt.says)
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), password)
		})
	}
	_, err := quota.New(nil, "q", 10, time.Minute)
	require.ErrorIs(t, err, activity.ErrInvalid)
}

// Close does not close the client that was passed to New.
func TestCloseKeepsClientOfNew(t *testing.T) {
	options, err := redis.ParseURL(shared.URL)
	require.NoError(t, err)
	client := redis.NewClient(options)
	l, err := quota.New(client, t.Name(), 1, time.Minute)
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.NoError(t, client.Ping(t.Context()).Err())
	require.NoError(t, client.Close())
	require.ErrorIs(t, l.Wait(t.Context()), quota.ErrUnavailable)
}

func TestNoPasswordInText(t *testing.T) {
	l, err := quota.Open("redis://collector:"+password+"@redis.example.com:6379/0", "q", 10, time.Minute)
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	type nested struct{ L any }
	for _, form := range []string{"%v", "%+v", "%#v", "%q", "%s"} {
		for _, value := range []any{l, nested{l}, &nested{l}} {
			assert.NotContains(t, fmt.Sprintf(form, value), password, form)
		}
	}
}

// Close returns soon even if Redis hangs, with waiters, with reports under way, and with callers
// that have returned.
func TestCloseWhileRedisHangs(t *testing.T) {
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
			require.NoError(t, server.Suspend())
			defer func() { require.NoError(t, server.Resume()) }()

			var wg sync.WaitGroup
			wg.Go(func() { assert.ErrorIs(t, l.Wait(ctx), context.Canceled) })
			pause(20 * time.Millisecond)
			start := time.Now()
			cancel()
			done(activity.Attempt{Sent: true})
			wg.Wait()
			assert.Less(t, time.Since(start), soon, "a caller whose context has ended waited")

			wg.Go(func() { assertUnavailable(t, l.Wait(t.Context()), "closed") })
			wg.Go(func() { assertUnavailable(t, l.Wait(t.Context()), "closed") }) // for the first one
			wg.Go(func() { reporting(activity.Attempt{Sent: true}) })
			pause(20 * time.Millisecond)
			start = time.Now()
			require.NoError(t, l.Close())
			wg.Wait()
			assert.Less(t, time.Since(start), soon)
			assertUnavailable(t, l.Wait(t.Context()), "closed")
		})
	}
}

// When Close returns, Redis has all reports, including those whose callers did not wait.
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
	ctx, cancel = context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for range reports {
		done, err := next.Begin(ctx)
		require.NoError(t, err, "a report did not arrive")
		defer done(activity.Attempt{})
	}
	assert.GreaterOrEqual(t, time.Since(finished), per)
}
