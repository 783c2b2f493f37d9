package sqlite

import (
	"context"
	"fmt"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Feeds returns the feeds that have a checkpoint or records in the file, in the order of their
// names. It reads one index of all records.
func (s *Sink) Feeds(ctx context.Context) (found []store.FeedID, err error) {
	if err := s.present(ctx); err != nil {
		return nil, err
	}
	err = patiently(ctx, func() error {
		found, err = s.feeds(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the feeds: %w", explain(s.file.path, err))
	}
	return found, nil
}

func (s *Sink) feeds(ctx context.Context) (found []store.FeedID, err error) {
	rows, err := s.reads.QueryContext(ctx, `SELECT vendor, tenant, feed FROM feeds
		UNION SELECT vendor, tenant, feed FROM records ORDER BY vendor, tenant, feed`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id store.FeedID
		if err := rows.Scan(&id.Vendor, &id.Tenant, &id.Feed); err != nil {
			return nil, err
		}
		found = append(found, id)
	}
	return found, rows.Err()
}
