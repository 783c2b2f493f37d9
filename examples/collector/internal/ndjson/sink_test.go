package ndjson_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/ndjson"
	"github.com/activity-sdk/activity/examples/collector/internal/sqlite"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

var feed = store.FeedID{Vendor: "snaplogic", Tenant: "acme", Feed: "activities"}

// openCheckpoints opens a SQLite file for checkpoints.
func openCheckpoints(t *testing.T) (*sqlite.Sink, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "activity.db")
	sink, err := sqlite.Open(t.Context(), path, sqlite.CheckpointsOnly)
	require.NoError(t, err)
	t.Cleanup(func() { _ = sink.Close() }) // some tests close it before
	return sink, path
}

func hold(t *testing.T, sink store.Sink, feed store.FeedID) store.Writer {
	t.Helper()
	writer, err := sink.Open(t.Context(), feed, nil)
	require.NoError(t, err)
	return writer
}

// openWriter returns the writer of a feed to an output, in the format raw.
func openWriter(t *testing.T, out io.Writer) store.Writer {
	t.Helper()
	checkpoints, _ := openCheckpoints(t)
	return hold(t, ndjson.Open(out, checkpoints, store.Raw), feed)
}

func events(raws ...string) (out []activity.Event) {
	for i, raw := range raws {
		out = append(out, activity.Event{
			Vendor: "snaplogic", Tenant: "acme", Feed: "activities", Key: fmt.Sprint("key-", i), Raw: []byte(raw),
			Time: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC), Kind: activity.KindLogin, Actor: activity.Actor{Email: "ada@example.com"},
		})
	}
	return out
}

func text(t *testing.T, c activity.Checkpoint) string {
	t.Helper()
	if c.IsZero() {
		return ""
	}
	data, err := c.MarshalText()
	require.NoError(t, err)
	return string(data)
}

// output calls a function for each write.
type output func(data []byte) (int, error)

func (o output) Write(data []byte) (int, error) { return o(data) }

func TestLinesComeBeforeCheckpoint(t *testing.T) {
	checkpoints, path := openCheckpoints(t)
	beside, err := sqlite.OpenCheckpoints(t.Context(), path)
	require.NoError(t, err)
	stored := func() string {
		c, err := beside.Checkpoint(t.Context(), feed)
		require.NoError(t, err)
		return text(t, c)
	}
	var written []string
	sink := ndjson.Open(output(func(data []byte) (int, error) {
		written = append(written, stored()+string(data))
		return len(data), nil
	}), checkpoints, store.Raw)
	writer := hold(t, sink, feed)
	assert.True(t, writer.Checkpoint().IsZero())
	require.NoError(t, writer.Store(t.Context(), events(`{"n": 1}`, `{"n":2}`), storetest.Checkpoint(1)))
	assert.Equal(t, text(t, storetest.Checkpoint(1)), stored())
	require.NoError(t, writer.Store(t.Context(), nil, storetest.Checkpoint(2)))
	assert.Equal(t, text(t, storetest.Checkpoint(2)), stored())
	require.NoError(t, writer.Store(t.Context(), events(`{"n":3}`), storetest.Checkpoint(3)))
	assert.Equal(t, []string{"{\"n\": 1}\n{\"n\":2}\n", text(t, storetest.Checkpoint(2)) + "{\"n\":3}\n"}, written)

	assert.Equal(t, text(t, storetest.Checkpoint(3)), text(t, writer.Checkpoint()))
	require.NoError(t, writer.Close())
	found, err := sink.Checkpoint(t.Context(), feed)
	require.NoError(t, err)
	assert.Equal(t, text(t, storetest.Checkpoint(3)), text(t, found))
	assert.Equal(t, text(t, storetest.Checkpoint(3)), text(t, hold(t, sink, feed).Checkpoint()))
	require.NoError(t, sink.Close())
	_, err = sqlite.Open(t.Context(), path, sqlite.CheckpointsOnly)
	require.NoError(t, err, "the file is still held")
}

func TestFormats(t *testing.T) {
	for format, want := range map[store.Format]string{
		store.Raw:   "{ \"id\": 9007199254740993 }\n",
		store.Event: `{"vendor":"snaplogic","feed":"activities","tenant":"acme","key":"key-0","time":"2026-01-31T12:00:00Z","kind":"login","actor":{"email":"ada@example.com"},"raw":{"id":9007199254740993}}` + "\n",
	} {
		checkpoints, _ := openCheckpoints(t)
		var out bytes.Buffer
		require.NoError(t, hold(t, ndjson.Open(&out, checkpoints, format), feed).Store(t.Context(), events(`{ "id": 9007199254740993 }`), storetest.Checkpoint(1)))
		assert.Equal(t, want, out.String())
	}
	checkpoints, _ := openCheckpoints(t)
	var out bytes.Buffer
	odd := events("{\n}", "{\"a\":\"\xff\n\"}", "")
	require.NoError(t, hold(t, ndjson.Open(&out, checkpoints, store.OCSF), feed).Store(t.Context(), odd, storetest.Checkpoint(1)))
	lines := bytes.Split(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n"))
	require.Len(t, lines, len(odd))
	for i, line := range lines {
		var event struct {
			Metadata struct{ UID string }
		}
		require.NoError(t, json.Unmarshal(line, &event))
		assert.Equal(t, odd[i].Key, event.Metadata.UID)
	}
}

// A failed write does not change the checkpoint, and the following lines are whole.
func TestFailedWrite(t *testing.T) {
	full := errors.New("the disk is full")
	for name, tt := range map[string]struct {
		n    int // bytes of the first write
		err  error
		want string
	}{
		"nothing written":        {0, full, "[1]\n[2]\n"},
		"a line cut":             {2, full, "[1]\n[1]\n[2]\n"},
		"before the line's end":  {3, full, "[1]\n[1]\n[2]\n"},
		"a whole line":           {4, full, "[1]\n[1]\n[2]\n"},
		"the second line cut":    {5, full, "[1]\n[2]\n[1]\n[2]\n"},
		"everything and failed":  {8, full, "[1]\n[2]\n[1]\n[2]\n"},
		"short without an error": {2, nil, "[1]\n[1]\n[2]\n"},
		"more than everything":   {99, full, "[1]\n[2]\n[1]\n[2]\n"},
		"less than nothing":      {-1, full, "[1]\n[2]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			failed := false
			writer := openWriter(t, output(func(data []byte) (int, error) {
				if failed {
					return out.Write(data)
				}
				failed = true
				out.Write(data[:min(max(tt.n, 0), len(data))])
				return tt.n, tt.err
			}))
			err := writer.Store(t.Context(), events("[1]", "[2]"), storetest.Checkpoint(1))
			require.ErrorContains(t, err, "writing records to standard output")
			if tt.err != nil {
				require.ErrorIs(t, err, tt.err)
			}
			require.NotErrorIs(t, err, store.ErrGone)
			assert.True(t, writer.Checkpoint().IsZero())
			require.NoError(t, writer.Store(t.Context(), events("[1]", "[2]"), storetest.Checkpoint(1)))
			assert.Equal(t, tt.want, out.String())
		})
	}
}

// The rest of a cut line is kept until it can be written.
func TestRepeatedlyFailedWrite(t *testing.T) {
	var out bytes.Buffer
	accepts := []int{2, 0, 1}
	writer := openWriter(t, output(func(data []byte) (int, error) {
		if len(accepts) == 0 {
			return out.Write(data)
		}
		n := accepts[0]
		accepts = accepts[1:]
		out.Write(data[:n])
		return n, io.ErrShortWrite
	}))
	for range 3 {
		require.ErrorIs(t, writer.Store(t.Context(), events("[12]"), storetest.Checkpoint(1)), io.ErrShortWrite)
	}
	require.NoError(t, writer.Store(t.Context(), events("[3]"), storetest.Checkpoint(1)))
	assert.Equal(t, "[12]\n[3]\n", out.String())
}

func TestClosedReader(t *testing.T) {
	read, write, err := os.Pipe()
	require.NoError(t, err)
	defer func() { _ = write.Close() }()
	require.NoError(t, read.Close())
	memory, other := io.Pipe()
	require.NoError(t, memory.Close())
	for _, out := range []io.Writer{write, other} {
		writer := openWriter(t, out)
		err := writer.Store(t.Context(), events("[1]"), storetest.Checkpoint(1))
		require.ErrorIs(t, err, store.ErrGone)
		require.ErrorContains(t, err, "the reader of standard output is gone")
		assert.True(t, writer.Checkpoint().IsZero())
	}
}

func TestBlockedReader(t *testing.T) {
	read, write := io.Pipe()
	defer func() { _ = read.Close() }()
	checkpoints, _ := openCheckpoints(t)
	sink := ndjson.Open(write, checkpoints, store.Raw)
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	for i := range 3 { // one that writes, and two that wait for their turn
		writer := hold(t, sink, store.FeedID{Vendor: "snaplogic", Tenant: fmt.Sprint(i)})
		waiting.Go(func() {
			assert.ErrorIs(t, writer.Store(ctx, events("[1]"), storetest.Checkpoint(1)), context.Canceled)
			assert.True(t, writer.Checkpoint().IsZero())
		})
	}
	_, err := read.Read(make([]byte, 1)) // one of them has begun
	require.NoError(t, err)
	cancel()
	waiting.Wait()
}

func TestFeedsAreNotMixed(t *testing.T) {
	const feeds, batches, lines = 8, 20, 30
	checkpoints, _ := openCheckpoints(t)
	var out bytes.Buffer
	writes := 0
	sink := ndjson.Open(output(func(data []byte) (int, error) { // not safe for concurrent use
		writes++
		for i := range data {
			out.WriteByte(data[i])
			runtime.Gosched() // others write now, unless they wait
		}
		return len(data), nil
	}), checkpoints, store.Raw)
	var running sync.WaitGroup
	for f := range feeds {
		writer := hold(t, sink, store.FeedID{Vendor: "snaplogic", Tenant: fmt.Sprint(f)})
		running.Go(func() {
			for b := range batches {
				var raws []string
				for l := range lines {
					raws = append(raws, fmt.Sprintf(`[%d,%d,%d]`, f, b, l))
				}
				assert.NoError(t, writer.Store(t.Context(), events(raws...), storetest.Checkpoint(b)))
			}
		})
	}
	running.Wait()
	assert.Equal(t, feeds*batches, writes)
	next := map[int]int{} // of each feed, counting its lines
	for n, line := range bytes.Split(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n")) {
		var at [3]int
		require.NoError(t, json.Unmarshal(line, &at))
		require.Equal(t, n%lines, at[2], "a batch is not in one piece")
		require.Equal(t, next[at[0]], at[1]*lines+at[2])
		next[at[0]]++
	}
	assert.Len(t, next, feeds)
}

func TestDeletedCheckpointFile(t *testing.T) {
	checkpoints, path := openCheckpoints(t)
	writer := hold(t, ndjson.Open(io.Discard, checkpoints, store.Raw), feed)
	require.NoError(t, writer.Store(t.Context(), events("[1]"), storetest.Checkpoint(1)))
	require.NoError(t, os.Remove(path))
	require.ErrorIs(t, writer.Store(t.Context(), events("[1]"), storetest.Checkpoint(2)), store.ErrGone)
}

// A line that a killed process cut off ends before the next line.
func TestAppendToFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.ndjson")
	for _, want := range []string{"[1]\n[2]\n", "[1]\n[2]\n[cut\n[1]\n[2]\n"} {
		out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		require.NoError(t, err)
		writer := openWriter(t, out)
		require.NoError(t, writer.Store(t.Context(), events("[1]"), storetest.Checkpoint(1)))
		require.NoError(t, writer.Store(t.Context(), events("[2]"), storetest.Checkpoint(2)))
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, want, string(data))
		_, err = out.WriteString("[cut")
		require.NoError(t, err)
		require.NoError(t, out.Close())
	}
}

// syncCounter counts the calls of Sync.
type syncCounter struct {
	*os.File
	count int
	err   error
}

func (s *syncCounter) Sync() error {
	s.count++
	return s.err
}

func TestFileIsSynced(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "records.ndjson"))
	require.NoError(t, err)
	defer func() { _ = out.Close() }()
	regular := &syncCounter{File: out}
	writer := openWriter(t, regular)
	require.NoError(t, writer.Store(t.Context(), events("[1]"), storetest.Checkpoint(1)))
	assert.Equal(t, 1, regular.count)
	regular.err = errors.New("the disk is gone")
	require.ErrorIs(t, writer.Store(t.Context(), events("[1]"), storetest.Checkpoint(2)), regular.err)
	assert.Equal(t, text(t, storetest.Checkpoint(1)), text(t, writer.Checkpoint()))

	read, write, err := os.Pipe()
	require.NoError(t, err)
	defer func() { _ = read.Close() }()
	defer func() { _ = write.Close() }()
	pipe := &syncCounter{File: write, err: regular.err}
	require.NoError(t, openWriter(t, pipe).Store(t.Context(), events("[1]"), storetest.Checkpoint(1)))
	assert.Zero(t, pipe.count)
}
