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

// OpenCheckpoints returns the checkpoints of a file, also while a collector writes to it. Nothing
// is made or changed, and no lock keeps a collector away. It fails for a file that is missing or
// has no tables yet, and refuses one that Open would refuse for any use.
func OpenCheckpoints(ctx context.Context, path string) (store.Checkpoints, error) {
	c := checkpoints{path}
	if err := c.read(ctx, func(*sql.DB) error { return nil }); err != nil {
		return nil, err
	}
	return c, nil
}

// checkpoints opens the file anew for each answer, since what is beside it may have changed.
type checkpoints struct{ path string }

func (c checkpoints) Close() error { return nil }

func (c checkpoints) Checkpoint(ctx context.Context, feed store.FeedID) (found activity.Checkpoint, err error) {
	err = c.read(ctx, func(db *sql.DB) error {
		found, err = checkpoint(ctx, db, c.path, feed)
		return err
	})
	return found, err
}

// read calls a function with the file. A file that nobody writes to has no -wal file beside it, and
// SQLite would make one to read it, unless the file counts as immutable.
func (c checkpoints) read(ctx context.Context, use func(*sql.DB) error) error {
	wal := resolveLink(c.path) + "-wal"
	if !exists(wal) {
		err := c.readWith(ctx, url.Values{"mode": {"ro"}, "immutable": {"1"}}, use)
		if !exists(wal) {
			return err
		}
		// A collector began to write. What was read may be half of the old and half of the new.
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
