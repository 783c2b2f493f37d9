package sqlite_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/sqlite"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

// later is a time after that of every record in these tests.
var later = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// many returns n events, one for each second, whose records have a text of the given size.
func many(n, size int) []activity.Event {
	out := make([]activity.Event, n)
	for i := range out {
		out[i] = activity.Event{
			Key: fmt.Sprintf("key-%08d", i), Time: time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC), Action: "asset_update", Kind: activity.KindUpdate,
			Actor: activity.Actor{Email: fmt.Sprintf("user%d@example.com", i%50)}, Raw: fmt.Appendf(nil, `{"n":%d,"text":%q}`, i, strings.Repeat("x", size)),
		}
	}
	return out
}

const page = 4096

// damage writes garbage over the pages, or over one in the middle of the file, and returns the
// file's size.
func damage(t *testing.T, path string, pages ...int64) int64 {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	require.NoError(t, err)
	if len(pages) == 0 {
		pages = []int64{info.Size() / page / 2}
	}
	for _, n := range pages {
		_, err = file.WriteAt(bytes.Repeat([]byte{0xa5}, page), n*page)
		require.NoError(t, err)
	}
	return info.Size()
}

// damageAll writes garbage over all pages, except the first ones with the schema and the feeds.
func damageAll(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	var pages []int64
	for n := int64(20); n < info.Size()/page; n++ {
		pages = append(pages, n)
	}
	damage(t, path, pages...)
}

func TestDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	require.NoError(t, hold(t, sink, feed).Store(t.Context(), many(2000, 800), storetest.Checkpoint(1)))
	require.NoError(t, sink.Close())
	size := damage(t, path)
	require.Greater(t, size, int64(1<<20))

	_, err := sqlite.Open(t.Context(), path, sqlite.Records)
	require.ErrorIs(t, err, store.ErrGone)
	require.ErrorContains(t, err, path+" is damaged")
	require.ErrorContains(t, err, ".recover")
	assert.NotContains(t, err.Error(), "\n")
}

// SQLite notices damage to an open file when it reads the page again.
func TestDamageOfOpenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	require.NoError(t, hold(t, sink, feed).Store(t.Context(), many(2000, 800), storetest.Checkpoint(1)))
	require.NoError(t, sink.Close())
	sink = open(t, path)
	writer := hold(t, sink, feed)
	damageAll(t, path)
	for _, err := range []error{
		writer.Store(t.Context(), many(2000, 800), storetest.Checkpoint(2)),
		func() error { _, err := sink.DeleteBefore(t.Context(), later); return err }(),
	} {
		require.ErrorIs(t, err, store.ErrGone)
		require.ErrorContains(t, err, path+" is damaged")
	}
}
