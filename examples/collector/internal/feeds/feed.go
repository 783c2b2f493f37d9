// Package feeds makes the feeds of all vendors look the same: rows for a store, whatever the record
// behind them is.
package feeds

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Feed is one feed of one tenant.
type Feed struct {
	ID   store.FeedID
	open func(ctx context.Context) (Follow, error)
}

// Batch is what a feed brought: rows, and the checkpoint that is true once they are stored.
type Batch struct {
	Rows       []store.Row
	Checkpoint activity.Checkpoint
	Lag        time.Duration
}

// Follow is what activity.Feed's Follow is, for rows.
type Follow func(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[Batch, error]

// Follow is activity.Feed's Follow. Where a tenant has first to be asked for something, that can
// fail too.
func (f Feed) Follow(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		follow, err := f.open(ctx)
		if err != nil {
			yield(Batch{}, err)
			return
		}
		follow(ctx, from, o)(yield)
	}
}

// New makes a feed of what follows it.
func New(id store.FeedID, follow Follow) Feed {
	return Feed{ID: id, open: func(context.Context) (Follow, error) { return follow, nil }}
}

// rows makes rows of a vendor's records. row gives the columns of one; the key is the feed's.
func rows[T any](feed activity.Feed[T], row func(T) store.Row) Follow {
	return func(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[Batch, error] {
		return func(yield func(Batch, error) bool) {
			for records, err := range feed.Follow(ctx, from, o) {
				batch := Batch{Checkpoint: records.Checkpoint, Lag: records.Lag, Rows: make([]store.Row, len(records.Records))}
				for i, record := range records.Records {
					batch.Rows[i] = row(record.Item)
					batch.Rows[i].Key = record.Key
				}
				if !yield(batch, err) {
					return
				}
			}
		}
	}
}

// columns are what a row has besides its key.
func columns(at time.Time, action, actor string, raw json.RawMessage) store.Row {
	return store.Row{Time: at.UTC(), Action: action, Actor: actor, Raw: raw}
}
