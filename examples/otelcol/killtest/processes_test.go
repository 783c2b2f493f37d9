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

	"github.com/stretchr/testify/require"
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
	if out, err := exec.Command("go", "build", "-o", dir, "..", "../internal/cmd/fakes").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the programs: %v\n%s", err, out)
		return 1
	}
	collector, fakesProgram = filepath.Join(dir, "otelcol"), filepath.Join(dir, "fakes")
	return m.Run()
}

// services is the process of the fakes.
type services struct{ Config, Output, Records string }

func serve(t *testing.T) services {
	t.Helper()
	cmd := exec.Command(fakesProgram, "-dir", t.TempDir(), "-growth", "600", "-during", "20s")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe() // the process ends when it is closed, also if this one is killed
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	var s services
	line, err := bufio.NewReader(out).ReadBytes('\n')
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(line, &s))
	return s
}

// records returns the fakes' records, once no more are added.
func (s services) records(t *testing.T) map[string]bool {
	t.Helper()
	resp, err := http.Get(s.Records)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	all := map[string]bool{}
	for lines := json.NewDecoder(resp.Body); lines.More(); {
		var raw string
		require.NoError(t, lines.Decode(&raw))
		all[raw] = true
	}
	require.NotEmpty(t, all)
	return all
}

// run is a process of the collector.
type run struct {
	cmd *exec.Cmd
	log string
}

func start(t *testing.T, config string) run {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "log")
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	cmd := exec.Command(collector, "--config", config)
	cmd.Stdout, cmd.Stderr = file, file
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
