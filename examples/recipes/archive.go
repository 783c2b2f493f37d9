package recipes

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"github.com/activity-sdk/activity"
)

// archived is how far an archive came. What lies behind Size in the file was not finished.
type archived struct {
	File       string
	Size       int64
	Checkpoint activity.Checkpoint
}

// Archive follows a feed into files of NDJSON, named by path and date (UTC), until ctx ends. Each
// record comes once, even if the program is killed: what it had not finished is cut off.
func Archive[T any](ctx context.Context, feed activity.Feed[T], path string, o activity.FollowOptions) error {
	var at archived
	state, err := os.ReadFile(path + ".state") //nolint:gosec // the path is the program's own
	if err = cmp.Or(err, json.Unmarshal(state, &at)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for batch, err := range feed.Follow(ctx, at.Checkpoint, o) {
		var lines bytes.Buffer
		for _, r := range batch.Records {
			err = cmp.Or(err, json.NewEncoder(&lines).Encode(r.Item))
		}
		if today := path + time.Now().UTC().Format("-2006-01-02") + ".ndjson"; today > at.File {
			at = archived{File: today}
		}
		if at.Checkpoint = batch.Checkpoint; err == nil {
			err = at.store(lines.Bytes(), path+".state")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *archived) store(lines []byte, state string) error {
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
