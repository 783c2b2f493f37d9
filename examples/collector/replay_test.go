package main

import (
	"bytes"
	"database/sql"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/test/servertest"
)

func TestReplay(t *testing.T) {
	_, config := serveFakes(t, 100)
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
	require.Equal(t, 67, countRecords(t, db, "vendor = 'sdelements'"), "an ordinary run does not read the records again")

	var log bytes.Buffer
	replay := append([]string{"replay", "-feed", "sdelements/demo/activities", "-since", "720h"}, args...)
	require.NoError(t, run(t.Context(), replay, io.Discard, &log))
	assert.Contains(t, log.String(), `msg="the feed was read again" vendor=sdelements tenant=demo feed=activities records=100`)
	assert.Equal(t, 100, countRecords(t, db, "vendor = 'sdelements'"))
	after := checkpoint()
	require.NoError(t, run(t.Context(), replay, io.Discard, io.Discard))
	assert.Equal(t, after, checkpoint(), "the replay changed the checkpoint")
	require.NoError(t, file.Close())

	require.ErrorContains(t, run(t.Context(), append(replay, "-since", "1ns"), io.Discard, io.Discard), "is not before ")
	file, err = sql.Open("sqlite", db)
	require.NoError(t, err)
	_, err = file.ExecContext(t.Context(), "UPDATE feeds SET checkpoint = json_set(checkpoint, '$.watermark', '2999-01-01T00:00:00Z') WHERE vendor = 'sdelements'")
	require.NoError(t, err)
	var said bytes.Buffer
	require.ErrorIs(t, run(t.Context(), args, io.Discard, &said), errReported)
	assert.Contains(t, said.String(), "the feed is stored up to 2999-01-01T00:00:00Z, and the clock is behind that")
	require.NoError(t, run(t.Context(), replay, io.Discard, io.Discard), "the feed starts over")
	require.NoError(t, run(t.Context(), args, io.Discard, io.Discard))
	assert.Equal(t, 100, countRecords(t, db, "vendor = 'sdelements'"))
	require.NoError(t, file.Close())

	fresh := append([]string{"replay", "-feed", "sdelements/demo/activities", "-since", "720h"}, "-config", config, "-db", filepath.Join(t.TempDir(), "new.db"))
	require.ErrorContains(t, run(t.Context(), fresh, io.Discard, io.Discard), "new.db does not exist: nothing was collected into it yet")
}

// A replay waits for the lease of a collector that was killed, and is refused while one runs.
func TestReplayIntoStream(t *testing.T) {
	nats, err := servertest.NATS()
	require.NoError(t, err)
	defer nats.Stop()
	_, config := serveFakes(t, 100)
	// A lease that is too short for a machine that stalls would let the replay take over.
	replaceInFile(t, config, "lease: 1s", "lease: 5s")
	args := []string{"-config", config, "-sink", nats.URL}
	replay := append([]string{"replay", "-feed", "sdelements/demo/activities", "-since", "720h"}, args...)
	collector, out := startProcess(t, append(args, "-follow")...)
	require.Eventually(t, func() bool { return strings.Contains(readFile(t, out), "the feed is following\" vendor=sdelements") }, 30*time.Second, 5*time.Millisecond)
	require.ErrorIs(t, run(t.Context(), replay, io.Discard, io.Discard), errFeedInUse)

	require.NoError(t, collector.Process.Kill())
	require.Error(t, collector.Wait())
	var log bytes.Buffer
	require.NoError(t, run(t.Context(), replay, io.Discard, &log), "the holder of the lease is dead")
	assert.Contains(t, log.String(), `msg="the feed was read again" vendor=sdelements tenant=demo feed=activities records=100`)
}
