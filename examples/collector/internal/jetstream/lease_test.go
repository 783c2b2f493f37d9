package jetstream_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

// planVariable is the environment variable with the plan of a process that a test started.
const planVariable = "JETSTREAM_TEST_PLAN"

// plan is the task of a separate collector process: it stores rows in batches, from its checkpoint
// up to a number.
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
	fmt.Println("opened at", storetest.Number(w.Checkpoint()))
	for at := storetest.Number(w.Checkpoint()); at < p.Rows; at += p.Batch {
		if err := w.Store(ctx, rows(at, at+p.Batch), storetest.Checkpoint(at+p.Batch)); err != nil {
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

// After the leader is killed, the other collector continues within the lease, and every row is
// stored once.
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
	done := storetest.Number(w.Checkpoint())
	assert.Greater(t, done, 4*batch)
	require.NoError(t, w.Store(t.Context(), rows(done, done+batch), storetest.Checkpoint(done+batch))) // what was published beyond it
	requireExactly(t, server.URL, done+batch)
}

// The leader is suspended for longer than its lease. When it wakes up, it learns that it is no
// longer the leader.
func TestSuspendedCollectorIsFencedOff(t *testing.T) {
	const lease = 600 * time.Millisecond
	server := natsServer(t)
	leader := plan{URL: server.URL, Lease: lease, Rows: 1 << 30, Batch: batch}.start(t)
	leader.says(t, "opened at 0")
	<-time.After(lease)
	require.NoError(t, leader.Process.Signal(syscall.SIGSTOP))
	w := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	at := storetest.Number(w.Checkpoint())
	require.Positive(t, at)
	require.NoError(t, w.Store(t.Context(), rows(at, at+batch), storetest.Checkpoint(at+batch)))
	require.NoError(t, leader.Process.Signal(syscall.SIGCONT))
	leader.says(t, "failed: store into feed snaplogic.acme.activities: the feed's lease was lost")
	var exit *exec.ExitError
	require.ErrorAs(t, leader.Wait(), &exit)
	assert.Equal(t, 3, exit.ExitCode())
	for range 10 {
		at += batch
		require.NoError(t, w.Store(t.Context(), rows(at, at+batch), storetest.Checkpoint(at+batch)))
	}
	requireExactly(t, server.URL, at+batch)
}

// A collector that was suspended in the middle of a large batch publishes no more of it than what
// was in flight.
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
	require.NoError(t, w.Store(t.Context(), rows(0, large), storetest.Checkpoint(large)))
	requireExactly(t, server.URL, large)
}

// A waiting collector continues as soon as the feed is released, long before the lease expires.
func TestReleasedFeedIsFreeAtOnce(t *testing.T) {
	server := natsServer(t)
	first := openFeed(t, openSink(t, server.URL, jetstream.Options{Lease: 10 * time.Second}), feed)
	second := openSink(t, server.URL, jetstream.Options{Lease: 10 * time.Second})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := second.Open(ctx, feed, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded, "it is taken")

	require.NoError(t, first.Store(t.Context(), rows(0, 3), storetest.Checkpoint(3)))
	require.NoError(t, first.Close())
	start := time.Now()
	assert.Equal(t, 3, storetest.Number(openFeed(t, second, feed).Checkpoint()))
	assert.Less(t, time.Since(start), 2*time.Second)
}

// The lease is renewed for as long as the writer is open.
func TestLeaseIsRenewed(t *testing.T) {
	const lease = 400 * time.Millisecond
	server := natsServer(t)
	first := openFeed(t, openSink(t, server.URL, jetstream.Options{Lease: lease}), feed)
	ctx, cancel := context.WithTimeout(t.Context(), 5*lease)
	defer cancel()
	_, err := openSink(t, server.URL, jetstream.Options{Lease: lease}).Open(ctx, feed, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, first.Store(t.Context(), rows(0, 3), storetest.Checkpoint(3)))
}

// A writer that believes that it holds the lease cannot replace the checkpoint of another, and
// stores nothing after the first failure.
func TestStaleCheckpointIsRefused(t *testing.T) {
	server := natsServer(t)
	first := openFeed(t, openSink(t, server.URL, jetstream.Options{Lease: time.Minute}), feed) // not renewed for 15 s
	require.NoError(t, first.Store(t.Context(), rows(0, 3), storetest.Checkpoint(3)))
	require.NoError(t, bucket(t, server.URL).Delete(t.Context(), "lease.snaplogic.acme.activities"))
	second := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	assert.Equal(t, 3, storetest.Number(second.Checkpoint()))

	require.ErrorIs(t, first.Store(t.Context(), rows(3, 6), storetest.Checkpoint(6)), store.ErrLeaseLost)
	assert.Equal(t, 3, storetest.Number(first.Checkpoint()))
	require.ErrorIs(t, first.Store(t.Context(), rows(6, 9), storetest.Checkpoint(9)), store.ErrLeaseLost)
	requireExactly(t, server.URL, 6) // what was published before it knew
	require.NoError(t, second.Store(t.Context(), rows(3, 4), storetest.Checkpoint(4)))
	require.NoError(t, second.Store(t.Context(), rows(4, 8), storetest.Checkpoint(8)))
	requireExactly(t, server.URL, 8)
}

// Fencing works for a new feed without a checkpoint too.
func TestStaleFirstCheckpointIsRefused(t *testing.T) {
	server := natsServer(t)
	first := openFeed(t, openSink(t, server.URL, jetstream.Options{Lease: time.Minute}), feed)
	require.NoError(t, bucket(t, server.URL).Delete(t.Context(), "lease.snaplogic.acme.activities"))
	second := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	require.ErrorIs(t, first.Store(t.Context(), nil, storetest.Checkpoint(1)), store.ErrLeaseLost)
	require.NoError(t, second.Store(t.Context(), nil, storetest.Checkpoint(2)))
}

// A renewal notices that another collector has the lease before anything is published.
func TestLostLeaseIsNoticed(t *testing.T) {
	const lease = 400 * time.Millisecond
	server := natsServer(t)
	first := openFeed(t, openSink(t, server.URL, jetstream.Options{Lease: lease}), feed)
	kv := bucket(t, server.URL)
	_, err := kv.PutString(t.Context(), "lease.snaplogic.acme.activities", `{"holder":"another","collector":"example","lease_ns":60000000000}`)
	require.NoError(t, err)
	<-time.After(lease)
	require.ErrorIs(t, first.Store(t.Context(), rows(0, 3), storetest.Checkpoint(3)), store.ErrLeaseLost)
	requireExactly(t, server.URL, 0)
	require.NoError(t, first.Close())
	held, err := kv.Get(t.Context(), "lease.snaplogic.acme.activities")
	require.NoError(t, err)
	assert.Contains(t, string(held.Value()), "another", "Close does not release a lost lease")
}

func TestForeignEntries(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{RetryFor: 300 * time.Millisecond})
	kv := bucket(t, server.URL)
	_, err := kv.PutString(t.Context(), "lease.snaplogic.acme.activities", "mine")
	require.NoError(t, err)
	requireRefused(t, opening(t, s), "not one of a collector: choose another bucket, or delete the entry")
	require.NoError(t, kv.Delete(t.Context(), "lease.snaplogic.acme.activities"))
	_, err = kv.PutString(t.Context(), "checkpoint.snaplogic.acme.activities", `{"writer":"w","checkpoint":{"v":99}}`)
	require.NoError(t, err)
	requireRefused(t, opening(t, s), "cannot be read", "restore it, or delete it")
}

const leaseKey = "lease.snaplogic.acme.activities"

// holder returns the holder of the feed's lease, from its entry.
func holder(t *testing.T, url string) string {
	t.Helper()
	entry, err := bucket(t, url).Get(t.Context(), leaseKey)
	require.NoError(t, err)
	var claim struct{ Holder string }
	require.NoError(t, json.Unmarshal(entry.Value(), &claim))
	return claim.Holder
}

// unexpected returns a standby function that must not be called.
func unexpected(t *testing.T) func(bool) {
	t.Helper()
	return func(bool) { assert.Fail(t, "there is no other collector") }
}

// After the server hung, it still has the claim of a closed writer, which could not release it. The
// same sink gets the feed back at once, and does not treat the claim as another collector's.
func TestOwnClaimIsTakenOverAtOnce(t *testing.T) {
	const lease = 4 * time.Second
	server := natsServer(t)
	var log lines
	s := openSink(t, server.URL, jetstream.Options{Lease: lease, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	w := openFeed(t, s, feed)
	require.NoError(t, storing(t, w, 0, 5)())
	before := holder(t, server.URL)
	require.NoError(t, server.Suspend())
	<-time.After(lease * 3 / 8) // the server gets a renewal whose answer comes too late
	require.NoError(t, w.Close())
	require.NoError(t, server.Resume())
	require.Equal(t, before, holder(t, server.URL), "the claim was not released")

	ctx, cancel := context.WithTimeout(t.Context(), lease/2)
	defer cancel()
	w, err := s.Open(ctx, feed, unexpected(t))
	require.NoError(t, err)
	require.NoError(t, storing(t, w, 5, 10)())
	require.NoError(t, w.Close())
	requireExactly(t, server.URL, 10)
	assert.NotContains(t, log.String(), "waiting for the feed's lease")
	assert.NotContains(t, log.String(), "taking over the feed's lease")
}

// Open waits while another writer of the same sink holds the feed.
func TestWritersOfOneSinkTakeTurns(t *testing.T) {
	const lease = 200 * time.Millisecond
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{Lease: lease})
	first := openFeed(t, s, feed)
	ctx, cancel := context.WithTimeout(t.Context(), 3*lease)
	defer cancel()
	_, err := s.Open(ctx, feed, unexpected(t))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, storing(t, first, 0, 5)(), "it was not disturbed")

	var open atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				w, err := s.Open(t.Context(), feed, unexpected(t))
				if !assert.NoError(t, err) {
					return
				}
				assert.EqualValues(t, 1, open.Add(1))
				assert.NoError(t, w.Store(t.Context(), nil, storetest.Checkpoint(6)))
				open.Add(-1)
				assert.NoError(t, w.Close())
			}
		})
	}
	require.NoError(t, first.Close())
	wg.Wait()
}

// A writer that has lost its lease does not block the feed, even if it is closed later.
func TestLostWriterDoesNotHoldTheFeed(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{Lease: 400 * time.Millisecond})
	first := openFeed(t, s, feed)
	_, err := bucket(t, server.URL).PutString(t.Context(), leaseKey, `{"holder":"another","lease_ns":100000000}`)
	require.NoError(t, err)
	<-time.After(200 * time.Millisecond) // a renewal
	second := openFeed(t, s, feed)
	require.ErrorIs(t, storing(t, first, 0, 5)(), store.ErrLeaseLost)
	require.NoError(t, first.Close())

	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = s.Open(ctx, feed, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded, "the second one still holds it")
	require.NoError(t, storing(t, second, 0, 5)())
}

// Open calls standby repeatedly while another collector holds the feed, and not afterwards. Whether
// that collector is alive is known after its first renewal.
func TestStandby(t *testing.T) {
	o := jetstream.Options{Lease: 500 * time.Millisecond}
	server := natsServer(t)
	first, second := openSink(t, server.URL, o), openSink(t, server.URL, o)
	var calls, renewed atomic.Int32
	standby := func(is bool) {
		if n := calls.Add(1); n == 1 {
			assert.False(t, is, "at the first look at the lease")
		}
		if is {
			renewed.Add(1)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()

	held, err := first.Open(ctx, feed, standby)
	require.NoError(t, err)
	require.Zero(t, calls.Load(), "the feed was free")

	opened := make(chan error)
	go func() {
		w, err := second.Open(ctx, feed, standby)
		if err == nil {
			err = w.Close()
		}
		opened <- err
	}()
	require.Eventually(t, func() bool { return calls.Load() >= 5 && renewed.Load() >= 2 }, 10*time.Second, time.Millisecond)
	require.NoError(t, held.Close())
	require.NoError(t, <-opened)

	before := calls.Load()
	_, err = first.Open(ctx, feed, standby)
	require.NoError(t, err)
	assert.Equal(t, before, calls.Load())
}

// lines is a log for concurrent use.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Log lines about a feed have its vendor, its tenant as in the configuration, and its name.
func TestLogNamesTheFeed(t *testing.T) {
	acme := store.FeedID{Vendor: "snaplogic", Tenant: "Acme, Inc.", Feed: "activities"}
	server := natsServer(t)
	openFeed(t, openSink(t, server.URL, jetstream.Options{}), acme)
	var text, structured lines
	for _, handler := range []slog.Handler{slog.NewTextHandler(&text, nil), slog.NewJSONHandler(&structured, nil)} {
		s := openSink(t, server.URL, jetstream.Options{Logger: slog.New(handler)})
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		_, err := s.Open(ctx, acme, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		cancel()
	}
	assert.Contains(t, text.String(), `vendor=snaplogic tenant="Acme, Inc." feed=activities`)
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(structured.String()), &line), "one line: %s", structured.String())
	assert.Equal(t, "waiting for the feed's lease", line["msg"])
	assert.Equal(t, "snaplogic", line["vendor"])
	assert.Equal(t, "Acme, Inc.", line["tenant"])
	assert.Equal(t, "activities", line["feed"])
}
