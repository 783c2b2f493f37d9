package recipes

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
)

// WebhookTable creates the table in which PostBlocked stores its checkpoint.
const WebhookTable = `CREATE TABLE IF NOT EXISTS webhook (id INTEGER PRIMARY KEY, checkpoint TEXT);
INSERT INTO webhook VALUES (1, NULL) ON CONFLICT DO NOTHING`

// PostBlocked alerts a webhook to each access that OPSWAT blocks, from a day before the first call
// on. It returns if the webhook fails; the next call resumes. A repeated post has the same key.
func PostBlocked(ctx context.Context, db *sql.DB, client *opswat.Client, webhook *http.Client, address string) error {
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
			if err := post(ctx, webhook, address, r); err != nil {
				return err
			}
		}
		if _, err := db.ExecContext(ctx, `UPDATE webhook SET checkpoint = $1`, batch.Checkpoint); err != nil {
			return err
		}
	}
	return nil
}

func post(ctx context.Context, webhook *http.Client, address string, r activity.Record[opswat.Activity]) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(r.Item.Raw))
	if err != nil {
		return err
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {r.Key}}
	resp, err := webhook.Do(req)
	if failure, ok := errors.AsType[*url.Error](err); ok {
		return failure.Err // without the address, which may contain a secret
	}
	_ = resp.Body.Close() // the status is enough
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the webhook answered %s", resp.Status)
	}
	return nil
}
