package recipes

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
)

// WebhookTable is where PostBlocked keeps how far it came.
const WebhookTable = `CREATE TABLE IF NOT EXISTS webhook (id INTEGER PRIMARY KEY, checkpoint TEXT);
INSERT INTO webhook VALUES (1, NULL) ON CONFLICT DO NOTHING`

// PostBlocked posts each access that OPSWAT blocks to a webhook, from its first start on, until ctx
// ends or somebody has to change something. What is posted again after a crash has the same key.
func PostBlocked(ctx context.Context, db *sql.DB, client *opswat.Client, webhook *http.Client, url string) error {
	var from activity.Checkpoint
	if err := db.QueryRowContext(ctx, `SELECT checkpoint FROM webhook`).Scan(&from); err != nil {
		return err
	}
	blocked := client.ActivityFeed(opswat.ActivityQuery{Actions: []opswat.Action{opswat.ActionBlocked}})
	for batch, err := range blocked.Follow(ctx, from, activity.FollowOptions{Since: time.Now()}) {
		if err != nil {
			return err
		}
		for _, r := range batch.Records {
			if err := post(ctx, webhook, url, r); err != nil {
				return err
			}
		}
		if _, err := db.ExecContext(ctx, `UPDATE webhook SET checkpoint = $1`, batch.Checkpoint); err != nil {
			return err
		}
	}
	return nil
}

func post(ctx context.Context, webhook *http.Client, url string, r activity.Record[opswat.Activity]) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(r.Item.Raw))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", r.Key)
	resp, err := webhook.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close() // which says nothing
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the webhook answered %s", resp.Status)
	}
	return nil
}
