package activity_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

var (
	_ driver.Valuer = activity.Checkpoint{}
	_ sql.Scanner   = (*activity.Checkpoint)(nil)
)

// column is a database with one value: a statement stores its argument there, and a query reads it.
type column struct {
	value  driver.Value
	binary bool // texts are read as bytes, which the driver uses again
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

// A checkpoint is stored in a database and read from it as it was, whether the driver returns
// strings or bytes, and so is the beginning.
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

// What is no checkpoint is refused, and the one that was there stays.
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
