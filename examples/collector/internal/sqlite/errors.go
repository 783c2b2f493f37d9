package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// code returns the primary result code of an error of SQLite, or 0 for another error.
func code(err error) int { return extendedCode(err) & 0xff }

// extendedCode returns the result code of an error of SQLite, whose lowest byte is the primary one.
func extendedCode(err error) int {
	failure, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return 0
	}
	return failure.Code()
}

// withAdvice adds what to do to an error of SQLite. The error has store.ErrGone if the file is
// damaged, and store.ErrRefused if there is no folder for temporary files.
func withAdvice(path string, err error) error { return advise(path, extendedCode(err), err) }

func advise(path string, extended int, err error) error {
	if extended == codes.SQLITE_IOERR_GETTEMPPATH {
		// Sorting for an index needs one. SQLite's own text names the disk, which is not the cause.
		return fmt.Errorf("%w: SQLite finds no folder for temporary files: "+
			"set the environment variable SQLITE_TMPDIR to a folder that the collector can write to", store.ErrRefused)
	}
	switch extended & 0xff {
	case codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB:
		return errDamaged(path, err)
	case codes.SQLITE_FULL:
		return fmt.Errorf("the disk of %s is full: make room: %w", path, err)
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED:
		return fmt.Errorf("another program keeps %s locked: end it, or let it write in shorter transactions: %w", path, err)
	case codes.SQLITE_IOERR:
		return fmt.Errorf("the disk or the file system of %s reports an error: look at the system's log: %w", path, err)
	case codes.SQLITE_READONLY, codes.SQLITE_PERM:
		return fmt.Errorf("%s cannot be written to: let the collector write to it and to its folder: %w", path, err)
	case codes.SQLITE_CANTOPEN:
		// SQLite's own text adds nothing.
		return fmt.Errorf("%s, or a file that belongs to it, cannot be opened: let the collector read and write it and its folder", path)
	}
	return err
}

func errDamaged(path string, problem error) error {
	return fmt.Errorf("%w: %s is damaged: stop whatever uses it, then delete its -wal and -shm files and restore a backup, "+
		"or save what can be read with the command .recover of sqlite3: %w", store.ErrGone, path, problem)
}

// quickCheck reads the whole file, and returns an error with store.ErrGone if it is damaged.
func quickCheck(ctx context.Context, db *sql.DB, path string) error {
	var found string
	if err := queryRow(ctx, db, "PRAGMA quick_check(1)", nil, &found); err != nil {
		return withAdvice(path, err)
	}
	if found != "ok" {
		return errDamaged(path, errors.New(strings.Join(strings.Fields(found), " ")))
	}
	return nil
}
