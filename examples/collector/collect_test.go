package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/fakes"
	"github.com/activity-sdk/activity/examples/collector/internal/sqlite"
	"github.com/activity-sdk/activity/examples/collector/internal/status"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// follower is a collector that runs in this process with -follow.
type follower struct {
	mu   sync.Mutex
	log  bytes.Buffer
	stop func() error
}

func (r *follower) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.Write(p)
}

func (r *follower) logged() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

func follow(t *testing.T, args ...string) *follower {
	t.Helper()
	r := new(follower)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, append(args, "-follow"), io.Discard, r) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { assert.NoError(t, r.stop(), r.logged()) })
	return r
}

func (r *follower) waitFor(t *testing.T, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(r.logged(), text) }, 30*time.Second, 5*time.Millisecond, "%s", text)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(data)
}

// breakPassword replaces the SnapLogic password of the fakes' configuration by a wrong one. It
// returns the path of the password's file.
func breakPassword(t *testing.T, config string) (secret string) {
	t.Helper()
	secret = filepath.Join(filepath.Dir(config), "snaplogic.password")
	require.NoError(t, os.WriteFile(secret, []byte("canary-password"), 0o600))
	return secret
}

// The log, /healthz, the metrics and the command feeds while a tenant's password is wrong, and
// after it was replaced.
func TestRefusedTenant(t *testing.T) {
	services, config := serveFakes(t, 10)
	right := services.SnapLogic // whose password the file has
	require.NotNil(t, right)
	secret := filepath.Join(filepath.Dir(config), "snaplogic.password")
	password, err := os.ReadFile(secret)
	require.NoError(t, err)
	breakPassword(t, config)
	db, listen := filepath.Join(t.TempDir(), "activity.db"), freeAddress(t)
	c := follow(t, "-config", config, "-db", db, "-listen", listen)
	c.waitFor(t, `level=ERROR msg="the feed is refused" vendor=snaplogic tenant=demo feed=activities state=refused was=starting error=`)
	c.waitFor(t, `msg="the feed is following" vendor=sdelements`)
	c.waitFor(t, `msg="the feed is following" vendor=opswat`)

	code, body := get(t, "http://"+listen+"/healthz")
	assert.Equal(t, http.StatusServiceUnavailable, code)
	var h status.Health
	require.NoError(t, json.Unmarshal([]byte(body), &h))
	require.Len(t, h.Feeds, 5)
	assert.Equal(t, status.Refused, h.Feeds[2].State)
	assert.Contains(t, h.Feeds[2].Problem, "401 Unauthorized")
	code, metrics := get(t, "http://"+listen+"/metrics")
	assert.Equal(t, http.StatusOK, code)
	assert.Contains(t, metrics, `collector_feed_state{feed="activities",state="refused",tenant="demo",vendor="snaplogic"} 1`)
	assert.Regexp(t, `collector_lag_seconds\{feed="activities",tenant="demo",vendor="snaplogic"\} 86\d\d\d\.`, metrics)

	var table bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"feeds", "-config", config, "-db", db, "-listen", listen}, &table, io.Discard))
	assert.Regexp(t, `(?m)^snaplogic/demo/activities +- +- +refused: .*401 Unauthorized`, table.String())
	assert.Regexp(t, `(?m)^sdelements/demo/activities +\d{4}-\d\d-\d\dT[\d:]+Z +\d+s +following$`, table.String())

	require.NoError(t, os.WriteFile(secret, password, 0o600))
	c.waitFor(t, `msg="the feed is following" vendor=snaplogic tenant=demo feed=activities state=following was=refused`)
	code, _ = get(t, "http://"+listen+"/healthz")
	assert.Equal(t, http.StatusOK, code)
	require.Eventually(t, func() bool { return countRecords(t, db, "true") == 50 }, 30*time.Second, 10*time.Millisecond)
	require.NoError(t, c.stop())
	assert.NotContains(t, c.logged()+body+metrics+table.String(), "canary")
}

func TestSinceIsForNewFeeds(t *testing.T) {
	_, config := serveFakes(t, 10)
	db := filepath.Join(t.TempDir(), "activity.db")
	args := []string{"-config", config, "-db", db}
	require.NoError(t, run(t.Context(), append(args, "-since", "1h"), io.Discard, io.Discard))
	require.NoError(t, run(t.Context(), args, io.Discard, io.Discard), "since in the configuration is for new feeds")
	require.ErrorContains(t, run(t.Context(), append(args, "-since", "24h"), io.Discard, io.Discard),
		"-since is for new feeds, and aspera/demo/transfers, aspera/demo/application_events, snaplogic/demo/activities and 2 others continue from "+
			"their checkpoints: leave -since out. To read a feed again from a time on: collector replay -feed aspera/demo/transfers -since TIME")
}

// After a first run with -since in which a feed failed, the way to its start is the configuration.
func TestSinceForFeedThatFailed(t *testing.T) {
	_, config := serveFakes(t, 10)
	db := filepath.Join(t.TempDir(), "activity.db")
	args := []string{"-config", config, "-db", db}
	secret := filepath.Join(filepath.Dir(config), "snaplogic.password")
	password, err := os.ReadFile(secret)
	require.NoError(t, err)
	breakPassword(t, config)
	require.ErrorIs(t, run(t.Context(), append(args, "-since", "1h"), io.Discard, io.Discard), errReported)
	require.NoError(t, os.WriteFile(secret, password, 0o600))
	require.ErrorContains(t, run(t.Context(), append(args, "-since", "24h"), io.Discard, io.Discard),
		"leave -since out. For the feeds that are new, set since in the configuration, which only new feeds use. To read a feed again")
	require.ErrorContains(t, run(t.Context(), append([]string{"replay", "-feed", "snaplogic/demo/activities", "-since", "24h"}, args...), io.Discard, io.Discard),
		"snaplogic/demo/activities was never collected: set since in the configuration, which only new feeds use, and collect it")
	require.NoError(t, run(t.Context(), args, io.Discard, io.Discard))
	assert.Equal(t, 10, countRecords(t, db, "vendor = 'snaplogic'"))
}

// A collector that waits at the start logs a summary every hour too.
func TestSummaryWhileWaiting(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing", "activity.db")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Minute)
		defer cancel()
		var log bytes.Buffer
		require.NoError(t, run(ctx, []string{"-db", missing, "-follow"}, io.Discard, &log))
		assert.Equal(t, 2, strings.Count(log.String(), `msg="the collector is running" records=0`), log.String())
	})
}

// With -follow the collector waits for a file that another collector holds, and for a sink that is
// unavailable at the start.
func TestSinkUnavailableAtStart(t *testing.T) {
	_, config := serveFakes(t, 10)
	db, listen := filepath.Join(t.TempDir(), "activity.db"), freeAddress(t)
	other, err := sqlite.Open(t.Context(), db, sqlite.Records)
	require.NoError(t, err)
	c := follow(t, "-config", config, "-db", db, "-listen", listen)
	c.waitFor(t, `level=INFO msg="all feeds are on standby" state=standby reason="`+db+`: another collector is writing to this file`)
	code, body := get(t, "http://"+listen+"/healthz")
	assert.Equal(t, http.StatusOK, code, "a collector on standby is healthy")
	assert.Equal(t, 5, strings.Count(body, `"state": "standby"`), body)
	_, metrics := get(t, "http://"+listen+"/metrics")
	assert.NotRegexp(t, `collector_failures_total\{.*\} [1-9]`, metrics, "waiting for another collector is not a failure")
	require.NoError(t, other.Close())
	c.waitFor(t, `state=following was=standby`)
	assert.Equal(t, 1, strings.Count(c.logged(), "all feeds are on standby"), "logged once")

	folder := filepath.Join(t.TempDir(), "later")
	late := follow(t, "-config", config, "-db", filepath.Join(folder, "activity.db"))
	late.waitFor(t, `level=WARN msg="all feeds are retrying" state=retrying error="the folder `+folder+` does not exist`)
	require.NoError(t, os.Mkdir(folder, 0o700))
	late.waitFor(t, `state=following was=retrying`)

	// A file that is not SQLite ends the collector.
	require.NoError(t, c.stop())
	require.NoError(t, os.WriteFile(db, make([]byte, 5000), 0o600))
	for _, suffix := range []string{"-wal", "-shm"} {
		_ = os.Remove(db + suffix)
	}
	require.Error(t, run(t.Context(), []string{"-config", config, "-db", db, "-follow"}, io.Discard, io.Discard))
}

// A collector on standby takes over soon after the other has ended, also after many hours.
func TestStandbyLooksAgainAfterEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := filepath.Join(t.TempDir(), "activity.db")
		other, err := sqlite.Open(t.Context(), db, sqlite.Records)
		require.NoError(t, err)
		log := slog.New(slog.DiscardHandler)
		board := status.NewBoard(fakes.Feeds, time.Now(), time.Hour, log)
		s := settings{db: db, follow: true, every: time.Minute}
		begun := time.Now()
		const held = 3*time.Hour + time.Second
		defer time.AfterFunc(held, func() { assert.NoError(t, other.Close()) }).Stop()
		sink, err := s.openWithRetry(t.Context(), io.Discard, log, board)
		require.NoError(t, err)
		assert.InDelta(t, held, time.Since(begun), float64(time.Minute))
		require.NoError(t, sink.Close())
	})
}

// The reason of exit status 1 is logged at every level.
func TestReasonIsLoggedAtLevelError(t *testing.T) {
	_, config := serveFakes(t, 10)
	breakPassword(t, config)
	var log bytes.Buffer
	args := []string{"-config", config, "-db", filepath.Join(t.TempDir(), "activity.db"), "-log-level", "error"}
	require.ErrorIs(t, run(t.Context(), args, io.Discard, &log), errReported)
	assert.Contains(t, log.String(), `level=ERROR msg="the feed failed, and is not tried again" vendor=snaplogic`)
}

// An interrupt while the sink is opened is not a failure.
func TestInterruptWhileOpening(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	db := filepath.Join(t.TempDir(), "activity.db")
	made, err := sqlite.Open(ctx, db, sqlite.Records)
	require.NoError(t, err)
	require.NoError(t, made.Close())
	cancel()
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	board := status.NewBoard(fakes.Feeds, time.Now(), time.Hour, logger)
	s := settings{db: db, follow: true, every: time.Minute}
	_, err = s.openWithRetry(ctx, io.Discard, logger, board)
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, log.String())
	assert.Equal(t, status.Starting, board.Feeds()[0].State)
}

// A missing secret affects only its tenant, which is collected once the secret is there.
func TestMissingSecret(t *testing.T) {
	_, config := serveFakes(t, 10)
	secret := filepath.Join(filepath.Dir(config), "sdelements.token")
	token, err := os.ReadFile(secret)
	require.NoError(t, err)
	require.NoError(t, os.Remove(secret))
	db := filepath.Join(t.TempDir(), "activity.db")
	var out, problems bytes.Buffer
	require.ErrorIs(t, run(t.Context(), []string{"-config", config, "-db", db}, &out, &problems), errReported)
	assert.Contains(t, problems.String(), `msg="the feed failed, and is not tried again" vendor=sdelements tenant=demo feed=activities state=refused was=starting error="sdelements tenant \"demo\": token: `)
	assert.Equal(t, 40, countRecords(t, db, "true"))

	c := follow(t, "-config", config, "-db", db)
	c.waitFor(t, `msg="the feed is refused" vendor=sdelements`)
	require.NoError(t, os.WriteFile(secret, token, 0o600))
	require.Eventually(t, func() bool { return countRecords(t, db, "true") == 50 }, 30*time.Second, 10*time.Millisecond)
}

func TestLogJSON(t *testing.T) {
	_, config := serveFakes(t, 10)
	breakPassword(t, config)
	var all bytes.Buffer
	require.ErrorIs(t, run(t.Context(), []string{"-config", config, "-db", filepath.Join(t.TempDir(), "activity.db"), "-log-json", "-log-level", "debug"}, &all, &all), errReported)
	ends := 0
	for line := range strings.Lines(all.String()) {
		var entry map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &entry), line)
		if entry["msg"] == "the feed ends" {
			ends++
		}
		if entry["msg"] != "the collector starts" && entry["msg"] != "the collector ends" {
			assert.NotEmpty(t, entry["tenant"], line)
		}
	}
	assert.Equal(t, 5, ends)
}

func TestHourlySummary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		board := status.NewBoard(fakes.Feeds, time.Now().Add(-time.Hour), time.Hour, slog.New(slog.DiscardHandler))
		board.Stored(fakes.SnapLogicActivities, 7, time.Now(), 0)
		stop := inBackground(t.Context(), func(ctx context.Context) { logSummaries(ctx, board, slog.New(slog.NewTextHandler(&log, nil))) })
		<-time.After(150 * time.Minute)
		stop()
		assert.Equal(t, 2, strings.Count(log.String(), `msg="the collector is running" records=7 largest_lag=`), log.String())
		assert.Contains(t, log.String(), "largest_lag=3h0m0s of=aspera/demo/transfers starting=4 following=1")
	})
}

// Only records go to standard output. Everything else goes to the log.
func TestLines(t *testing.T) {
	_, config := serveFakes(t, 20)
	db := filepath.Join(t.TempDir(), "checkpoints.db")
	var out, problems bytes.Buffer
	args := []string{"-config", config, "-sink", "-", "-db", db, "-format", "event"}
	require.NoError(t, run(t.Context(), args, &out, &problems))
	keys := map[string]bool{}
	for line := range strings.Lines(out.String()) {
		var event activity.Event
		require.NoError(t, json.Unmarshal([]byte(line), &event), line)
		keys[event.Vendor+"/"+event.Feed+"/"+event.Key] = true
	}
	assert.Len(t, keys, 100)
	assert.Equal(t, 5, strings.Count(problems.String(), `msg="the feed ends"`))
	assert.Equal(t, 0, countRecords(t, db, "true"), "the file has checkpoints only")
	out.Reset()
	require.NoError(t, run(t.Context(), args, &out, &problems))
	assert.Empty(t, out.String())

	// The collector ends when the reader has gone. No checkpoint covers lines that the reader did
	// not get.
	fresh := filepath.Join(t.TempDir(), "checkpoints.db")
	args[5] = fresh
	require.ErrorIs(t, run(t.Context(), append(args, "-follow"), brokenPipe{}, &problems), store.ErrGone)
	require.NoError(t, run(t.Context(), args, &out, &problems))
	assert.Equal(t, 100, strings.Count(out.String(), "\n"))
}

// brokenPipe is a pipe without a reader.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// Without -config, the collector refuses a file with real records.
func TestForgottenConfiguration(t *testing.T) {
	_, config := serveFakes(t, 10)
	replaceInFile(t, config, "tenant: demo", "tenant: acme")
	db := filepath.Join(t.TempDir(), "activity.db")
	require.NoError(t, run(t.Context(), []string{"-config", config, "-db", db}, io.Discard, io.Discard))
	require.ErrorContains(t, run(t.Context(), []string{"-db", db}, io.Discard, io.Discard), "and without -config there are only invented ones")
	assert.Equal(t, 0, countRecords(t, db, "tenant = 'demo'"))
}

func TestLastErrorIsJSON(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"the sink":          {[]string{"-db", "no/such/folder/activity.db", "-log-json"}, "the folder no/such/folder does not exist"},
		"the configuration": {[]string{"-log-json", "-config", "no/such/folder/collector.yaml"}, "configuration: open no/such/folder/collector.yaml"},
		"an earlier flag":   {[]string{"-nonsense", "-log-json"}, "-h explains the flags"},
		"two hyphens":       {[]string{"-nonsense", "--log-json"}, "-h explains the flags"},
		"a value":           {[]string{"-nonsense", "-log-json=true"}, "-h explains the flags"},
		"the command":       {[]string{"nonsense", "-log-json"}, "unknown command"},
		"a conflict":        {[]string{"-every", "1m", "-log-json"}, "-every is for the rounds of -follow"},
	} {
		t.Run(name, func(t *testing.T) {
			var problems bytes.Buffer
			require.ErrorIs(t, run(t.Context(), tt.args, io.Discard, &problems), errReported)
			var entry map[string]any
			for line := range strings.Lines(problems.String()) {
				require.NoError(t, json.Unmarshal([]byte(line), &entry), line)
			}
			assert.Equal(t, "the collector failed", entry["msg"])
			assert.Contains(t, entry["error"], tt.says)
		})
	}
	for _, arg := range []string{"-log-json=false", "-log-json=maybe", "log-json"} {
		var problems bytes.Buffer
		require.NotErrorIs(t, run(t.Context(), []string{"-nonsense", arg}, io.Discard, &problems), errReported, arg)
	}
}

// A feed that cannot be opened has the lag of its checkpoint, not that of a new feed.
func TestLagOfFeedThatCannotBeOpened(t *testing.T) {
	_, config := serveFakes(t, 10)
	db, listen := filepath.Join(t.TempDir(), "activity.db"), freeAddress(t)
	require.NoError(t, run(t.Context(), []string{"-config", config, "-db", db}, io.Discard, io.Discard))
	require.NoError(t, os.Remove(filepath.Join(filepath.Dir(config), "snaplogic.password")))
	c := follow(t, "-config", config, "-db", db, "-listen", listen)
	c.waitFor(t, `msg="the feed is refused" vendor=snaplogic`)
	_, metrics := get(t, "http://"+listen+"/metrics")
	assert.Regexp(t, `collector_lag_seconds\{feed="activities",tenant="demo",vendor="snaplogic"\} \d\.`, metrics)
}
