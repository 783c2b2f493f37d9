package quota_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/quota"
)

const per = 300 * time.Millisecond

// soon is longer than a busy machine takes for something that needs no wait. It is shorter than the
// lease and the answer timeout, which a limiter would wait for by mistake.
const soon = 2 * time.Second

func begin(t *testing.T, l *quota.Limiter) func(activity.Attempt) {
	t.Helper()
	done, err := l.Begin(t.Context())
	require.NoError(t, err)
	return done
}

// assertFreeAfter checks that no slot is free until the given time after report, by the clock of
// Redis, which is that of this machine. Then it takes a slot.
func assertFreeAfter(t *testing.T, l *quota.Limiter, want time.Duration, report func()) {
	t.Helper()
	before := time.Now().Truncate(time.Microsecond)
	report()
	after := time.Now()
	last, err := redisClient(t).ZRangeArgsWithScores(t.Context(), redis.ZRangeArgs{Key: key(t), Start: 0, Stop: 0, Rev: true}).Result()
	require.NoError(t, err)
	free := before
	if len(last) > 0 {
		free = time.UnixMicro(int64(last[0].Score))
	}
	assert.WithinRange(t, free, before.Add(want), after.Add(want))
	begin(t, l)(activity.Attempt{})
	assert.WithinRange(t, time.Now(), free, free.Add(soon))
}

func redisClient(t *testing.T) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(shared.URL)
	require.NoError(t, err)
	client := redis.NewClient(options)
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	return client
}

// key is the key of the test's quota.
func key(t *testing.T) string { return "activity:quota:{" + t.Name() + "}" }

func pause(d time.Duration) { <-time.After(d) }

func TestFirstSlotsAreFree(t *testing.T) {
	l := open(t, 10, per)
	start := time.Now()
	for range 10 {
		begin(t, l)
	}
	assert.Less(t, time.Since(start), soon)
	ctx, cancel := context.WithTimeout(t.Context(), 3*per)
	defer cancel()
	_, err := l.Begin(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded, "all slots are in use and none was finished")
}

// When a slot becomes free depends on the result of the attempt.
func TestSlotBecomesFree(t *testing.T) {
	exhausted := http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset-Time": {"3600"}}
	tests := map[string]struct {
		attempt activity.Attempt
		again   time.Duration // after it was finished
	}{
		"answered":               {activity.Attempt{Sent: true, StatusCode: 200}, per},
		"refused":                {activity.Attempt{Sent: true, StatusCode: 429}, per},
		"failed":                 {activity.Attempt{Sent: true, Err: errors.New("timeout")}, per + per/4},
		"not sent":               {activity.Attempt{}, 0},
		"not sent, with a cause": {activity.Attempt{Err: context.Canceled}, 0},
		"nothing remains":        {activity.Attempt{Header: exhausted}, per},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l := open(t, 1, per)
			done := begin(t, l)
			pause(50 * time.Millisecond)
			assertFreeAfter(t, l, tt.again, func() {
				done(tt.attempt)
				done(activity.Attempt{}) // has no effect
			})
		})
	}
}

// While the service refuses all requests, free slots are not granted.
func TestExhaustedQuotaClosesAllSlots(t *testing.T) {
	a, b := open(t, 10, per), open(t, 10, per)
	done := begin(t, a)
	assertFreeAfter(t, b, per, func() {
		done(activity.Attempt{Sent: true, Header: http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset-Time": {"1"}}})
	})
}

func TestWaitCountsFromTheGrant(t *testing.T) {
	l := open(t, 2, per)
	require.NoError(t, l.Wait(t.Context()))
	start := time.Now()
	require.NoError(t, l.Wait(t.Context()))
	require.NoError(t, l.Wait(t.Context()))
	require.NoError(t, l.Wait(t.Context()))
	assert.GreaterOrEqual(t, time.Since(start), per)
	assert.Less(t, time.Since(start), soon)
}

// A slot without a report becomes free one lease and one span after it was granted.
func TestAbandonedSlot(t *testing.T) {
	const lease = 400 * time.Millisecond
	l := open(t, 1, per, quota.WithLease(lease))
	assertFreeAfter(t, l, lease+per, func() { begin(t, l) })
}

// A report after the lease still takes the slot for its span, even if another caller has it by
// then.
func TestLateReport(t *testing.T) {
	l := open(t, 1, per, quota.WithLease(time.Millisecond))
	slow := begin(t, l)
	pause(per + 10*time.Millisecond)
	begin(t, l)(activity.Attempt{Sent: true})
	pause(per / 2)
	assertFreeAfter(t, l, per, func() { slow(activity.Attempt{Sent: true}) })
}

func TestNamesAreIndependent(t *testing.T) {
	begin(t, open(t, 1, per))
	other, err := quota.Open(shared.URL, t.Name()+"/other", 1, per)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	start := time.Now()
	begin(t, other)
	assert.Less(t, time.Since(start), soon)
}

func TestWaitersOfAProcessAreServedInOrder(t *testing.T) {
	l := open(t, 1, 50*time.Millisecond)
	require.NoError(t, l.Wait(t.Context()))
	var mu sync.Mutex
	var order []int
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() {
			assert.NoError(t, l.Wait(t.Context()))
			mu.Lock()
			defer mu.Unlock()
			order = append(order, i)
		})
		pause(5 * time.Millisecond)
	}
	wg.Wait()
	assert.Equal(t, []int{0, 1, 2, 3, 4}, order)
}

// A waiter gets a slot in use one span after its attempt has finished, however long the lease is.
func TestWaiterOfASlotInUse(t *testing.T) {
	const per = time.Second
	l := open(t, 1, per)
	done := begin(t, l)
	var finished, granted time.Time
	var wg sync.WaitGroup
	wg.Go(func() {
		assert.NoError(t, l.Wait(t.Context()))
		granted = time.Now()
	})
	pause(per / 2)
	finished = time.Now()
	done(activity.Attempt{Sent: true})
	wg.Wait()
	assert.GreaterOrEqual(t, granted.Sub(finished), per)
	assert.Less(t, granted.Sub(finished), per*3/2, "it waited another span")
}

// A cancelled waiter returns at once and takes no slot.
func TestCancelledWaiter(t *testing.T) {
	const per = time.Second
	l := open(t, 1, per)
	done := begin(t, l)
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		time.AfterFunc(20*time.Millisecond, cancel)
		_, err := l.Begin(ctx)
		require.ErrorIs(t, err, context.Canceled)
		assert.Less(t, time.Since(start), per, "it waited to the end of its pause")
		_, err = l.Begin(ctx)
		require.ErrorIs(t, err, context.Canceled)
	}
	assertFreeAfter(t, l, per, func() { done(activity.Attempt{Sent: true}) })
}

// delayHook is a client's hook that delays replies until release is closed.
type delayHook struct{ arrived, release chan struct{} }

func (delayHook) DialHook(next redis.DialHook) redis.DialHook { return next }
func (delayHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
func (h delayHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		if args := cmd.Args(); len(args) > 4 && args[4] == "take" && h.arrived != nil {
			h.arrived <- struct{}{}
			<-h.release
		}
		return err
	}
}

// A slot that is granted after its caller has returned becomes free again.
func TestSlotGrantedTooLate(t *testing.T) {
	prepare := open(t, 1, per)
	client := redisClient(t)
	hook := delayHook{make(chan struct{}), make(chan struct{})}
	client.AddHook(hook)
	l, err := quota.New(client, t.Name(), 1, per)
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := l.Begin(ctx)
		assert.ErrorIs(t, err, context.Canceled)
	})
	<-hook.arrived // the slot is taken
	cancel()
	wg.Wait()
	close(hook.release)
	require.NoError(t, l.Close())
	start := time.Now()
	begin(t, prepare)
	assert.Less(t, time.Since(start), soon)
}

// After Redis's clock was set back by an hour, slots that were granted before are not taken for an
// hour.
func TestClockSetBack(t *testing.T) {
	const lease = 200 * time.Millisecond
	l := open(t, 1, per, quota.WithLease(lease))
	begin(t, l)(activity.Attempt{})
	start := time.Now()
	hence := float64(start.Add(time.Hour).UnixMicro())
	require.NoError(t, redisClient(t).ZAdd(t.Context(), key(t), redis.Z{Score: hence, Member: "before"}).Err())
	begin(t, l)
	assert.GreaterOrEqual(t, time.Since(start), lease+per+per/4)
	assert.Less(t, time.Since(start), soon)
}

// All data is in one key, which expires by itself.
func TestKeyExpires(t *testing.T) {
	l := open(t, 3, per, quota.WithLease(time.Second))
	begin(t, l)
	client := redisClient(t)
	keys, err := client.Keys(t.Context(), "*"+t.Name()+"*").Result()
	require.NoError(t, err)
	require.Equal(t, []string{key(t)}, keys)
	ttl, err := client.PTTL(t.Context(), keys[0]).Result()
	require.NoError(t, err)
	assert.Greater(t, ttl, time.Second+per)
	assert.LessOrEqual(t, ttl, 2*(time.Second+per+per/4))
}
