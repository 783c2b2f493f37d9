package killtest_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// pipe is the destination ndjson: it reads the lines that collectors write to standard output. It
// drops a last line without a line feed.
type pipe struct {
	checkpoints string // a SQLite file
	readers     sync.WaitGroup

	mu       sync.Mutex
	lines    map[record]string
	repeated int
}

// record identifies the record of a line.
type record struct {
	store.FeedID
	Key string
}

func newPipe(t *testing.T) destination {
	t.Helper()
	return &pipe{checkpoints: filepath.Join(t.TempDir(), "activity.db"), lines: map[record]string{}}
}

func (p *pipe) flags() []string {
	return []string{"-sink", "-", "-format", "event", "-db", p.checkpoints}
}

// output returns the writing end of a pipe, which is read until it is closed.
func (p *pipe) output(t *testing.T) *os.File {
	t.Helper()
	from, to, err := os.Pipe()
	require.NoError(t, err)
	p.readers.Go(func() {
		defer func() { _ = from.Close() }()
		for lines := bufio.NewReader(from); ; {
			line, err := lines.ReadString('\n')
			if err != nil { // the rest is not a line
				return
			}
			p.add(t, line)
		}
	})
	return to
}

// add stores a line. A repeated line must have the same bytes.
func (p *pipe) add(t *testing.T, line string) {
	var r record
	if !assert.NoError(t, json.Unmarshal([]byte(line), &r), line) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if before, again := p.lines[r]; again {
		assert.Equal(t, before, line)
		p.repeated++
	}
	p.lines[r] = line
}

func (p *pipe) records(t *testing.T) collection {
	t.Helper()
	p.readers.Wait()
	t.Logf("%d records, %d repeated lines", len(p.lines), p.repeated)
	all := collection{}
	for r, line := range p.lines {
		var event struct{ Raw json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(line), &event))
		all.add(r.FeedID, string(event.Raw))
	}
	return all
}

// asWritten returns a record as an event contains it: without blanks between members, and with some
// characters escaped.
func (p *pipe) asWritten(t *testing.T, raw string) string {
	t.Helper()
	data, err := json.Marshal(json.RawMessage(raw))
	require.NoError(t, err)
	return string(data)
}
