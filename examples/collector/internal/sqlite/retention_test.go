package sqlite_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

func TestDeleteBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	began := time.Now()
	records := append(many(6000, 10), activity.Event{Key: "no time", Raw: []byte("{}")})
	require.NoError(t, writer.Store(t.Context(), records, storetest.Checkpoint(1)))
	ended := time.Now()

	n, err := sink.DeleteBefore(t.Context(), time.Time{})
	require.NoError(t, err)
	assert.Zero(t, n)
	n, err = sink.DeleteBefore(t.Context(), time.Date(2026, 1, 1, 0, 0, 5500, 0, time.UTC))
	require.NoError(t, err)
	assert.Equal(t, 5500, n)
	assert.Equal(t, [][]byte{[]byte("key-00005500")}, query(t, path, "SELECT min(key) FROM records"))

	// One without a time counts by when it was stored.
	n, err = sink.DeleteBefore(t.Context(), began)
	require.NoError(t, err)
	assert.Equal(t, 500, n)
	assert.Equal(t, [][]byte{[]byte("no time")}, query(t, path, "SELECT key FROM records"))
	n, err = sink.DeleteBefore(t.Context(), ended)
	require.NoError(t, err)
	assert.Equal(t, 1, n)

	// Checkpoints stay, and numbers are not used again.
	assert.Equal(t, [][]byte{[]byte("1")}, query(t, path, "SELECT count(*) FROM feeds"))
	require.NoError(t, writer.Store(t.Context(), events("new"), storetest.Checkpoint(2)))
	assert.Equal(t, [][]byte{[]byte("6002")}, query(t, path, "SELECT seq FROM records"))
	assert.Equal(t, [][]byte{[]byte("ok")}, query(t, path, "PRAGMA integrity_check"))
}

func TestDeleteBeforeOfMigratedRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	writeVersion1(t, path, 100) // every tenth without a time
	sink := open(t, path)
	n, err := sink.DeleteBefore(t.Context(), later)
	require.NoError(t, err)
	assert.Equal(t, 89, n) // the third record was deleted before
	assert.Equal(t, [][]byte{[]byte("10")}, query(t, path, "SELECT count(*) FROM records"))

	// They are older than the first record whose time of storing is known.
	writer := hold(t, sink, feed)
	began := time.Now()
	require.NoError(t, writer.Store(t.Context(), []activity.Event{{Key: "new", Time: later, Raw: []byte("{}")}}, storetest.Checkpoint(1)))
	n, err = sink.DeleteBefore(t.Context(), began)
	require.NoError(t, err)
	assert.Zero(t, n)
	n, err = sink.DeleteBefore(t.Context(), time.Now())
	require.NoError(t, err)
	assert.Equal(t, 10, n)
	assert.Equal(t, [][]byte{[]byte("new")}, query(t, path, "SELECT key FROM records"))
}

// A deletion that fails has deleted what its earlier transactions did, and counts it.
func TestDeletionInParts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	require.NoError(t, writer.Store(t.Context(), many(6000, 10), storetest.Checkpoint(1)))
	execute(t, path, "CREATE TRIGGER hook AFTER DELETE ON records WHEN old.key = 'key-00005500' BEGIN SELECT called_by_test(old.key); END")
	inSQL(t, func() error { return errors.New("canary") })

	n, err := sink.DeleteBefore(t.Context(), later)
	require.ErrorContains(t, err, "canary")
	assert.Equal(t, 5000, n)
	require.NoError(t, writer.Store(t.Context(), events("new"), storetest.Checkpoint(2)))
	assert.Equal(t, [][]byte{[]byte("1001")}, query(t, path, "SELECT count(*) FROM records"))
}

func TestPresent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	present, err := sink.Present(t.Context())
	require.NoError(t, err)
	assert.Zero(t, present, "nothing was collected")

	other := store.FeedID{Vendor: "opswat", Tenant: "acme", Feed: "activities"}
	require.NoError(t, hold(t, sink, feed).Store(t.Context(), nil, storetest.Checkpoint(7)))
	require.NoError(t, hold(t, sink, other).Store(t.Context(), nil, storetest.Checkpoint(9)))
	execute(t, path, "INSERT INTO feeds VALUES ('aspera', 'acme', 'transfers', 'somebody changed it', 'then')")
	present, err = sink.Present(t.Context())
	require.NoError(t, err)
	assert.Zero(t, present, "there is no record")

	writer := hold(t, sink, store.FeedID{Vendor: "snaplogic", Tenant: "other", Feed: "activities"})
	require.NoError(t, writer.Store(t.Context(), events("no time"), storetest.Checkpoint(8)))
	execute(t, path, "UPDATE records SET time = NULL, collected_at = '2026-01-02T03:04:06.000000000Z'")
	present, err = sink.Present(t.Context())
	require.NoError(t, err)
	assert.Equal(t, storetest.Epoch.Add(time.Second), present, "a record without a time counts by when it was stored")

	add := func(at time.Time) {
		t.Helper()
		require.NoError(t, writer.Store(t.Context(), []activity.Event{{Key: at.String(), Time: at, Raw: []byte("{}")}}, storetest.Checkpoint(8)))
	}
	add(storetest.Epoch.Add(5*time.Second + time.Nanosecond))
	present, err = sink.Present(t.Context())
	require.NoError(t, err)
	assert.Equal(t, storetest.Epoch.Add(5*time.Second+time.Nanosecond), present, "the newest record")
	add(later)
	present, err = sink.Present(t.Context())
	require.NoError(t, err)
	assert.Equal(t, storetest.Epoch.Add(9*time.Second), present, "the newest watermark")

	add(time.Now().Add(time.Hour))
	execute(t, path, "UPDATE feeds SET checkpoint = json_set(checkpoint, '$.watermark', '2999-01-01T00:00:00Z') WHERE vendor = 'opswat'")
	present, err = sink.Present(t.Context())
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), present, time.Minute, "the clock is behind, or the checkpoint is wrong")
	execute(t, path, "UPDATE records SET time = 'somebody changed it'")
	_, err = sink.Present(t.Context())
	require.ErrorContains(t, err, "the newest record has the time \"somebody changed it\"")
}
