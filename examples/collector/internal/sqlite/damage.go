package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// examine fails with store.ErrGone if the file is damaged. It reads the whole file, and ends with
// the first problem.
func examine(ctx context.Context, db *sql.DB, path string) error {
	var found string
	if err := ask(ctx, db, "PRAGMA quick_check(1)", nil, &found); err != nil {
		return explain(path, err)
	}
	if found != "ok" {
		return damaged(path, errors.New(strings.Join(strings.Fields(found), " ")))
	}
	return nil
}
