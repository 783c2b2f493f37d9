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
	read Reader
}

// Batch is what a feed brought: rows, and the checkpoint that is true once they are stored.
type Batch struct {
	Rows       []store.Row
	Checkpoint activity.Checkpoint
	Lag        time.Duration
}

// Reader reads a feed as rows: with Every 0 as activity.Feed's CatchUp does, else as its Follow.
type Reader func(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[Batch, error]

// Read is the feed's Reader.
func (f Feed) Read(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[Batch, error] {
	return f.read(ctx, from, o)
}

// New makes a feed of what reads it.
func New(id store.FeedID, read Reader) Feed {
	return Feed{ID: id, read: read}
}

// rows makes rows of a vendor's records. row gives the columns of one; the key is the feed's.
func rows[T any](feed activity.Feed[T], row func(T) store.Row) Reader {
	return func(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[Batch, error] {
		return func(yield func(Batch, error) bool) {
			read := feed.CatchUp
			if o.Every > 0 {
				read = feed.Follow
			}
			for records, err := range read(ctx, from, o) {
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
