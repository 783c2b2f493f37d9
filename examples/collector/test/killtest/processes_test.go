package killtest_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/fakes"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// The programs that TestMain builds.
var collector, fakesProgram string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "killtest")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if out, err := exec.Command("go", "build", "-o", dir, "../..", "../fakes").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the programs: %v\n%s", err, out)
		return 1
	}
	collector, fakesProgram = filepath.Join(dir, "collector"), filepath.Join(dir, "fakes")
	return m.Run()
}

// services is the process of the fakes.
type services struct{ Config, Control string }

func serve(t *testing.T, args ...string) services {
	t.Helper()
	cmd := exec.Command(fakesProgram, append([]string{"-dir", t.TempDir()}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // returns that it was killed
	})
	var s services
	line, err := bufio.NewReader(out).ReadBytes('\n')
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(line, &s))
	return s
}

func (s services) get(t *testing.T, path string, read func(*json.Decoder)) {
	t.Helper()
	resp, err := http.Get(s.Control + path)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	read(json.NewDecoder(resp.Body))
}

func (s services) growing(t *testing.T) (growing bool) {
	t.Helper()
	s.get(t, "/growing", func(d *json.Decoder) { require.NoError(t, d.Decode(&growing)) })
	return growing
}

// records returns the fakes' records.
func (s services) records(t *testing.T) collection {
	t.Helper()
	all := collection{}
	s.get(t, "/records", func(d *json.Decoder) {
		for d.More() {
			var r fakes.Record
			require.NoError(t, d.Decode(&r))
			all.add(r.Feed, string(r.Raw))
		}
	})
	return all
}

// run is a process of the collector. Its log is a file, which is complete up to the kill.
type run struct {
	cmd *exec.Cmd
	log string
}

func start(t *testing.T, args ...string) run {
	t.Helper()
	return startInto(t, nil, args...)
}

// startInto starts the collector. Unless out is nil, it is the standard output, and startInto
// closes it in this process.
func startInto(t *testing.T, out *os.File, args ...string) run {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "log")
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	cmd := exec.Command(collector, append(args, "-log-json", "-log-level", "debug")...)
	cmd.Stdout, cmd.Stderr = file, file
	if out != nil {
		cmd.Stdout = out
		defer func() { _ = out.Close() }()
	}
	require.NoError(t, cmd.Start())
	return run{cmd, file.Name()}
}

// kill sends SIGKILL.
func (r run) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, r.cmd.Process.Kill(), "the collector ended by itself:\n%s", r.tail())
	state, err := r.cmd.Process.Wait()
	require.NoError(t, err)
	require.Equal(t, "signal: killed", state.String(), "the collector ended by itself:\n%s", r.tail())
}

func (r run) tail() string {
	data, err := os.ReadFile(r.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(string(data), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}

// logEntry is a line of the log.
type logEntry struct {
	Time time.Time
	Msg  string
	store.FeedID
}

// interruptedWrites returns the number of feeds whose last write in the log is incomplete.
func (r run) interruptedWrites(t *testing.T) int {
	t.Helper()
	file, err := os.Open(r.log)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	underway := map[store.FeedID]bool{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var entry logEntry
		if json.Unmarshal(lines.Bytes(), &entry) == nil && (entry.Msg == "storing" || entry.Msg == "stored") {
			underway[entry.FeedID] = entry.Msg == "storing"
		}
	}
	require.NoError(t, lines.Err())
	n := 0
	for _, is := range underway {
		if is {
			n++
		}
	}
	return n
}

// collection counts records by feed and bytes.
type collection map[store.FeedID]map[string]int

func (c collection) add(feed store.FeedID, raw string) {
	if c[feed] == nil {
		c[feed] = map[string]int{}
	}
	c[feed][raw]++
}

// each returns a copy in which change is applied to every record.
func (c collection) each(change func(string) string) collection {
	changed := collection{}
	for feed, records := range c {
		for raw, times := range records {
			for range times {
				changed.add(feed, change(raw))
			}
		}
	}
	return changed
}

func (c collection) count(feed store.FeedID) (n int) {
	for _, times := range c[feed] {
		n += times
	}
	return n
}

// differences describes the records that are missing from got or too many in it, with a few
// examples for each feed.
func (c collection) differences(got collection) (out []string) {
	for _, feed := range fakes.Feeds {
		missing, surplus := missing(c[feed], got[feed]), missing(got[feed], c[feed])
		if len(missing)+len(surplus) > 0 {
			out = append(out, fmt.Sprintf("%v: %d records missing, such as %q; %d too many, such as %q",
				feed, len(missing), missing[:min(2, len(missing))], len(surplus), surplus[:min(2, len(surplus))]))
		}
	}
	return out
}

// missing returns the records that want has more often than got.
func missing(want, got map[string]int) (out []string) {
	for raw, times := range want {
		for range times - got[raw] {
			out = append(out, raw)
		}
	}
	return out
}
