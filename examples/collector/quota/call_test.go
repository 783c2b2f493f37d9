package quota_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/quota"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func assertUnavailable(t *testing.T, err error, says string) {
	t.Helper()
	require.ErrorIs(t, err, quota.ErrUnavailable)
	assert.NotErrorIs(t, err, context.DeadlineExceeded, "the caller's context did not end")
	assert.ErrorContains(t, err, says)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), password)
}

// Without Redis, the SDK sends no request and returns the reason.
func TestRedisDoesNotRun(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "none.sock")
	l := openAt(t, "unix://collector:"+password+"@"+socket+"?db=0", 10, per)
	assertUnavailable(t, l.Wait(t.Context()), "no such file")

	server := opswattest.NewServer(opswattest.WithoutQuota())
	defer server.Close()
	_, err := server.Client(activity.WithRateLimiter(l)).Activities(opswat.ActivityQuery{}).Page(t.Context(), "")
	assertUnavailable(t, err, "no such file")
	require.ErrorIs(t, err, activity.ErrRateLimited)
	failure, ok := errors.AsType[*activity.Error](err)
	require.True(t, ok)
	assert.True(t, failure.Temporary())
	assert.Empty(t, server.APIRequests())
}

// Redis is killed while eight goroutines send: each gets an error, and nothing more is sent. After
// a restart one span passes first, since Redis has forgotten the granted slots.
func TestRedisIsKilledMidway(t *testing.T) {
	redis := redisServer(t)
	l := openAt(t, redis.URL, 10, per)
	server := opswattest.NewServer(opswattest.WithoutQuota())
	defer server.Close()
	list := server.Client(activity.WithRateLimiter(l)).Activities(opswat.ActivityQuery{})
	_, err := list.Page(t.Context(), "")
	require.NoError(t, err)

	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				if _, err := list.Page(t.Context(), ""); err != nil {
					assert.ErrorIs(t, err, quota.ErrUnavailable)
					return
				}
			}
		})
	}
	pause(4 * per)
	redis.Kill()
	killed := time.Now()
	wg.Wait()
	assert.Less(t, time.Since(killed), quota.DefaultAnswerTimeout+soon)
	sent := len(server.APIRequests())
	assert.Greater(t, sent, 10)
	assert.Less(t, sent, 80)
	_, err = list.Page(t.Context(), "")
	assertUnavailable(t, err, "dial unix")
	assert.Len(t, server.APIRequests(), sent)

	require.NoError(t, redis.Start())
	started := time.Now()
	require.Eventually(t, func() bool { // the client takes a moment to notice
		_, err = list.Page(t.Context(), "")
		return err == nil
	}, 20*time.Second, 10*time.Millisecond)
	assert.GreaterOrEqual(t, time.Since(started), per)
	assert.LessOrEqual(t, opswattest.MaxInWindow(server.APIRequests(), per), 10)
}

// With a Redis that hangs, a call ends after the answer timeout, or at once if its context ends.
func TestRedisHangs(t *testing.T) {
	const answerTimeout = time.Second
	redis := redisServer(t)
	l := openAt(t, redis.URL, 10, per, quota.WithAnswerTimeout(answerTimeout))
	done := begin(t, l)
	require.NoError(t, redis.Suspend())

	start := time.Now()
	assertUnavailable(t, l.Wait(t.Context()), "in time")
	done(activity.Attempt{Sent: true})
	assert.GreaterOrEqual(t, time.Since(start), 2*answerTimeout)
	assert.Less(t, time.Since(start), 3*answerTimeout)

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start = time.Now()
	require.ErrorIs(t, l.Wait(ctx), context.DeadlineExceeded)
	assert.Less(t, time.Since(start), answerTimeout)

	require.NoError(t, redis.Resume())
	require.NoError(t, l.Wait(t.Context()))
}

// The error quotes the reply of Redis, except the part that may quote the request.
func TestRedisRefuses(t *testing.T) {
	tests := map[string]struct {
		args  []string
		login string
		says  string
	}{
		"no password":         {[]string{"--requirepass", "another"}, "", "NOAUTH"},
		"a wrong password":    {[]string{"--requirepass", "another"}, ":" + password + "@", "WRONGPASS"},
		"no permission":       {[]string{"--user", "weak", "on", "nopass", "~*", "+@connection"}, "weak:" + password + "@", "NOPERM"},
		"a read-only replica": {[]string{"--replicaof", "127.0.0.1", "1"}, "", "READONLY You can't write"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			redis := redisServer(t, tt.args...)
			l := openAt(t, "unix://"+tt.login+redis.URL[len("unix://"):], 10, time.Millisecond)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			err := l.Wait(ctx)
			assertUnavailable(t, err, tt.says)
			assert.NotContains(t, err.Error(), "eval", "a quotation of the request")
		})
	}
}

// All waiters get an error if Redis is killed.
func TestWaitersAndKilledRedis(t *testing.T) {
	redis := redisServer(t)
	l := openAt(t, redis.URL, 1, 400*time.Millisecond)
	begin(t, l)
	var failed atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if errors.Is(l.Wait(t.Context()), quota.ErrUnavailable) {
				failed.Add(1)
			}
		})
	}
	redis.Kill()
	wg.Wait()
	assert.EqualValues(t, 20, failed.Load())
}

// After a start of Redis one span passes first, since Redis may have forgotten granted slots.
func TestNewRedisWaitsOneSpan(t *testing.T) {
	const span = 1500 * time.Millisecond
	before := time.Now()
	redis := redisServer(t)
	l := openAt(t, redis.URL, 10, span)
	begin(t, l)
	assert.GreaterOrEqual(t, time.Since(before), span)
	start := time.Now()
	begin(t, l)
	assert.Less(t, time.Since(start), span)
}

// The permissions in the package's documentation are sufficient.
func TestDocumentedPermissions(t *testing.T) {
	const commands = "+evalsha +eval +time +info +zadd +zrem +zscore +zcard +zrange +zrangebyscore +zremrangebyscore +pexpire +hello +auth +ping +client"
	redis := redisServer(t, append([]string{"--user", "quota", "on", ">" + password, "resetchannels", "~activity:quota:*"}, strings.Fields(commands)...)...)
	l := openAt(t, "unix://quota:"+password+"@"+redis.URL[len("unix://"):], 1, 50*time.Millisecond)
	for _, a := range []activity.Attempt{{Sent: true}, {}, {Sent: true, StatusCode: 200}} {
		begin(t, l)(a)
	}
	require.NoError(t, l.Wait(t.Context()))
}
