package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// fileIdentity is which file a path named when it was opened.
type fileIdentity struct {
	path string
	info fs.FileInfo
}

func identify(path string) (fileIdentity, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileIdentity{}, fmt.Errorf("looking at the file: %w", err)
	}
	return fileIdentity{path, info}, nil
}

// resolveLink returns the name of the file itself where path is a symbolic link: SQLite keeps the
// files beside that one.
func resolveLink(path string) string {
	if file, err := filepath.EvalSymlinks(path); err == nil {
		return file
	}
	return path
}

// identifyBeside returns which files SQLite has beside a database that is open. As long as it is,
// SQLite writes to them and shortens them, and neither deletes nor replaces them.
func identifyBeside(path string) (found []fileIdentity, err error) {
	for _, suffix := range []string{"-wal", "-shm"} {
		file, err := identify(resolveLink(path) + suffix)
		switch {
		case err == nil:
			found = append(found, file)
		case !errors.Is(err, fs.ErrNotExist): // the system may not allow WAL mode
			return nil, err
		}
	}
	return found, nil
}

// What may have become of a file under the collector.
var (
	errMissing  = errors.New("no file there")
	errReplaced = errors.New("another file there")
)

// check returns errMissing or errReplaced if the path does not name the file any more. The number
// of a deleted file is not used again as long as the file is open.
func (i fileIdentity) check() error {
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

// checkFiles fails with store.ErrGone if the database or a file that belongs to it was deleted or
// replaced since it was opened. SQLite does not notice: it goes on with a file that nobody finds
// again.
func (s *Sink) checkFiles(ctx context.Context) error {
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
		err = s.checkCompanions()
	}
	if errors.Is(err, store.ErrGone) {
		s.flushed.Do(func() { s.flush(ctx) })
	}
	return err
}

// checkCompanions checks the files that belong to the database.
func (s *Sink) checkCompanions() error {
	err := s.lockFile.check()
	if errors.Is(err, errMissing) || errors.Is(err, errReplaced) {
		return fmt.Errorf("%w: %s was deleted or replaced, so that another collector may write to "+
			"the database as well: stop that one if there is one, and start this one again",
			store.ErrGone, s.lockFile.path)
	}
	for _, file := range s.beside {
		if err == nil {
			err = file.check()
		}
		if errors.Is(err, errMissing) || errors.Is(err, errReplaced) {
			return fmt.Errorf("%w: %s was deleted or replaced while the collector wrote to it, and is "+
				"a part of the database: start the collector again, and it collects again what was "+
				"lost, if anything was", store.ErrGone, file.path)
		}
	}
	return err
}

// flush moves what is in the -wal file into the file that was opened, whatever its name is now. The
// -wal file keeps its own name: otherwise SQLite would take it for a part of the file that has
// taken the old one's place, and mix the two. A failure changes nothing about what is to be
// reported.
func (s *Sink) flush(ctx context.Context) {
	truncateWAL(ctx, s.anchor)
}
