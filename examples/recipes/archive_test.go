package recipes

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// Each record is in one file once, although the program is killed at bad moments.
func TestArchive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		folder := t.TempDir()
		path := filepath.Join(folder, "snaplogic")
		var want []string
		run := func(d time.Duration) {
			ctx, kill := context.WithTimeout(t.Context(), d)
			defer kill()
			feed := server.Client().ActivityFeed(snaplogic.ActivityQuery{})
			options := activity.FollowOptions{Since: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
			require.ErrorIs(t, Archive(ctx, feed, path, options), context.DeadlineExceeded)
		}
		for i := range 30 {
			want = append(want, fmt.Sprintf("id-%02d", i))
			server.Add(snaplogic.Activity{ID: want[i], CreateTime: time.Now().UTC()})
			run(59 * time.Minute)
			<-time.After(time.Minute)
			// The program was killed during a write, before it stored its position.
			today := path + time.Now().UTC().Format("-2006-01-02") + ".ndjson"
			if half, err := os.OpenFile(today, os.O_APPEND|os.O_WRONLY, 0); err == nil {
				_, err = half.WriteString(`{"_id":"half`)
				require.NoError(t, err)
				require.NoError(t, half.Close())
			}
		}
		run(59 * time.Minute)
		files, err := filepath.Glob(path + "-*.ndjson")
		require.NoError(t, err)
		assert.Equal(t, []string{path + "-2000-01-01.ndjson", path + "-2000-01-02.ndjson"}, files)
		var got []string
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
				var a snaplogic.Activity
				require.NoError(t, json.Unmarshal(lines.Bytes(), &a), lines.Text())
				got = append(got, a.ID)
			}
		}
		assert.Equal(t, want, got)
	})
}

// The same function archives the feed of another vendor.
func TestArchiveSDElements(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer()
		for id := range int64(120) {
			server.Add(sdelements.Activity{ID: id + 1, Date: time.Now().Add(time.Duration(id-200) * time.Minute), Name: sdelements.LoggedInActivity})
		}
		path := filepath.Join(t.TempDir(), "sdelements")
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		feed := server.Client().ActivityFeed(sdelements.ActivityQuery{})
		require.ErrorIs(t, Archive(ctx, feed, path, activity.FollowOptions{Since: time.Now().AddDate(0, 0, -1)}), context.DeadlineExceeded)
		text, err := os.ReadFile(path + "-2000-01-01.ndjson")
		require.NoError(t, err)
		assert.Equal(t, 120, bytes.Count(text, []byte("\n")))
	})
}

// If the clock is set back over midnight, Archive does not return to the file of the day before.
func TestArchiveClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		path := filepath.Join(t.TempDir(), "snaplogic")
		later := path + "-2000-01-02.ndjson"
		state, err := json.Marshal(position{File: later, Size: 3})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(later, []byte("{}\n"), 0o600))
		require.NoError(t, os.WriteFile(path+".state", state, 0o600))
		server.Add(snaplogic.Activity{ID: "one", CreateTime: time.Now().UTC()})
		ctx, kill := context.WithTimeout(t.Context(), time.Hour)
		defer kill()
		options := activity.FollowOptions{Since: time.Now().Add(-time.Hour)}
		require.ErrorIs(t, Archive(ctx, server.Client().ActivityFeed(snaplogic.ActivityQuery{}), path, options), context.DeadlineExceeded)
		text, err := os.ReadFile(later)
		require.NoError(t, err)
		assert.Equal(t, 2, bytes.Count(text, []byte("\n")))
		assert.NoFileExists(t, path+"-2000-01-01.ndjson")
	})
}
