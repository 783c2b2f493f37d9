// Package store is what the collector asks of the places it can collect into.
package store

import (
	"cmp"
	"context"
	"errors"

	"github.com/activity-sdk/activity"
)

// Who returns what an event's actor is called in one text: the e-mail address, else the name, else
// the id.
func Who(a activity.Actor) string { return cmp.Or(a.Email, a.Name, a.ID) }

// What returns what an event's target is called in one text: the path, else the name, else the id.
func What(t activity.Target) string { return cmp.Or(t.Path, t.Name, t.ID) }

// FeedID names one feed of one tenant, for example {"snaplogic", "acme", "activities"}.
type FeedID struct{ Vendor, Tenant, Feed string }

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
	// Store stores events and the checkpoint that is true with them. Either both are stored, or the
	// events come again with the same keys and are recognized.
	Store(ctx context.Context, events []activity.Event, checkpoint activity.Checkpoint) error
	Close() error
}

// ErrLeaseLost means that another collector took the feed over. Nothing was stored that it will not
// recognize.
var ErrLeaseLost = errors.New("the feed's lease was lost to another collector")
