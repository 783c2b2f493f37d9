// Package store is what the collector asks of the places it can collect into.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/activity-sdk/activity"
)

// FeedID names one feed of one tenant, for example {"snaplogic", "acme", "activities"}.
type FeedID struct{ Vendor, Tenant, Feed string }

// Row is one record: the vendor's bytes as sent, and what one wants to query by.
type Row struct {
	Key    string    // stable across runs, unique in its feed
	Time   time.Time // the record's own, UTC; zero: it has none that can be read
	Action string    // what happened, in the vendor's word
	Actor  string    // who did it
	Raw    []byte
}

// Sink is a place to collect into. It is safe for concurrent use.
type Sink interface {
	// Open makes the caller the only writer of a feed until Close or the lease is lost. It waits
	// while another writer holds the feed.
	Open(ctx context.Context, feed FeedID) (Writer, error)
	Close() error
}

// Writer writes one feed.
type Writer interface {
	// Checkpoint is what was stored last; zero in a new feed.
	Checkpoint() activity.Checkpoint
	// Store stores rows and the checkpoint that is true with them. Either both are stored, or the
	// rows come again with the same keys and are recognized.
	Store(ctx context.Context, rows []Row, checkpoint activity.Checkpoint) error
	Close() error
}

// ErrLeaseLost means that another collector took the feed over. Nothing was stored that it will not
// recognize.
var ErrLeaseLost = errors.New("the feed's lease was lost to another collector")
