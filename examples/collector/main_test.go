package main

import (
	"bytes"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/fakes"
)

// If asCollector is set in the environment, the test's binary runs the collector.
const asCollector = "COLLECTOR_TEST_AS_COLLECTOR"

func TestMain(m *testing.M) {
	if os.Getenv(asCollector) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// startProcess starts the collector as a separate process.
func startProcess(t *testing.T, args ...string) (cmd *exec.Cmd, out *os.File) {
	t.Helper()
	out, err := os.CreateTemp(t.TempDir(), "out")
	require.NoError(t, err)
	t.Cleanup(func() { _ = out.Close() })
	cmd = exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCollector+"=1", "GORACE=atexit_sleep_ms=0") // otherwise the race detector waits for a second at the exit
	cmd.Stdout, cmd.Stderr = out, out
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, out
}

func readFile(t *testing.T, file *os.File) string {
	t.Helper()
	data, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	return string(data)
}

func countRecords(t *testing.T, path, where string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer func() { _ = db.Close() }()
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM records WHERE "+where).Scan(&n))
	return n
}

// serveFakes starts four fakes in this process, and returns the path of a configuration for them.
func serveFakes(t *testing.T, records int) (services *fakes.Services, config string) {
	t.Helper()
	services = fakes.New(0)
	t.Cleanup(services.Close)
	// The vendors' clocks have seconds, and a feed does not read past them.
	end := time.Now().Add(-3 * time.Second)
	services.Add(records, end.Add(-24*time.Hour), end)
	config, err := services.WriteConfig(t.TempDir(), end.Add(-24*time.Hour), 20*time.Millisecond, time.Second)
	require.NoError(t, err)
	return services, config
}

func replaceInFile(t *testing.T, path, old, changed string) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(data), old)
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(string(data), old, changed)), 0o600))
}

func TestFakesWithoutConfiguration(t *testing.T) {
	db := filepath.Join(t.TempDir(), "activity.db")
	var out, problems bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-db", db, "-log-level", "warn"}, &out, &problems))
	for _, feed := range fakes.Feeds {
		assert.Regexp(t, feed.Vendor+` +demo +`+feed.Feed+` +960 records`, out.String())
	}
	assert.Empty(t, problems.String())
	assert.Equal(t, 5*demoRecords, countRecords(t, db, "time IS NOT NULL AND action <> '' AND kind <> '' AND who <> '' AND json_valid(raw)"))

	out.Reset()
	require.NoError(t, run(t.Context(), []string{"-db", db}, &out, &problems))
	assert.Regexp(t, `^time=\S+ level=INFO msg="the collector starts" version=\S+ feeds=5 sink=`+db+` follow=false`, problems.String())
	assert.Regexp(t, `snaplogic +demo +activities +0 records`, out.String())
	assert.Equal(t, 5*demoRecords, countRecords(t, db, "true"))
}

func TestInterrupt(t *testing.T) {
	for name, signal := range map[string]os.Signal{"interrupt": os.Interrupt, "terminate": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			_, config := serveFakes(t, 500)
			replaceInFile(t, config, "per: 60ms", "per: 1h") // so that one feed waits for its quota
			db := filepath.Join(t.TempDir(), "activity.db")
			cmd, out := startProcess(t, "-config", config, "-db", db, "-follow", "-log-level", "debug")
			require.Eventually(t, func() bool {
				said := readFile(t, out)
				return strings.Contains(said, "stored vendor=opswat") && strings.Contains(said, "stored vendor=sdelements")
			}, 30*time.Second, 5*time.Millisecond, "nothing was stored: %v", out.Name())
			begun := time.Now()
			require.NoError(t, cmd.Process.Signal(signal))
			require.NoError(t, cmd.Wait(), readFile(t, out))
			took := time.Since(begun)
			t.Logf("ended after %v", took)
			assert.Less(t, took, time.Second)
			assert.Contains(t, readFile(t, out), "records, stored up to")
			assert.NotContains(t, readFile(t, out), "level=ERROR")
		})
	}
}

func TestSecondCollectorOnTheSameFile(t *testing.T) {
	_, config := serveFakes(t, 10)
	db := filepath.Join(t.TempDir(), "activity.db")
	first, out := startProcess(t, "-config", config, "-db", db, "-follow", "-log-level", "debug")
	require.Eventually(t, func() bool { return strings.Contains(readFile(t, out), "stored") }, 30*time.Second, 5*time.Millisecond)
	var problems bytes.Buffer
	require.ErrorContains(t, run(t.Context(), []string{"-config", config, "-db", db}, &problems, &problems),
		db+": another collector is writing to this file: stop it, or choose another file")

	// A killed collector leaves no lock behind.
	require.NoError(t, first.Process.Kill())
	require.Error(t, first.Wait())
	require.NoError(t, run(t.Context(), []string{"-config", config, "-db", db}, &problems, &problems), problems.String())
	assert.Equal(t, 50, countRecords(t, db, "true"))
}

func TestFailureOfOneTenant(t *testing.T) {
	_, config := serveFakes(t, 10)
	const wrong = "canary-password"
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte(wrong), 0o600))
	data, err := os.ReadFile(config)
	require.NoError(t, err)
	was := string(data)
	i := strings.Index(was, "snaplogic.password")
	from := strings.LastIndex(was[:i], "file:")
	replaceInFile(t, config, was[from:i+len("snaplogic.password")], "file:"+secret)

	db := filepath.Join(t.TempDir(), "activity.db")
	cmd, out := startProcess(t, "-config", config, "-db", db, "-log-level", "debug")
	failure := cmd.Wait()
	var exit *exec.ExitError
	require.ErrorAs(t, failure, &exit)
	assert.Equal(t, 1, exit.ExitCode())
	said := readFile(t, out)
	assert.Contains(t, said, `level=ERROR msg="the feed failed, and is not tried again" vendor=snaplogic tenant=demo feed=activities state=refused was=starting error=`)
	assert.Regexp(t, `snaplogic +demo +activities +nothing stored`, said)
	assert.NotContains(t, said, wrong)
	assert.Equal(t, 40, countRecords(t, db, "vendor <> 'snaplogic'"))
}

func TestInvalidArguments(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("bad.yaml", []byte("snaplogic: [{organization: o, user: u, password: env:NOT_SET_ANYWHERE}]"), 0o600))
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"flag":               {[]string{"-nonsense"}, "-h explains the flags"},
		"argument":           {[]string{"activity.db"}, `unknown command "activity.db": the commands are feeds, replay and version`},
		"no file":            {[]string{"-config", "not-there.yaml"}, "not-there.yaml"},
		"second argument":    {[]string{"feeds", "-db", "a", "b"}, `unexpected argument "b": a command comes first`},
		"listen":             {[]string{"-listen", "nowhere"}, "-listen nowhere: "},
		"keep of a stream":   {[]string{"-sink", "nats://localhost", "-keep", "1h"}, "keep is for the SQLite file"},
		"negative keep":      {[]string{"-keep", "-1h"}, "-keep -1h0m0s is negative"},
		"reset of a file":    {[]string{"-reset"}, "-reset is for a NATS stream"},
		"format of a file":   {[]string{"-format", "event"}, "-format event is for -sink"},
		"feed":               {[]string{"-feed", "a"}, "-feed is for the command replay"},
		"replay":             {[]string{"replay", "-since", "1h"}, "replay needs -feed NAME, as the command feeds prints it, and -since TIME"},
		"replay of what":     {[]string{"replay", "-since", "1h", "-feed", "a/b/c"}, `there is no feed "a/b/c"; there are aspera/demo/transfers, `},
		"feeds for good":     {[]string{"feeds", "-follow"}, "-follow is for collecting"},
		"future since":       {[]string{"-since", "2999-01-01"}, "since is in the future"},
		"invented in NATS":   {[]string{"-sink", "nats://localhost:1"}, "without -config the collector has only invented records"},
		"two things":         {[]string{"feeds", "-check"}, "-check takes no command"},
		"two sinks":          {[]string{"-db", "a", "-sink", "nats://localhost"}, "-db and -sink are both given"},
		"sink":               {[]string{"-sink", "localhost:4222"}, "-sink: "},
		"password in a flag": {[]string{"-quota", "redis://:canary@localhost"}, "-quota: the URL has a user or password in it"},
		"since":              {[]string{"-since", "yesterday"}, "want a time"},
		"every":              {[]string{"-every", "1m"}, "-every is for the rounds of -follow"},
		"every, no unit":     {[]string{"-every", "5", "-follow"}, `invalid value "5" for flag -every: 5 has no unit: write 5s, 5m or 5h`},
		"keep, no unit":      {[]string{"-keep", "90d"}, `for flag -keep: want a duration with its unit, such as 30s, 5m or 1h30m`},
		"negative every":     {[]string{"-every", "-1m", "-follow"}, "-every -1m0s is negative"},
		"level":              {[]string{"-log-level", "loud"}, "-log-level"},
		"no such folder":     {[]string{"-db", "no/such/folder/activity.db"}, "the folder no/such/folder does not exist: make it, or choose another file"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, problems bytes.Buffer
			err := run(t.Context(), tt.args, &out, &problems)
			require.ErrorContains(t, err, tt.says)
			assert.NotContains(t, err.Error(), "canary")
			assert.Empty(t, out.String())
		})
	}
}

func TestHelp(t *testing.T) {
	var out, problems bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-h"}, &out, &problems))
	assert.Empty(t, problems.String())
	for _, text := range []string{"Collects the activity of", "-config file", "-follow", "-db file", "-sink URL", "-quota URL", "-listen address", "collector replay"} {
		assert.Contains(t, out.String(), text)
	}
}
