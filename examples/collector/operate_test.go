package main

import (
	"bytes"
	"context"
	"database/sql"
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

// running is a collector that follows, in this process.
type running struct {
	mu   sync.Mutex
	log  bytes.Buffer
	stop func() error
}

func (r *running) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.Write(p)
}

func (r *running) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

func follow(t *testing.T, args ...string) *running {
	t.Helper()
	r := new(running)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, append(args, "-follow"), io.Discard, r) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { assert.NoError(t, r.stop(), r.said()) })
	return r
}

func (r *running) waitFor(t *testing.T, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(r.said(), text) }, 30*time.Second, 5*time.Millisecond, "%s", text)
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

// outdate replaces the SnapLogic password of the fakes' configuration by a wrong one. It returns
// the file that holds it.
func outdate(t *testing.T, config string) (secret string) {
	t.Helper()
	secret = filepath.Join(filepath.Dir(config), "snaplogic.password")
	require.NoError(t, os.WriteFile(secret, []byte("canary-password"), 0o600))
	return secret
}

// What an operator sees while a tenant's password is wrong, and after it was replaced.
func TestARefusedTenantIsSeenAndComesBack(t *testing.T) {
	services, config := served(t, 10)
	right := services.SnapLogic // whose password the file has
	require.NotNil(t, right)
	secret := filepath.Join(filepath.Dir(config), "snaplogic.password")
	password, err := os.ReadFile(secret)
	require.NoError(t, err)
	outdate(t, config)
	db, listen := filepath.Join(t.TempDir(), "activity.db"), freeAddress(t)
	c := follow(t, "-config", config, "-db", db, "-listen", listen)
	c.waitFor(t, `level=WARN msg="the feed is refused" vendor=snaplogic tenant=demo feed=activities state=refused was=starting error=`)
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
	require.Eventually(t, func() bool { return count(t, db, "true") == 50 }, 30*time.Second, 10*time.Millisecond)
	require.NoError(t, c.stop())
	assert.NotContains(t, c.said()+body+metrics+table.String(), "canary")
}

func TestFeedsWithoutACollector(t *testing.T) {
	db := filepath.Join(t.TempDir(), "activity.db")
	var out bytes.Buffer
	require.ErrorContains(t, run(t.Context(), []string{"feeds", "-db", db}, &out, io.Discard), db)
	assert.Equal(t, 5, strings.Count(out.String(), " -\n"), out.String())
	assert.NoFileExists(t, db, "a look makes no file")
	require.NoError(t, run(t.Context(), []string{"-db", db}, io.Discard, io.Discard))
	require.NoError(t, run(t.Context(), []string{"feeds", "-db", db}, &out, io.Discard))
	assert.Regexp(t, `(?m)^FEED +STORED UP TO +LAG +STATE$`, out.String())
	assert.Regexp(t, `(?m)^opswat/demo/activities +\S+Z +\S+s +-$`, out.String())
	assert.Contains(t, out.String(), "No -listen is set here.")
	out.Reset()
	require.NoError(t, run(t.Context(), []string{"feeds", "-db", db, "-listen", freeAddress(t)}, &out, io.Discard))
	assert.Contains(t, out.String(), "no collector answers on 127.0.0.1:")
}

func TestCheck(t *testing.T) {
	services, config := served(t, 10)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-config", config, "-check"}, &out, io.Discard))
	assert.Equal(t, 5, strings.Count(out.String(), " yes\n"), out.String())
	assert.Regexp(t, `(?m)^VENDOR +TENANT +FEED +ACCEPTED$`, out.String())
	requests := len(services.SnapLogic.Requests()) + len(services.SDElements.Requests()) + len(services.OPSWAT.APIRequests())
	assert.Equal(t, 3, requests, "one record each")

	outdate(t, config)
	require.NoError(t, os.Remove(filepath.Join(filepath.Dir(config), "sdelements.token")))
	services.OPSWAT.Close()
	out.Reset()
	require.ErrorIs(t, run(t.Context(), []string{"-config", config, "-check"}, &out, io.Discard), errReported)
	assert.Equal(t, 2, strings.Count(out.String(), " yes\n"), out.String())
	assert.Regexp(t, `(?m)^snaplogic +demo +activities +no: .*401 Unauthorized`, out.String())
	assert.Regexp(t, `(?m)^sdelements +demo +activities +no: sdelements tenant "demo": token: .*no such file`, out.String())
	assert.Regexp(t, `(?m)^opswat +demo +activities +no: .*connection refused`, out.String())
	assert.Contains(t, out.String(), "\n3 of 5 feeds are not accepted\n")
	assert.NotContains(t, out.String(), "canary")
}

func TestSinceIsForNewFeeds(t *testing.T) {
	_, config := served(t, 10)
	db := filepath.Join(t.TempDir(), "activity.db")
	args := []string{"-config", config, "-db", db}
	require.NoError(t, run(t.Context(), append(args, "-since", "1h"), io.Discard, io.Discard))
	require.NoError(t, run(t.Context(), args, io.Discard, io.Discard), "since in the configuration is for new feeds")
	require.ErrorContains(t, run(t.Context(), append(args, "-since", "24h"), io.Discard, io.Discard),
		"-since is for new feeds, and aspera/demo/transfers, aspera/demo/application_events, snaplogic/demo/activities and 2 others go on from "+
			"where they are stored: leave -since out. To read a feed again from a time on: collector replay -feed aspera/demo/transfers -since TIME")
}

func TestReplayStoresWhatIsMissing(t *testing.T) {
	_, config := served(t, 100)
	db := filepath.Join(t.TempDir(), "activity.db")
	args := []string{"-config", config, "-db", db}
	require.NoError(t, run(t.Context(), args, io.Discard, io.Discard))
	file, err := sql.Open("sqlite", db)
	require.NoError(t, err)
	_, err = file.ExecContext(t.Context(), "DELETE FROM records WHERE vendor = 'sdelements' AND CAST(key AS INTEGER) % 3 = 0")
	require.NoError(t, err)
	checkpoint := func() (text string) {
		require.NoError(t, file.QueryRowContext(t.Context(), "SELECT checkpoint FROM feeds WHERE vendor = 'sdelements'").Scan(&text))
		return text
	}
	require.NoError(t, run(t.Context(), args, io.Discard, io.Discard))
	require.Equal(t, 67, count(t, db, "vendor = 'sdelements'"), "what was collected is not read again")

	var log bytes.Buffer
	replay := append([]string{"replay", "-feed", "sdelements/demo/activities", "-since", "720h"}, args...)
	require.NoError(t, run(t.Context(), replay, io.Discard, &log))
	assert.Contains(t, log.String(), `msg="the feed was read again" vendor=sdelements tenant=demo feed=activities records=100`)
	assert.Equal(t, 100, count(t, db, "vendor = 'sdelements'"))
	after := checkpoint()
	require.NoError(t, run(t.Context(), replay, io.Discard, io.Discard))
	assert.Equal(t, after, checkpoint(), "a replay does not")
	require.NoError(t, file.Close())

	require.ErrorContains(t, run(t.Context(), append(replay, "-since", "1ns"), io.Discard, io.Discard), "is not before ")
	file, err = sql.Open("sqlite", db)
	require.NoError(t, err)
	_, err = file.ExecContext(t.Context(), "UPDATE feeds SET checkpoint = json_set(checkpoint, '$.watermark', '2999-01-01T00:00:00Z') WHERE vendor = 'sdelements'")
	require.NoError(t, err)
	var said bytes.Buffer
	require.ErrorIs(t, run(t.Context(), args, io.Discard, &said), errReported)
	assert.Contains(t, said.String(), "the feed is stored up to 2999-01-01T00:00:00Z, and the clock is behind that")
	require.NoError(t, run(t.Context(), replay, io.Discard, io.Discard), "begins anew")
	require.NoError(t, run(t.Context(), args, io.Discard, io.Discard))
	assert.Equal(t, 100, count(t, db, "vendor = 'sdelements'"))
	require.NoError(t, file.Close())

	fresh := append([]string{"replay", "-feed", "sdelements/demo/activities", "-since", "720h"}, "-config", config, "-db", filepath.Join(t.TempDir(), "new.db"))
	require.ErrorContains(t, run(t.Context(), fresh, io.Discard, io.Discard), "new.db does not exist: nothing was collected into it yet")
}

// With -follow a sink that is not to be had at the start is waited for, as one that goes away
// later.
func TestTheStartIsPatient(t *testing.T) {
	_, config := served(t, 10)
	db, listen := filepath.Join(t.TempDir(), "activity.db"), freeAddress(t)
	other, err := sqlite.Open(t.Context(), db, sqlite.Records)
	require.NoError(t, err)
	c := follow(t, "-config", config, "-db", db, "-listen", listen)
	c.waitFor(t, `level=WARN msg="all feeds are retrying" state=retrying error="`+db+`: another collector is writing to this file`)
	_, body := get(t, "http://"+listen+"/healthz")
	assert.Equal(t, 5, strings.Count(body, `"state": "retrying"`), body)
	require.NoError(t, other.Close())
	c.waitFor(t, `state=following was=retrying`)

	// What waiting does not mend ends it.
	require.NoError(t, c.stop())
	require.NoError(t, os.WriteFile(db, make([]byte, 5000), 0o600))
	for _, suffix := range []string{"-wal", "-shm"} {
		_ = os.Remove(db + suffix)
	}
	require.Error(t, run(t.Context(), []string{"-config", config, "-db", db, "-follow"}, io.Discard, io.Discard))
}

// A tenant whose secret is missing leaves the others alone. It is collected once the secret is
// there.
func TestAMissingSecret(t *testing.T) {
	_, config := served(t, 10)
	secret := filepath.Join(filepath.Dir(config), "sdelements.token")
	token, err := os.ReadFile(secret)
	require.NoError(t, err)
	require.NoError(t, os.Remove(secret))
	db := filepath.Join(t.TempDir(), "activity.db")
	var out, problems bytes.Buffer
	require.ErrorIs(t, run(t.Context(), []string{"-config", config, "-db", db}, &out, &problems), errReported)
	assert.Contains(t, problems.String(), `msg="the feed is refused" vendor=sdelements tenant=demo feed=activities state=refused was=starting error="sdelements tenant \"demo\": token: `)
	assert.Equal(t, 40, count(t, db, "true"))

	c := follow(t, "-config", config, "-db", db)
	c.waitFor(t, `msg="the feed is refused" vendor=sdelements`)
	require.NoError(t, os.WriteFile(secret, token, 0o600))
	require.Eventually(t, func() bool { return count(t, db, "true") == 50 }, 30*time.Second, 10*time.Millisecond)
}

func TestJSONMeansJSON(t *testing.T) {
	_, config := served(t, 10)
	outdate(t, config)
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

// hourlySink is asked to delete.
type hourlySink struct {
	store.Sink
	before []time.Time
}

func (h *hourlySink) DeleteBefore(_ context.Context, t time.Time) (int, error) {
	h.before = append(h.before, t)
	return len(h.before), nil
}

func TestHourly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, nil))
		board := status.NewBoard(fakes.Feeds, time.Now().Add(-time.Hour), time.Hour, slog.New(slog.DiscardHandler))
		board.Stored(fakes.SnapLogicActivities, 7, time.Now(), 0)
		sink := new(hourlySink)
		begun := time.Now()
		s := settings{keep: 24 * time.Hour}
		require.NoError(t, s.whileCollecting(t.Context(), sink, board, logger, func(context.Context) error {
			<-time.After(150 * time.Minute)
			return nil
		}))
		assert.Equal(t, []time.Time{begun.Add(-24 * time.Hour), begun.Add(-23 * time.Hour), begun.Add(-22 * time.Hour)}, sink.before)
		assert.Equal(t, 2, strings.Count(log.String(), `msg="the collector is running" records=7 largest_lag=`), log.String())
		assert.Contains(t, log.String(), "largest_lag=3h0m0s of=aspera/demo/transfers starting=4 following=1")
		assert.Equal(t, 3, strings.Count(log.String(), `msg="old records were deleted" records=`))
	})
}

// Lines go to standard output and everything else to the log, so that a pipe carries records alone.
func TestLines(t *testing.T) {
	_, config := served(t, 20)
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
	assert.Equal(t, 0, count(t, db, "true"), "the file has the checkpoints alone")
	out.Reset()
	require.NoError(t, run(t.Context(), args, &out, &problems))
	assert.Empty(t, out.String())

	// A reader that is gone ends the collector, and no checkpoint counts what it did not get.
	fresh := filepath.Join(t.TempDir(), "checkpoints.db")
	args[5] = fresh
	require.ErrorIs(t, run(t.Context(), append(args, "-follow"), broken{}, &problems), store.ErrGone)
	require.NoError(t, run(t.Context(), args, &out, &problems))
	assert.Equal(t, 100, strings.Count(out.String(), "\n"))
}

// broken is a pipe whose reader has ended.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// What would go wrong silently is an error.
func TestForgottenConfiguration(t *testing.T) {
	_, config := served(t, 10)
	edit(t, config, "tenant: demo", "tenant: acme")
	db := filepath.Join(t.TempDir(), "activity.db")
	require.NoError(t, run(t.Context(), []string{"-config", config, "-db", db}, io.Discard, io.Discard))
	require.ErrorContains(t, run(t.Context(), []string{"-db", db}, io.Discard, io.Discard), "and without -config there are only invented ones")
	assert.Equal(t, 0, count(t, db, "tenant = 'demo'"))
}

// The last line of a collector that fails is JSON too.
func TestTheLastErrorIsJSON(t *testing.T) {
	var problems bytes.Buffer
	require.ErrorIs(t, run(t.Context(), []string{"-db", "no/such/folder/activity.db", "-log-json"}, io.Discard, &problems), errReported)
	var entry map[string]any
	for line := range strings.Lines(problems.String()) {
		require.NoError(t, json.Unmarshal([]byte(line), &entry), line)
	}
	assert.Equal(t, "the collector failed", entry["msg"])
	assert.Contains(t, entry["error"], "the folder no/such/folder does not exist")
}

// A feed that cannot be opened has the lag of what is stored, and not that of a new feed.
func TestLagOfAFeedThatCannotBeOpened(t *testing.T) {
	_, config := served(t, 10)
	db, listen := filepath.Join(t.TempDir(), "activity.db"), freeAddress(t)
	require.NoError(t, run(t.Context(), []string{"-config", config, "-db", db}, io.Discard, io.Discard))
	require.NoError(t, os.Remove(filepath.Join(filepath.Dir(config), "snaplogic.password")))
	c := follow(t, "-config", config, "-db", db, "-listen", listen)
	c.waitFor(t, `msg="the feed is refused" vendor=snaplogic`)
	_, metrics := get(t, "http://"+listen+"/metrics")
	assert.Regexp(t, `collector_lag_seconds\{feed="activities",tenant="demo",vendor="snaplogic"\} \d\.`, metrics)
}
