package recipes

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// Tables creates the two tables of CopyYesterday: the activities, and the progress of each day.
const Tables = `
CREATE TABLE IF NOT EXISTS activities (id TEXT UNIQUE, time TIMESTAMP, event TEXT, who TEXT, raw TEXT);
CREATE TABLE IF NOT EXISTS progress (day DATE PRIMARY KEY, next TEXT NOT NULL DEFAULT '', done BOOLEAN NOT NULL DEFAULT FALSE);`

// CopyYesterday copies yesterday's activities (UTC) into a table. Call it once a night. It finishes
// earlier days first, and resumes after a crash: it stores each page with the cursor of the next.
func CopyYesterday(ctx context.Context, db *sql.DB, client *snaplogic.Client) error {
	yesterday := time.Now().UTC().AddDate(0, 0, -1).Truncate(24 * time.Hour)
	if _, err := db.ExecContext(ctx, `INSERT INTO progress (day) VALUES ($1) ON CONFLICT DO NOTHING`, yesterday); err != nil {
		return err
	}
	for {
		day, next := time.Time{}, activity.Cursor("")
		switch err := db.QueryRowContext(ctx, `SELECT day, next FROM progress WHERE NOT done ORDER BY day LIMIT 1`).Scan(&day, &next); {
		case errors.Is(err, sql.ErrNoRows):
			return nil
		case err != nil:
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
	if _, err := tx.ExecContext(ctx, `UPDATE progress SET next = $1, done = $2 WHERE day = $3`, page.Next, page.Next == "", day); err != nil {
		return err
	}
	return tx.Commit()
}
