// Package store is what the collector asks of the places it can collect into.
package store

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"github.com/activity-sdk/activity"
)

// Who returns what an event's actor is called in one text: the e-mail address, else the name, else
// the id.
func Who(a activity.Actor) string { return cmp.Or(a.Email, a.Name, a.ID) }

// What returns what an event's target is called in one text: the path, else the name, else the id.
func What(t activity.Target) string { return cmp.Or(t.Path, t.Name, t.ID) }

// FeedID names one feed of one tenant, for example {"snaplogic", "acme", "activities"}.
type FeedID struct{ Vendor, Tenant, Feed string }

// String returns the three names with slashes between them.
func (f FeedID) String() string { return f.Vendor + "/" + f.Tenant + "/" + f.Feed }

// Logger returns a logger whose lines name the feed.
func (f FeedID) Logger(log *slog.Logger) *slog.Logger {
	return log.With("vendor", f.Vendor, "tenant", f.Tenant, "feed", f.Feed)
}

// Checkpoints is what can be read of a place beside the collector that writes to it.
type Checkpoints interface {
	// Checkpoint returns what was stored last of a feed, whoever writes it; zero for a new feed.
	Checkpoint(ctx context.Context, feed FeedID) (activity.Checkpoint, error)
	Close() error
}

// Sink is a place to collect into. It is safe for concurrent use.
type Sink interface {
	Checkpoints
	// Open makes the caller the only writer of a feed until Close or the lease is lost. It waits
	// while another writer holds the feed. standby is called, perhaps again and again, while that
	// is another collector's; nil: nobody asks.
	Open(ctx context.Context, feed FeedID, standby func()) (Writer, error)
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

// ErrRefused means that no later try succeeds until somebody has changed something, such as the
// settings of a stream. The error around it says what.
var ErrRefused = errors.New("the sink cannot be used as it is")

// ErrGone means that what was stored is not there any more, or is damaged: the file was deleted
// under the collector, for instance. The collector ends with it.
var ErrGone = errors.New("the sink is gone")
