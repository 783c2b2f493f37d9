package recorded

import (
	"context"
	"database/sql"
	"fmt"
)

// applicationID identifies files of the collector: "actv".
const applicationID = 0x61637476

// The schema versions that this program reads. Version 2 adds columns that no report needs.
const (
	firstVersion = 1
	lastVersion  = 2
)

// inspect returns an error if a file is not a collector's, or has an unknown schema version.
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
		return fmt.Errorf("%s has schema %d of the collector's file, and this program reads %d to %d: use the report program of the collector's version",
			path, version, firstVersion, lastVersion)
	}
	return nil
}
