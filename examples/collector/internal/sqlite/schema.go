package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	codes "modernc.org/sqlite/lib"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Use is the purpose of a file. A file has one use, since its checkpoints mean either that the
// records are in the file, or that they are elsewhere.
type Use int32

// The uses. The values are SQLite's application_id, which file(1) shows too.
const (
	Records         Use = 0x61637476 // "actv": records, and the checkpoints that cover them
	CheckpointsOnly Use = 0x61637463 // "actc": the checkpoints of records that are stored elsewhere
)

// anyUse accepts a file of either use.
const anyUse Use = 0

// version is the current schema. A file of version 1 is migrated, and any other is refused.
const version = 2

// The schema has several parts because a migration creates the indexes after it has copied the
// records.
const (
	tableRecords = `
CREATE TABLE records (
	seq          INTEGER PRIMARY KEY AUTOINCREMENT,
	vendor       TEXT NOT NULL,
	tenant       TEXT NOT NULL,
	feed         TEXT NOT NULL,
	key          TEXT NOT NULL,
	time         TEXT,
	kind         TEXT NOT NULL,
	action       TEXT NOT NULL,
	outcome      TEXT NOT NULL,
	who          TEXT NOT NULL,
	address      TEXT NOT NULL,
	type         TEXT NOT NULL,
	target       TEXT NOT NULL,
	message      TEXT NOT NULL,
	raw          TEXT NOT NULL,
	collected_at TEXT,
	UNIQUE (vendor, tenant, feed, key)
);
`
	indexes = `
CREATE INDEX records_by_time ON records (time);
CREATE INDEX records_by_kind ON records (kind, time);
CREATE INDEX records_by_who ON records (who, time);
CREATE INDEX records_by_tenant ON records (vendor, tenant, time);
`
	// The key of a transfer's state has the parts uuid/direction/start/update/status and, once the
	// session is over, its stop. It has no slash if the transfer has no uuid. The parts are what
	// the SDK read, with instants in UTC that are sorted correctly without their Z. The raw record
	// may spell them in other ways, or be no JSON. The last state is the one with the latest of the
	// three times, since a final state may have a stop and no update.
	views = `
CREATE VIEW events AS
	SELECT seq, time, vendor, tenant, kind, action, outcome, who, type, target, address, message, key, collected_at FROM records;
CREATE VIEW transfers AS
	WITH states AS (
		SELECT seq, tenant, '["' || replace(key, '/', '","') || '"]' AS parts
		FROM records WHERE vendor = 'aspera' AND feed = 'transfers'
	), latest AS (
		SELECT seq, parts, row_number() OVER (
			PARTITION BY tenant, json_extract(parts, '$[0]'), json_extract(parts, '$[1]')
			ORDER BY max(
				rtrim(json_extract(parts, '$[2]'), 'Z'), rtrim(json_extract(parts, '$[3]'), 'Z'), coalesce(rtrim(json_extract(parts, '$[5]'), 'Z'), '')
			) DESC, seq DESC
		) AS age
		FROM states
	), stored AS (
		SELECT *, CASE WHEN json_valid(raw) THEN raw END AS json FROM records
	)
	SELECT
		seq, vendor, tenant,
		CASE WHEN json_array_length(parts) >= 4 THEN json_extract(parts, '$[0]') END AS uuid,
		action AS direction,
		json_extract(json, '$.status') AS status,
		outcome,
		coalesce(json_extract(json, '$.session_start_time'), json_extract(json, '$.session_started_at')) AS started,
		coalesce(json_extract(json, '$.session_stop_time'), json_extract(json, '$.session_stopped_at')) AS stopped,
		json_extract(json, '$.updated_at') AS updated,
		json_extract(json, '$.transferred_bytes') AS bytes,
		json_extract(json, '$.expected_bytes') AS expected_bytes,
		coalesce(json_extract(json, '$.file_count'), json_extract(json, '$.files_completed')) AS files,
		who, address, target, message, key, time, collected_at
	FROM latest JOIN stored USING (seq) WHERE age = 1;
`
	tableFeeds = `
CREATE TABLE feeds (
	vendor     TEXT NOT NULL,
	tenant     TEXT NOT NULL,
	feed       TEXT NOT NULL,
	checkpoint TEXT NOT NULL,
	stored_at  TEXT NOT NULL,
	PRIMARY KEY (vendor, tenant, feed)
) WITHOUT ROWID;
`
)

// prepare creates the tables of a new file, or migrates those of version 1. It returns an error
// with store.ErrRefused for a file that is not a collector's or is for another use.
func prepare(ctx context.Context, db *sql.DB, path string, use Use) error {
	found, err := inspect(ctx, db, path, use)
	if err != nil {
		return err
	}
	if found == 0 {
		if err := initialize(ctx, db, use); err != nil {
			return fmt.Errorf("making the tables: %w", withAdvice(path, err))
		}
		return nil
	}
	if err := quickCheck(ctx, db, path); err != nil {
		return err
	}
	if found == 1 {
		return migrate(ctx, db, path)
	}
	return nil
}

// inspect returns the version of a collector's file, or 0 for a file without tables.
func inspect(ctx context.Context, db *sql.DB, path string, use Use) (int, error) {
	var application Use
	var found, objects int
	for query, field := range map[string]any{
		"PRAGMA application_id":              &application,
		"PRAGMA user_version":                &found,
		"SELECT count(*) FROM sqlite_master": &objects,
	} {
		err := queryRow(ctx, db, query, nil, field)
		switch {
		case code(err) == codes.SQLITE_NOTADB:
			return 0, fmt.Errorf("%w: %s is not a SQLite file, or its beginning is damaged: choose another file, or restore a backup", store.ErrRefused, path)
		case err != nil:
			return 0, fmt.Errorf("reading the schema: %w", withAdvice(path, err))
		}
	}
	switch {
	case application == Records && use == CheckpointsOnly:
		return 0, fmt.Errorf("%w: %s is for records, which would be missing in it if it got only checkpoints: "+
			"choose another file for the checkpoints", store.ErrRefused, path)
	case application == CheckpointsOnly && use == Records:
		return 0, fmt.Errorf("%w: %s is for the checkpoints of records that were not stored in it: "+
			"choose another file for records", store.ErrRefused, path)
	case application == Records && (found == 1 || found == version),
		application == CheckpointsOnly && found == version:
		return found, nil
	case application == Records || application == CheckpointsOnly:
		return 0, fmt.Errorf("%w: %s was written by another version of the collector (schema %d, this one knows 1 and %d): update the collector, or choose another file",
			store.ErrRefused, path, found, version)
	case application != 0 || objects > 0:
		return 0, fmt.Errorf("%w: %s is a SQLite file of another program: choose another file", store.ErrRefused, path)
	}
	return 0, nil
}
