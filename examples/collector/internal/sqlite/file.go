package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// create creates an empty file that only its owner can read, unless it exists. SQLite would let
// everybody read it. SQLite creates the files beside it with the same mode.
//
// create does not open an existing file: closing it would release the locks of this process on it.
func create(path string) error {
	err := createFile(path, os.O_EXCL)
	if errors.Is(err, fs.ErrExist) {
		info, failure := os.Stat(path)
		switch {
		case failure == nil && !info.Mode().IsRegular():
			return fmt.Errorf("%w: %s is not a regular file: choose another one", store.ErrRefused, path)
		case failure == nil:
			return nil
		case errors.Is(failure, fs.ErrNotExist): // a symbolic link to a file that does not exist yet
			err = createFile(path, 0)
		default:
			err = failure
		}
	}
	if err == nil {
		return nil
	}
	folder := filepath.Dir(path)
	if _, missing := os.Stat(folder); errors.Is(missing, fs.ErrNotExist) {
		return fmt.Errorf("the folder %s does not exist: make it, or choose another file", folder)
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("the file cannot be made: %w: let the collector write to the folder %s, or choose another file", err, folder)
	}
	return fmt.Errorf("the file cannot be made: %w", err)
}

func createFile(path string, flag int) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|flag, 0o600) //nolint:gosec // whoever runs the collector chooses the file
	if err != nil {
		return err
	}
	return file.Close()
}

// open returns a pool of one connection, so that transactions do not overlap. The file must exist.
func open(path string, parameters url.Values) (*sql.DB, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: absolute}).EscapedPath(), RawQuery: parameters.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// writeParameters returns the parameters of a connection that writes.
func writeParameters(pragmas ...string) url.Values {
	return url.Values{"mode": {"rw"}, "_txlock": {"immediate"}, "_pragma": pragmas}
}
