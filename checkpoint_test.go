package activity_test

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// letters is a feed of two records, of which one is unfinished.
type letters struct{ asked []string }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func (*letters) Feed() activity.FeedInfo {
	return activity.FeedInfo{Vendor: "post", Name: "letters", Query: "/letters", Lookback: time.Hour}
}

func (*letters) Between(context.Context, time.Time, time.Time) iter.Seq2[activity.Page[activity.Record[string]], error] {
	return func(yield func(activity.Page[activity.Record[string]], error) bool) {
		yield(activity.Page[activity.Record[string]]{Date: noon, Items: []activity.Record[string]{
			{Key: "k1", Item: "a", Time: noon.Add(-time.Minute)},
			{Key: "k2", Item: "b", Time: noon.Add(-time.Second)},
		}}, nil)
	}
}

func (*letters) Unfinished(item string) (string, bool) {
	return "1f0c8d1e-7a52-4c8e-9d61-0b8f5a3c2e10 " + item, item == "b"
}

func (*letters) Matches(string) bool { return true }

func (l *letters) Revisit(_ context.Context, ref string) ([]activity.Record[string], error) {
	l.asked = append(l.asked, ref)
	return nil, nil
}

// earlier are checkpoints as earlier versions wrote them. Programs keep them for years.
var earlier = map[string]string{
	"v1": `{"v":1,"feed":"post/letters","query":"tnXR2mDGVpLAVB8t","watermark":"2026-03-01T12:00:00Z","floor":"2026-03-01T11:00:00Z"` +
		`,"salt":"/SG/GotS6H63JeRelP5sWA==","seen":"3vGVHAIcNrpGGds6UImXsN57sDm4","unfinished":"BR8MjR56UkyOnWELj1o8LhAgYhw2ukYZ2zpQ"}`,
}

func TestCheckpointsOfEarlierReleases(t *testing.T) {
	for version, text := range earlier {
		var c activity.Checkpoint
		require.NoError(t, json.Unmarshal([]byte(text), &c), version)
		assert.Equal(t, noon, c.Watermark(), version)
		for b, err := range activity.NewFeed(&letters{}).CatchUp(t.Context(), c, activity.FollowOptions{}) {
			require.NoError(t, err, version)
			assert.Empty(t, b.Records, "%s: both records were delivered", version)
			again, err := b.Checkpoint.MarshalText()
			require.NoError(t, err)
			assert.JSONEq(t, text, string(again), version)
		}
	}
}

func TestCheckpointForms(t *testing.T) {
	var zero activity.Checkpoint
	text, err := zero.MarshalText()
	require.NoError(t, err)
	assert.Empty(t, text)
	for _, beginning := range []string{"", "\n", "null", " null\n"} {
		require.NoError(t, zero.UnmarshalText([]byte(beginning)), "%q", beginning)
	}
	object, err := json.Marshal(struct{ C activity.Checkpoint }{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"C":null}`, string(object))
	assert.True(t, zero.IsZero())
	assert.True(t, zero.Watermark().IsZero())
	assert.Equal(t, "the beginning", zero.String())

	var c activity.Checkpoint
	for b, err := range activity.NewFeed(&letters{}).CatchUp(t.Context(), zero, activity.FollowOptions{Since: noon.Add(-time.Hour)}) {
		require.NoError(t, err)
		c = b.Checkpoint
	}
	text, err = c.MarshalText()
	require.NoError(t, err)
	var held struct{ C activity.Checkpoint }
	require.NoError(t, json.Unmarshal(fmt.Appendf(nil, `{"C":%s}`, text), &held))
	assert.Equal(t, c.String(), held.C.String())
	assert.Equal(t, "post/letters until 2026-03-01T12:00:00Z", c.String())
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("stored", "checkpoint", c)
	assert.Contains(t, log.String(), `"checkpoint":"post/letters until 2026-03-01T12:00:00Z"`)

	var null activity.Checkpoint
	require.NoError(t, json.Unmarshal([]byte("null"), &null))
	assert.True(t, null.IsZero())
}

func TestDamagedCheckpoints(t *testing.T) {
	good := earlier["v1"]
	salt, watermark, floor := regexp.MustCompile(`"salt":"[^"]*"`), regexp.MustCompile(`"watermark":"[^"]*"`), regexp.MustCompile(`"floor":"[^"]*"`)
	for name, text := range map[string]string{
		"no JSON":           "letters",
		"cut":               good[:len(good)/2],
		"another version":   strings.Replace(good, `"v":1`, `"v":2`, 1),
		"no feed":           strings.Replace(good, `"feed":"post/letters"`, `"feed":""`, 1),
		"a tenant of lines": strings.Replace(good, `"feed"`, `"tenant":"a\nb","feed"`, 1),
		"a long tenant":     strings.Replace(good, `"feed"`, `"tenant":"`+strings.Repeat("x", 129)+`","feed"`, 1),
		"an unknown member": strings.Replace(good, `"v":1`, `"v":1,"w":2`, 1),
		"a short salt":      salt.ReplaceAllString(good, `"salt":"AAAA"`),
		"no salt":           salt.ReplaceAllString(good, `"salt":""`),
		"no watermark":      watermark.ReplaceAllString(good, `"watermark":"0001-01-01T00:00:00Z"`),
		"no floor":          floor.ReplaceAllString(good, `"floor":"0001-01-01T00:00:00Z"`),
		"no times":          floor.ReplaceAllString(watermark.ReplaceAllString(good, `"watermark":"0001-01-01T00:00:00Z"`), `"floor":"0001-01-01T00:00:00Z"`),
		"damaged keys":      strings.Replace(good, `"seen":"`, `"seen":"AAAA`, 1),
		"damaged records":   strings.Replace(good, `"unfinished":"`, `"unfinished":"////`, 1),
		"floor above":       strings.Replace(good, `"floor":"2026`, `"floor":"2027`, 1),
		"too long":          good + strings.Repeat(" ", activity.MaxCheckpoint),
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, good, text)
			var c activity.Checkpoint
			err := c.UnmarshalText([]byte(text))
			require.ErrorIs(t, err, activity.ErrCheckpointMismatch)
			assert.True(t, c.IsZero())
		})
	}
}

// UnmarshalText replaces the whole checkpoint, and returns its times as UTC.
func TestCheckpointReplaced(t *testing.T) {
	whole := earlier["v1"]
	east := strings.NewReplacer(`T12:00:00Z"`, `T14:00:00+02:00"`, `T11:00:00Z"`, `T13:00:00+02:00"`).Replace(whole)
	require.NotEqual(t, east, whole)
	var c activity.Checkpoint
	require.NoError(t, c.UnmarshalText([]byte(east)))
	assert.Equal(t, noon, c.Watermark())
	text, err := c.MarshalText()
	require.NoError(t, err)
	assert.JSONEq(t, whole, string(text))
	require.NoError(t, c.UnmarshalText([]byte("null")))
	assert.True(t, c.IsZero())
}

var (
	_ driver.Valuer = activity.Checkpoint{}
	_ sql.Scanner   = (*activity.Checkpoint)(nil)
)

// column is a database of one value. A statement stores its argument, and a query reads it.
type column struct {
	value  driver.Value
	binary bool // texts are read as bytes, which the driver overwrites later
}

func (c *column) Connect(context.Context) (driver.Conn, error) { return c, nil }
func (c *column) Driver() driver.Driver                        { return nil }
func (c *column) Prepare(string) (driver.Stmt, error)          { return nil, driver.ErrSkip }
func (c *column) Begin() (driver.Tx, error)                    { return nil, driver.ErrSkip }
func (c *column) Close() error                                 { return nil }

func (c *column) ExecContext(_ context.Context, _ string, args []driver.NamedValue) (driver.Result, error) {
	c.value = args[0].Value
	return driver.ResultNoRows, nil
}

func (c *column) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	return &columnRows{column: c}, nil
}

type columnRows struct {
	*column
	read   bool
	buffer []byte
}

func (*columnRows) Columns() []string { return []string{"checkpoint"} }

func (r *columnRows) Close() error {
	for i := range r.buffer {
		r.buffer[i] = 'x'
	}
	return nil
}

func (r *columnRows) Next(dest []driver.Value) error {
	if r.read {
		return io.EOF
	}
	r.read, dest[0] = true, r.value
	if text, ok := r.value.(string); ok && r.binary {
		r.buffer = []byte(text)
		dest[0] = r.buffer
	}
	return nil
}

// A database returns a checkpoint as it was stored, whether the driver returns strings or bytes. So
// it does with the beginning.
func TestCheckpointInDatabase(t *testing.T) {
	for _, binary := range []bool{false, true} {
		stored := &column{binary: binary}
		db := sql.OpenDB(stored)
		t.Cleanup(func() { _ = db.Close() })

		var c, read activity.Checkpoint
		require.NoError(t, c.UnmarshalText([]byte(earlier["v1"])))
		_, err := db.ExecContext(t.Context(), "UPDATE", c)
		require.NoError(t, err)
		assert.IsType(t, "", stored.value, "which is a text to every driver")
		assert.JSONEq(t, earlier["v1"], stored.value.(string))
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT").Scan(&read))
		text, err := read.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, stored.value, string(text))
		var null sql.Null[activity.Checkpoint]
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT").Scan(&null))
		assert.True(t, null.Valid)
		assert.Equal(t, c.String(), null.V.String())

		_, err = db.ExecContext(t.Context(), "UPDATE", activity.Checkpoint{})
		require.NoError(t, err)
		assert.Nil(t, stored.value, "NULL")
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT").Scan(&read))
		assert.True(t, read.IsZero())
	}
}

// Scan refuses anything else, and leaves the checkpoint as it was.
func TestCheckpointScanRefuses(t *testing.T) {
	for _, src := range []any{int64(1), 1.5, true, time.Now(), "letters", []byte(`{"v":1}`), activity.Checkpoint{}} {
		var c activity.Checkpoint
		require.NoError(t, c.Scan(earlier["v1"]))
		before := c.String()
		err := c.Scan(src)
		require.ErrorIs(t, err, activity.ErrCheckpointMismatch, "%T", src)
		assert.NotEmpty(t, err.(*activity.Error).Message) //nolint:errorlint // it is nothing else
		assert.Equal(t, before, c.String())
	}
	var c activity.Checkpoint
	require.ErrorContains(t, c.Scan(int64(1)), "the column is read as int64")
}

func FuzzCheckpoint(f *testing.F) {
	f.Add([]byte(earlier["v1"]))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c activity.Checkpoint
		if c.UnmarshalText(text) != nil || c.IsZero() {
			return
		}
		again, err := c.MarshalText()
		if err != nil {
			return // a year that JSON has no form for
		}
		var same activity.Checkpoint
		require.NoError(t, same.UnmarshalText(again))
		once, err := same.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, string(again), string(once))
	})
}
