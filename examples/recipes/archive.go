package recipes

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"github.com/activity-sdk/activity"
)

// position is how far an archive got. File has Size valid bytes; more are from an unfinished write.
type position struct {
	File       string
	Size       int64
	Checkpoint activity.Checkpoint
}

// Archive follows a feed until ctx ends and writes its records as NDJSON, to a file per day (UTC).
// Use it to keep records for years. Each is written once, even if the program is killed.
func Archive[T any](ctx context.Context, feed activity.Feed[T], path string, o activity.FollowOptions) error {
	var at position
	state, err := os.ReadFile(path + ".state") //nolint:gosec // the path is the program's own
	if err = errors.Join(err, json.Unmarshal(state, &at)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for batch, err := range feed.Follow(ctx, at.Checkpoint, o) {
		var lines bytes.Buffer
		for _, r := range batch.Records {
			err = errors.Join(err, json.NewEncoder(&lines).Encode(r.Item))
		}
		if err != nil {
			return err
		}
		if today := path + time.Now().UTC().Format("-2006-01-02") + ".ndjson"; today > at.File {
			at = position{File: today}
		}
		at.Checkpoint = batch.Checkpoint
		if err := at.store(lines.Bytes(), path+".state"); err != nil {
			return err
		}
	}
	return nil
}

func (a *position) store(lines []byte, state string) error {
	f, err := os.OpenFile(a.File, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	n, err := f.WriteAt(lines, a.Size)
	a.Size += int64(n)
	text, invalid := json.Marshal(a)
	if err = errors.Join(err, f.Truncate(a.Size), f.Sync(), f.Close(), invalid, os.WriteFile(state+".new", text, 0o600)); err != nil {
		return err
	}
	return os.Rename(state+".new", state)
}
