package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// If asProbe is set in the environment, the test's binary runs the probe.
const asProbe = "PROBE_TEST_AS_PROBE"

func TestMain(m *testing.M) {
	if os.Getenv(asProbe) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// probeProcess returns the probe as a separate process that has the given environment alone.
func probeProcess(folder string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-yes", "-only", "sdelements", "-out", folder)
	cmd.Env = append(env, asProbe+"=1", "GORACE=atexit_sleep_ms=0") // otherwise the race detector waits for a second at the exit
	return cmd
}

// A report that cost requests is saved although a signal ends the program.
func TestSignalSavesReport(t *testing.T) {
	for name, signal := range map[string]os.Signal{"interrupt": os.Interrupt, "terminate": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			service := sdelementstest.NewServer(sdelementstest.WithRows(30))
			defer service.Close()
			folder := t.TempDir()
			cmd := probeProcess(folder, "SDELEMENTS_BASE_URL="+service.URL(), "SDELEMENTS_TOKEN="+sdelementstest.Key)
			asked, ended := make(chan struct{}), make(chan struct{})
			service.OnRequest(func(r sdelementstest.Request) {
				if r.N == 5 {
					close(asked)
					<-ended
				}
			})
			require.NoError(t, cmd.Start())
			exited := make(chan error, 1)
			go func() { exited <- cmd.Wait() }()
			select {
			case <-asked:
			case failure := <-exited:
				require.FailNow(t, "the probe ended before it was asked to", "%v", failure)
			}
			require.NoError(t, cmd.Process.Signal(signal))
			failure := <-exited
			close(ended)
			var exit *exec.ExitError
			require.ErrorAs(t, failure, &exit)
			assert.Equal(t, 1, exit.ExitCode(), exit)
			assert.FileExists(t, filepath.Join(folder, "probe.json"))
			assert.FileExists(t, filepath.Join(folder, "probe.md"))
		})
	}
}

// A reader of the output may end first, as in a pipe to head.
func TestClosedPipeSavesReport(t *testing.T) {
	folder := t.TempDir()
	cmd := probeProcess(folder)
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, reader.Close())
	cmd.Stdout = writer
	require.NoError(t, cmd.Start())
	require.NoError(t, writer.Close())
	require.NoError(t, cmd.Wait())
	assert.FileExists(t, filepath.Join(folder, "probe.json"))
	assert.FileExists(t, filepath.Join(folder, "probe.md"))
}
