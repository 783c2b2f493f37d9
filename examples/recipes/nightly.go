package recipes

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// Tables are what CopyYesterday stores activities, and how far it came, in.
const Tables = `
CREATE TABLE IF NOT EXISTS activities (id TEXT PRIMARY KEY, time TIMESTAMP, event TEXT, who TEXT, raw TEXT);
CREATE TABLE IF NOT EXISTS progress (day TEXT PRIMARY KEY, next TEXT NOT NULL, done BOOLEAN NOT NULL);`

// CopyYesterday copies yesterday's activities (UTC) into a table. Each page is stored together with
// the cursor of the next one, so that a run after a crash goes on where the last one ended.
func CopyYesterday(ctx context.Context, db *sql.DB, client *snaplogic.Client) error {
	end := time.Now().UTC().Truncate(24 * time.Hour)
	start := end.AddDate(0, 0, -1)
	day := start.Format(time.DateOnly)
	var next activity.Cursor
	var done bool
	err := db.QueryRowContext(ctx, `SELECT next, done FROM progress WHERE day = $1`, day).Scan(&next, &done)
	if err != nil && !errors.Is(err, sql.ErrNoRows) || done {
		return err
	}
	yesterday := client.Activities(snaplogic.ActivityQuery{Start: start, End: end})
	for page, err := range yesterday.From(next).Pages(ctx) {
		if err != nil {
			return err
		}
		if err := storePage(ctx, db, day, page); err != nil {
			return err
		}
	}
	return nil
}

func storePage(ctx context.Context, db *sql.DB, day string, page activity.Page[snaplogic.Activity]) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	for _, a := range page.Items {
		if _, err := tx.ExecContext(ctx, `INSERT INTO activities VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			a.ID, a.CreateTime, a.EventType, a.ByWhom, string(a.Raw)); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO progress VALUES ($1, $2, $3) ON CONFLICT (day) DO UPDATE SET next = $2, done = $3`,
		day, page.Next, page.Next == ""); err != nil {
		return err
	}
	return tx.Commit()
}
