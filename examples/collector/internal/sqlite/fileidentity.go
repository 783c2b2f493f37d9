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

// fileIdentity is the file that a path named when it was opened.
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

// resolveLink returns the target if path is a symbolic link, since SQLite keeps its files beside
// the target.
func resolveLink(path string) string {
	if file, err := filepath.EvalSymlinks(path); err == nil {
		return file
	}
	return path
}

// identifyBeside returns the files that SQLite keeps beside an open database. While the database is
// open, SQLite writes and truncates them, but neither deletes nor replaces them.
func identifyBeside(path string) (found []fileIdentity, err error) {
	for _, suffix := range []string{"-wal", "-shm"} {
		file, err := identify(resolveLink(path) + suffix)
		switch {
		case err == nil:
			found = append(found, file)
		case !errors.Is(err, fs.ErrNotExist): // the system may not support WAL mode
			return nil, err
		}
	}
	return found, nil
}

// The results of fileIdentity.check.
var (
	errMissing  = errors.New("no file there")
	errReplaced = errors.New("another file there")
)

// check returns errMissing or errReplaced if the path no longer names the file. While the file is
// open, its inode number is not reused.
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

// checkFiles returns an error with store.ErrGone if the database or a file that belongs to it was
// deleted or replaced since it was opened. SQLite does not notice that, and would write to a file
// that nobody can find.
func (s *Sink) checkFiles(ctx context.Context) error {
	path := s.file.path
	err := s.file.check()
	switch {
	case errors.Is(err, errMissing):
		err = fmt.Errorf("%w: %s was deleted or moved while the collector wrote to it: its content is lost, unless it was moved or there is a backup: "+
			"start the collector again to begin a new file", store.ErrGone, path)
	case errors.Is(err, errReplaced):
		err = fmt.Errorf("%w: another file took the place of %s while the collector wrote to it: the latest records are only in the old file: "+
			"start the collector again to continue with the new file", store.ErrGone, path)
	case err == nil:
		err = s.checkCompanions()
	}
	if errors.Is(err, store.ErrGone) {
		s.flushed.Do(func() { s.flush(ctx) })
	}
	return err
}

// checkCompanions checks the lock and the files of SQLite beside the database.
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

// flush moves the content of the -wal file into the file that was opened, whatever its name is now.
// The -wal file keeps its name. If it kept its content too, SQLite would take it for a part of the
// file that replaced the old one, and mix the two. Errors are ignored, since checkFiles reports the
// file as gone anyway.
func (s *Sink) flush(ctx context.Context) {
	truncateWAL(ctx, s.anchor)
}
