package recorded

import (
	"context"
	"database/sql"
	"fmt"
)

// applicationID marks the file as a collector's: "actv".
const applicationID = 0x61637476

// The versions of the schema that this program reads. Between the first and the second, records
// gained columns that no report needs.
const (
	firstVersion = 1
	lastVersion  = 2
)

// inspect refuses what is not a collector's file, or one that this program does not understand.
func inspect(ctx context.Context, tx *sql.Tx, path string) error {
	var application, version int64
	for query, to := range map[string]*int64{"PRAGMA application_id": &application, "PRAGMA user_version": &version} {
		if err := tx.QueryRowContext(ctx, query).Scan(to); err != nil {
			return fmt.Errorf("%s cannot be read as a SQLite file: %w", path, err)
		}
	}
	switch {
	case application != applicationID:
		return fmt.Errorf("%s is not a file of the collector: -db takes the one that it writes", path)
	case version < firstVersion || version > lastVersion:
		return fmt.Errorf("%s has schema %d of the collector's file, and this program reads %d to %d: use the report of the collector's version",
			path, version, firstVersion, lastVersion)
	}
	return nil
}
