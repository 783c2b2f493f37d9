package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// identity is which file a path named when it was opened.
type identity struct {
	path string
	info fs.FileInfo
}

func identify(path string) (identity, error) {
	info, err := os.Stat(path)
	if err != nil {
		return identity{}, fmt.Errorf("looking at the file: %w", err)
	}
	return identity{path, info}, nil
}

// What may have become of a file under the collector.
var (
	errMissing  = errors.New("no file there")
	errReplaced = errors.New("another file there")
)

// check returns errMissing or errReplaced if the path does not name the file any more. The number
// of a deleted file is not used again as long as the file is open.
func (i identity) check() error {
	info, err := os.Stat(i.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errMissing
	case err != nil:
		return fmt.Errorf("looking at the file: %w", err)
	case !os.SameFile(i.info, info):
		return errReplaced
	}
	return nil
}

// present fails with store.ErrGone if the database or its lock were deleted or replaced since they
// were opened. SQLite does not notice: it goes on with a file that nobody finds again.
func (s *Sink) present(ctx context.Context) error {
	path := s.file.path
	err := s.file.check()
	switch {
	case errors.Is(err, errMissing):
		err = fmt.Errorf("%w: %s was deleted or moved while the collector wrote to it: what it held is lost, unless it was moved or a backup has it: "+
			"start the collector again, and it begins anew", store.ErrGone, path)
	case errors.Is(err, errReplaced):
		err = fmt.Errorf("%w: another file took the place of %s while the collector wrote to it: what was stored last is in the old file alone: "+
			"start the collector again, and it goes on after what the new file has", store.ErrGone, path)
	case err == nil:
		if err = s.lockFile.check(); errors.Is(err, errMissing) || errors.Is(err, errReplaced) {
			err = fmt.Errorf("%w: %s was deleted or replaced, so that another collector may write to the database as well: "+
				"stop that one if there is one, and start this one again", store.ErrGone, s.lockFile.path)
		}
	}
	if errors.Is(err, store.ErrGone) {
		s.flushed.Do(func() { s.flush(ctx) })
	}
	return err
}

// flush moves what is in the -wal file into the file that was opened, whatever its name is now. The
// -wal file keeps its own name: otherwise SQLite would take it for a part of the file that has
// taken the old one's place, and mix the two. A failure changes nothing about what is to be
// reported.
func (s *Sink) flush(ctx context.Context) {
	shorten(ctx, s.db)
}
