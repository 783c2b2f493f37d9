package jetstream_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// planVariable holds, in a process that a test started, what that process is to do.
const planVariable = "JETSTREAM_TEST_PLAN"

// plan is what a collector does in a process of its own: it stores rows in batches, from its
// checkpoint up to a number.
type plan struct {
	URL   string
	Lease time.Duration
	Rows  int
	Batch int
}

const batch = 50 // the usual plan.Batch

func collect(text string) int {
	var p plan
	err := json.Unmarshal([]byte(text), &p)
	if err == nil {
		err = p.run(context.Background())
	}
	if err != nil {
		fmt.Println("failed:", err)
	}
	if errors.Is(err, store.ErrLeaseLost) {
		return 3
	}
	return 0
}

func (p plan) run(ctx context.Context) error {
	s, err := jetstream.Open(ctx, p.URL, jetstream.Options{Lease: p.Lease})
	if err != nil {
		return err
	}
	w, err := s.Open(ctx, feed, nil)
	if err != nil {
		return err
	}
	fmt.Println("opened at", stored(w.Checkpoint()))
	for at := stored(w.Checkpoint()); at < p.Rows; at += p.Batch {
		if err := w.Store(ctx, rows(at, at+p.Batch), checkpoint(at+p.Batch)); err != nil {
			return err
		}
		<-time.After(5 * time.Millisecond) // as many rows as this are compared in the end
	}
	fmt.Println("complete")
	return errors.Join(w.Close(), s.Close())
}

type collector struct {
	*exec.Cmd
	lines *bufio.Scanner
}

func (p plan) start(t *testing.T) *collector {
	t.Helper()
	text, err := json.Marshal(p)
	require.NoError(t, err)
	c := &collector{Cmd: exec.CommandContext(t.Context(), os.Args[0])}
	c.Env = append(os.Environ(), planVariable+"="+string(text))
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	c.lines = bufio.NewScanner(out)
	require.NoError(t, c.Start())
	return c
}

// says waits for the process's next line.
func (c *collector) says(t *testing.T, what string) {
	t.Helper()
	require.True(t, c.lines.Scan(), "the collector has ended")
	require.True(t, strings.HasPrefix(c.lines.Text(), what), c.lines.Text())
}

// The leader is killed: the other goes on within the lease's length, exactly once all the same.
func TestKilledCollectorIsReplaced(t *testing.T) {
	const lease = 1500 * time.Millisecond
	server := natsServer(t)
	p := plan{URL: server.URL, Lease: lease, Rows: 1 << 30, Batch: batch}
	leader := p.start(t)
	leader.says(t, "opened at 0")
	for i := range 4 {
		if i == 3 {
			p.Rows = 1 // whatever was stored is enough
		}
		next := p.start(t)
		<-time.After(lease + time.Duration(i)*111*time.Millisecond) // it waits, and the leader renews
		require.NoError(t, leader.Process.Signal(syscall.SIGKILL))
		killed := time.Now()
		_ = leader.Wait()
		next.says(t, "opened at ")
		took := time.Since(killed)
		assert.Less(t, took, lease)
		assert.Greater(t, took, lease/4, "the leader was not dead for long enough")
		t.Logf("replaced after %v of %v: %s", took.Round(time.Millisecond), lease, next.lines.Text())
		leader = next
	}
	leader.says(t, "complete")
	require.NoError(t, leader.Wait())
	w := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	done := stored(w.Checkpoint())
	assert.Greater(t, done, 4*batch)
	require.NoError(t, w.Store(t.Context(), rows(done, done+batch), checkpoint(done+batch))) // what was published beyond it
	requireExactly(t, server.URL, done+batch)
}

// The leader is suspended for longer than its lease. When it wakes up, it learns that it is
// no longer the leader.
func TestSuspendedCollectorIsFencedOff(t *testing.T) {
	const lease = 600 * time.Millisecond
	server := natsServer(t)
	leader := plan{URL: server.URL, Lease: lease, Rows: 1 << 30, Batch: batch}.start(t)
	leader.says(t, "opened at 0")
	<-time.After(lease)
	require.NoError(t, leader.Process.Signal(syscall.SIGSTOP))
	w := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	at := stored(w.Checkpoint())
	require.Positive(t, at)
	require.NoError(t, w.Store(t.Context(), rows(at, at+batch), checkpoint(at+batch)))
	require.NoError(t, leader.Process.Signal(syscall.SIGCONT))
	leader.says(t, "failed: store into feed snaplogic.acme.activities: the feed's lease was lost")
	var exit *exec.ExitError
	require.ErrorAs(t, leader.Wait(), &exit)
	assert.Equal(t, 3, exit.ExitCode())
	for range 10 {
		at += batch
		require.NoError(t, w.Store(t.Context(), rows(at, at+batch), checkpoint(at+batch)))
	}
	requireExactly(t, server.URL, at+batch)
}

// Suspended in the middle of a large batch, it publishes no more of it than what was in flight.
func TestSuspendedCollectorStopsPublishing(t *testing.T) {
	const lease, large = 400 * time.Millisecond, 50_000
	server := natsServer(t)
	leader := plan{URL: server.URL, Lease: lease, Rows: large, Batch: large}.start(t)
	leader.says(t, "opened at 0")
	require.Eventually(t, func() bool { return count(t, server.URL) > 1000 }, 20*time.Second, 5*time.Millisecond)
	require.NoError(t, leader.Process.Signal(syscall.SIGSTOP))
	w := openFeed(t, openSink(t, server.URL, jetstream.Options{Lease: lease}), feed)
	assert.True(t, w.Checkpoint().IsZero())
	before := count(t, server.URL)
	require.Less(t, before, large*9/10)
	require.NoError(t, leader.Process.Signal(syscall.SIGCONT))
	leader.says(t, "failed: store into feed snaplogic.acme.activities: the feed's lease was lost")
	_ = leader.Wait()
	assert.Less(t, count(t, server.URL)-before, 1000)
	require.NoError(t, w.Store(t.Context(), rows(0, large), checkpoint(large)))
	requireExactly(t, server.URL, large)
}

// One who is told to wait goes on as soon as the feed is let go, long before the lease is over.
func TestClosedFeedIsFreeAtOnce(t *testing.T) {
	server := natsServer(t)
	first := openFeed(t, openSink(t, server.URL, jetstream.Options{Lease: 10 * time.Second}), feed)
	second := openSink(t, server.URL, jetstream.Options{Lease: 10 * time.Second})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := second.Open(ctx, feed, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded, "it is taken")

	require.NoError(t, first.Store(t.Context(), rows(0, 3), checkpoint(3)))
	require.NoError(t, first.Close())
	start := time.Now()
	assert.Equal(t, 3, stored(openFeed(t, second, feed).Checkpoint()))
	assert.Less(t, time.Since(start), 2*time.Second)
}

// The lease is renewed for as long as the writer is open, so nobody waits for less than that.
func TestLeaseIsRenewed(t *testing.T) {
	const lease = 400 * time.Millisecond
	server := natsServer(t)
	first := openFeed(t, openSink(t, server.URL, jetstream.Options{Lease: lease}), feed)
	ctx, cancel := context.WithTimeout(t.Context(), 5*lease)
	defer cancel()
	_, err := openSink(t, server.URL, jetstream.Options{Lease: lease}).Open(ctx, feed, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, first.Store(t.Context(), rows(0, 3), checkpoint(3)))
}

// Even one who is sure of its lease cannot replace the checkpoint of another, and stores nothing
// more once it knows.
func TestStaleCheckpointIsRefused(t *testing.T) {
	server := natsServer(t)
	first := openFeed(t, openSink(t, server.URL, jetstream.Options{Lease: time.Minute}), feed) // not renewed for 15 s
	require.NoError(t, first.Store(t.Context(), rows(0, 3), checkpoint(3)))
	require.NoError(t, bucket(t, server.URL).Delete(t.Context(), "lease.snaplogic.acme.activities"))
	second := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	assert.Equal(t, 3, stored(second.Checkpoint()))

	require.ErrorIs(t, first.Store(t.Context(), rows(3, 6), checkpoint(6)), store.ErrLeaseLost)
	assert.Equal(t, 3, stored(first.Checkpoint()))
	require.ErrorIs(t, first.Store(t.Context(), rows(6, 9), checkpoint(9)), store.ErrLeaseLost)
	requireExactly(t, server.URL, 6) // what was published before it knew
	require.NoError(t, second.Store(t.Context(), rows(3, 4), checkpoint(4)))
	require.NoError(t, second.Store(t.Context(), rows(4, 8), checkpoint(8)))
	requireExactly(t, server.URL, 8)
}

// A new feed has no checkpoint to compare with, and is fenced all the same.
func TestStaleFirstCheckpointIsRefused(t *testing.T) {
	server := natsServer(t)
	first := openFeed(t, openSink(t, server.URL, jetstream.Options{Lease: time.Minute}), feed)
	require.NoError(t, bucket(t, server.URL).Delete(t.Context(), "lease.snaplogic.acme.activities"))
	second := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	require.ErrorIs(t, first.Store(t.Context(), nil, checkpoint(1)), store.ErrLeaseLost)
	require.NoError(t, second.Store(t.Context(), nil, checkpoint(2)))
}

// A renewal finds out that another has the lease, before anything is published.
func TestLostLeaseIsNoticed(t *testing.T) {
	const lease = 400 * time.Millisecond
	server := natsServer(t)
	first := openFeed(t, openSink(t, server.URL, jetstream.Options{Lease: lease}), feed)
	kv := bucket(t, server.URL)
	_, err := kv.PutString(t.Context(), "lease.snaplogic.acme.activities", `{"holder":"another","collector":"example","lease_ns":60000000000}`)
	require.NoError(t, err)
	<-time.After(lease)
	require.ErrorIs(t, first.Store(t.Context(), rows(0, 3), checkpoint(3)), store.ErrLeaseLost)
	requireExactly(t, server.URL, 0)
	require.NoError(t, first.Close())
	held, err := kv.Get(t.Context(), "lease.snaplogic.acme.activities")
	require.NoError(t, err)
	assert.Contains(t, string(held.Value()), "another", "what is lost is not given away")
}

func TestForeignEntries(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{Patience: 300 * time.Millisecond})
	kv := bucket(t, server.URL)
	_, err := kv.PutString(t.Context(), "lease.snaplogic.acme.activities", "mine")
	require.NoError(t, err)
	requireRefused(t, opening(t, s), "not one of a collector: choose another bucket, or delete the entry")
	require.NoError(t, kv.Delete(t.Context(), "lease.snaplogic.acme.activities"))
	_, err = kv.PutString(t.Context(), "checkpoint.snaplogic.acme.activities", `{"writer":"w","checkpoint":{"v":99}}`)
	require.NoError(t, err)
	requireRefused(t, opening(t, s), "cannot be read", "restore it, or delete it")
}
