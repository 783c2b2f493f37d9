package recipes

import (
	"context"
	"database/sql"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// Tables creates the two tables of CopyYesterday: the activities, and the page to read next.
const Tables = `
CREATE TABLE IF NOT EXISTS activities (id TEXT UNIQUE, time TIMESTAMP, event TEXT, who TEXT, raw TEXT);
CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY, day DATE NOT NULL, next TEXT NOT NULL);`

// CopyYesterday copies the activities of all days from the last run to yesterday (UTC). The first
// run copies yesterday only. It resumes after a crash: it stores each page with the next cursor.
// Call it each night after 01:00 UTC: it copies a day an hour after its end. It misses activities
// that SnapLogic lists later (probe: snaplogic.late) or no longer keeps (after 90 days).
func CopyYesterday(ctx context.Context, db *sql.DB, client *snaplogic.Client) error {
	yesterday := time.Now().UTC().Add(-time.Hour).AddDate(0, 0, -1).Truncate(24 * time.Hour)
	if _, err := db.ExecContext(ctx, `INSERT INTO progress VALUES (1, $1, '') ON CONFLICT DO NOTHING`, yesterday); err != nil {
		return err
	}
	for day, next := (time.Time{}), activity.Cursor(""); ; {
		if err := db.QueryRowContext(ctx, `SELECT day, next FROM progress`).Scan(&day, &next); err != nil || day.After(yesterday) {
			return err
		}
		for page, err := range client.Activities(snaplogic.ActivityQuery{Start: day, End: day.AddDate(0, 0, 1)}).From(next).Pages(ctx) {
			if err == nil {
				err = storePage(ctx, db, day, page)
			}
			if err != nil {
				return err
			}
		}
	}
}

func storePage(ctx context.Context, db *sql.DB, day time.Time, page activity.Page[snaplogic.Activity]) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	for _, a := range page.Items {
		if _, err := tx.ExecContext(ctx, `INSERT INTO activities VALUES (NULLIF($1, ''), $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			a.ID, a.CreateTime, a.EventType, a.ByWhom, string(a.Raw)); err != nil {
			return err
		}
	}
	if page.Next == "" {
		day = day.AddDate(0, 0, 1) // the day is complete
	}
	if _, err := tx.ExecContext(ctx, `UPDATE progress SET day = $1, next = $2`, day, page.Next); err != nil {
		return err
	}
	return tx.Commit()
}
