package recorded_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/report/internal/recorded"
	"github.com/activity-sdk/activity/examples/report/internal/recorded/recordedtest"
	"github.com/activity-sdk/activity/snaplogic"
)

var noon = time.Date(2026, time.May, 8, 12, 0, 0, 0, time.UTC)

// event returns an event of SnapLogic, with a Raw that has the key as its id.
func event(key string, at time.Time) activity.Event {
	return activity.Event{Vendor: "snaplogic", Tenant: "acme", Feed: "activities", Key: key, Time: at, Kind: activity.KindUpdate, Action: "asset_update",
		Actor: activity.Actor{Email: "ada@example.com", Address: "192.0.2.1"}, Target: activity.Target{Type: "Pipeline", Name: "Load"}, Message: "a message",
		Raw: fmt.Appendf(nil, `{"_id":%q,"event_type":"asset_update","create_time":%q}`, key, at.Format(time.RFC3339Nano))}
}

func open(t *testing.T, path, tenant string) *recorded.File {
	t.Helper()
	file, err := recorded.Open(t.Context(), path, tenant)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	return file
}

func ids(t *testing.T, list activity.List[snaplogic.Activity]) (ids []string) {
	t.Helper()
	for a, err := range list.All(t.Context()) {
		require.NoError(t, err)
		ids = append(ids, a.ID)
	}
	return ids
}

func TestVersions(t *testing.T) {
	for _, version := range []int{1, 2} {
		path, _ := recordedtest.Write(t, version, event("b", noon), event("a", noon.Add(-time.Hour)))
		file := open(t, path, "")
		assert.Equal(t, []string{"b", "a"}, ids(t, file.SnapLogic(noon.Add(-time.Hour), noon.Add(1), nil)), "in the order in which they were stored")
		contents, err := file.Contents(t.Context(), "snaplogic")
		require.NoError(t, err)
		assert.Equal(t, recorded.Contents{Tenants: []string{"acme"}, Records: 2, Newest: noon}, contents)
	}
}

func TestOpenErrors(t *testing.T) {
	later, _ := recordedtest.Write(t, 3)
	first, _ := recordedtest.Write(t, 0)
	other := filepath.Join(t.TempDir(), "other.db")
	db, err := sql.Open("sqlite", other)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "CREATE TABLE records (a)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	text := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(text, []byte("this is not a database, and it is long enough to be looked at as one"), 0o600))
	missing := filepath.Join(t.TempDir(), "missing.db")
	for path, says := range map[string]string{
		later:   "has schema 3 of the collector's file, and this program reads 1 to 2",
		first:   "has schema 0",
		other:   "is not a file of the collector",
		text:    "cannot be read as a SQLite file",
		missing: "no such file",
	} {
		_, err := recorded.Open(t.Context(), path, "")
		require.ErrorContains(t, err, says)
	}
	assert.NoFileExists(t, missing, "Open creates no file")
}

func TestOpenEscapesPath(t *testing.T) {
	path, db := recordedtest.Write(t, recordedtest.Version, event("a", noon))
	require.NoError(t, db.Close()) // which also removes -wal and -shm
	odd := filepath.Join(t.TempDir(), "a b?c#d%e&mode=rwc.db")
	require.NoError(t, os.Rename(path, odd))
	file := open(t, odd, "")
	assert.Equal(t, []string{"a"}, ids(t, file.SnapLogic(time.Time{}, time.Time{}, nil)))
}

func TestOpenDuringWrites(t *testing.T) {
	path, db := recordedtest.Write(t, recordedtest.Version, event("a", noon))
	writing, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = writing.ExecContext(t.Context(), "UPDATE records SET message = 'not yet'")
	require.NoError(t, err)
	file := open(t, path, "")
	count := func() int {
		n, err := file.Count(t.Context(), time.Time{})
		require.NoError(t, err)
		return n
	}
	assert.Equal(t, 1, count())
	require.NoError(t, writing.Commit())
	recordedtest.Insert(t, db, event("b", noon))
	assert.Equal(t, 1, count(), "a file shows the state at the time of Open")
	events, err := file.Newest(t.Context(), time.Time{}, 9)
	require.NoError(t, err)
	assert.Equal(t, "a message", events[0].Message)
	later := open(t, path, "")
	n, err := later.Count(t.Context(), time.Time{})
	require.NoError(t, err)
	assert.Equal(t, 2, n)
}

func TestPagesAndBounds(t *testing.T) {
	var events []activity.Event
	for i := range 1234 {
		events = append(events, event(fmt.Sprintf("%04d", i), noon.Add(time.Duration(i)*time.Nanosecond)))
	}
	path, _ := recordedtest.Write(t, recordedtest.Version, events...)
	file := open(t, path, "")
	got := ids(t, file.SnapLogic(noon.Add(3), noon.Add(1230), nil))
	require.Len(t, got, 1227)
	assert.Equal(t, "0003", got[0])
	assert.Equal(t, "1229", got[1226])
	assert.Empty(t, ids(t, file.SnapLogic(noon, noon.Add(1230), []snaplogic.EventType{snaplogic.EventUserDelete})))
	assert.Len(t, ids(t, file.SnapLogic(noon, time.Time{}, []snaplogic.EventType{snaplogic.EventUserDelete, snaplogic.EventAssetUpdate})), 1234)

	newest, err := file.Newest(t.Context(), noon.Add(1000), 2)
	require.NoError(t, err)
	require.Len(t, newest, 2)
	assert.Equal(t, events[1233], newest[0])
	assert.Equal(t, events[1232], newest[1])
	n, err := file.Count(t.Context(), noon.Add(1000))
	require.NoError(t, err)
	assert.Equal(t, 234, n)
}

func TestDamagedRecords(t *testing.T) {
	undated, broken := event("undated", time.Time{}), event("broken", noon)
	broken.Raw = []byte(`{"_id":"half`)
	path, _ := recordedtest.Write(t, recordedtest.Version, undated, broken, event("a", noon.Add(-time.Hour)))
	file := open(t, path, "")
	assert.Equal(t, []string{"", "a"}, ids(t, file.SnapLogic(noon.Add(-time.Hour), noon.Add(1), nil)), "without fields, as in the service's list")
	contents, err := file.Contents(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, 1, contents.Undated)
	newest, err := file.Newest(t.Context(), time.Time{}, 9)
	require.NoError(t, err)
	assert.Equal(t, []string{"broken", "a", "undated"}, []string{newest[0].Key, newest[1].Key, newest[2].Key})
	assert.True(t, newest[2].Time.IsZero())
}

// A time that is no time counts as none, and does not hide the newest.
func TestUnreadableTimes(t *testing.T) {
	path, db := recordedtest.Write(t, recordedtest.Version, event("a", noon), event("undated", time.Time{}), event("b", noon.Add(-time.Hour)))
	for _, text := range []string{"zzz", "", "2026", "2027-13-01T00:00:00.000000000Z", "2027-02-30T00:00:00.000000000Z", "2027-01-01T24:00:00.000000000Z", "2027-01-01T00:00:00Z", "2027-01-01T00:00:00.00000000xZ"} {
		recordedtest.Insert(t, db, event("unreadable "+text, noon))
		_, err := db.ExecContext(t.Context(), "UPDATE records SET time = ? WHERE key = ?", text, "unreadable "+text)
		require.NoError(t, err)
	}
	contents, err := open(t, path, "").Contents(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, recorded.Contents{Tenants: []string{"acme"}, Records: 11, Undated: 9, Newest: noon}, contents)
}

func TestOPSWATTimes(t *testing.T) {
	access := activity.Event{Vendor: "opswat", Tenant: "acme", Feed: "activities", Key: "1", Time: noon,
		Raw: []byte(`{"timestamp":"May 8, 2026 8:00:00 AM","app_name":"Slack"}`)} // in New York
	path, _ := recordedtest.Write(t, recordedtest.Version, access)
	all, err := open(t, path, "").OPSWAT(noon, noon.Add(1)).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, noon, all[0].Timestamp)
	assert.Equal(t, "Slack", all[0].AppName)
}

func TestTransfersOfTwoTenants(t *testing.T) {
	transfer := activity.Event{Vendor: "aspera", Tenant: "acme", Feed: "transfers", Key: "1", Time: noon, Raw: []byte(`{"uuid":"u","direction":"send"}`)}
	other, unnamed := transfer, transfer
	other.Tenant = "zeta"
	unnamed.Key, unnamed.Raw = "2", []byte(`{"direction":"send"}`)
	path, _ := recordedtest.Write(t, recordedtest.Version, transfer, other, unnamed)
	all, err := open(t, path, "").Transfers(noon, noon.Add(1)).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, []string{"acme/u", "zeta/u", ""}, []string{all[0].UUID, all[1].UUID, all[2].UUID})
}

func TestTenants(t *testing.T) {
	other := event("b", noon)
	other.Tenant = "zeta"
	path, _ := recordedtest.Write(t, recordedtest.Version, event("a", noon), other)
	all, one := open(t, path, ""), open(t, path, "zeta")
	assert.Equal(t, []string{"a", "b"}, ids(t, all.SnapLogic(noon, noon.Add(1), nil)))
	assert.Equal(t, []string{"b"}, ids(t, one.SnapLogic(noon, noon.Add(1), nil)))
	contents, err := one.Contents(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, []string{"zeta"}, contents.Tenants)
	_, err = recorded.Open(t.Context(), path, "nobody")
	require.ErrorContains(t, err, `has no records of a tenant "nobody"; it has acme, zeta`)
}

func TestActors(t *testing.T) {
	var events []activity.Event
	for i, actor := range []activity.Actor{{Email: "ada@example.com"}, {Name: "Public link"}, {ID: "17"}, {}} {
		e := event(string(rune('a'+i)), noon)
		e.Actor = actor
		events = append(events, e)
	}
	path, _ := recordedtest.Write(t, recordedtest.Version, events...)
	var actors []activity.Actor
	for e, err := range open(t, path, "").Events(t.Context(), noon, noon.Add(1)) {
		require.NoError(t, err)
		assert.Nil(t, e.Raw)
		actors = append(actors, e.Actor)
	}
	assert.Equal(t, []activity.Actor{{Email: "ada@example.com"}, {Name: "Public link"}, {ID: "17"}, {}}, actors)
}

func TestListErrors(t *testing.T) {
	path, _ := recordedtest.Write(t, recordedtest.Version, event("a", noon))
	file := open(t, path, "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := file.SnapLogic(noon, noon.Add(1), nil).Collect(ctx, 0)
	require.ErrorIs(t, err, context.Canceled)
	_, err = file.SnapLogic(noon, noon.Add(1), nil).From("7").Collect(t.Context(), 0)
	require.ErrorContains(t, err, "cannot be resumed")
	for _, err := range file.Events(ctx, noon, noon.Add(1)) {
		require.ErrorIs(t, err, context.Canceled)
	}
}
