package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// OpenCheckpoints returns the checkpoints of a file, also while a collector writes it. It creates
// and changes nothing, and takes no lock. It returns an error if the file does not exist or has no
// tables, and one with store.ErrRefused if Open would refuse the file for any use.
func OpenCheckpoints(ctx context.Context, path string) (store.Checkpoints, error) {
	c := checkpoints{path}
	if err := c.read(ctx, func(*sql.DB) error { return nil }); err != nil {
		return nil, err
	}
	return c, nil
}

// checkpoints opens the file for each call, since the files beside it may have changed.
type checkpoints struct{ path string }

func (c checkpoints) Close() error { return nil }

func (c checkpoints) Checkpoint(ctx context.Context, feed store.FeedID) (found activity.Checkpoint, err error) {
	err = c.read(ctx, func(db *sql.DB) error {
		found, err = checkpoint(ctx, db, c.path, feed)
		return err
	})
	return found, err
}

// read calls use with the open file. If nobody writes the file, there is no -wal file. SQLite would
// then create one for reading, unless the file is opened as immutable.
func (c checkpoints) read(ctx context.Context, use func(*sql.DB) error) error {
	wal := resolveLink(c.path) + "-wal"
	if !exists(wal) {
		err := c.readWith(ctx, url.Values{"mode": {"ro"}, "immutable": {"1"}}, use)
		if !exists(wal) {
			return err
		}
		// A collector started to write meanwhile, so the result may be inconsistent. Read again.
	}
	return c.readWith(ctx, url.Values{"mode": {"ro"}, "_pragma": {busyTimeout}}, use)
}

func (c checkpoints) readWith(ctx context.Context, parameters url.Values, use func(*sql.DB) error) error {
	info, err := os.Stat(c.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist: nothing was collected into it yet", c.path)
	case err != nil:
		return fmt.Errorf("looking at the file: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: %s is not a regular file: choose another one", store.ErrRefused, c.path)
	}
	db, err := open(c.path, parameters)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	found, err := inspect(ctx, db, c.path, anyUse)
	if err != nil {
		return err
	}
	if found == 0 {
		return fmt.Errorf("%s has no tables: nothing was collected into it yet", c.path)
	}
	if err := use(db); err != nil {
		return withAdvice(c.path, err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
