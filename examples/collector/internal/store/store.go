// Package store defines the sinks that the collector stores records in.
package store

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"github.com/activity-sdk/activity"
)

// Who returns the actor of an event as one text: the e-mail address, else the name, else the id.
func Who(a activity.Actor) string { return cmp.Or(a.Email, a.Name, a.ID) }

// What returns the target of an event as one text: the path, else the name, else the id.
func What(t activity.Target) string { return cmp.Or(t.Path, t.Name, t.ID) }

// FeedID names one feed of one tenant, for example {"snaplogic", "acme", "activities"}.
type FeedID struct{ Vendor, Tenant, Feed string }

// String returns the three names with slashes between them.
func (f FeedID) String() string { return f.Vendor + "/" + f.Tenant + "/" + f.Feed }

// Logger returns a logger whose lines name the feed.
func (f FeedID) Logger(log *slog.Logger) *slog.Logger {
	return log.With("vendor", f.Vendor, "tenant", f.Tenant, "feed", f.Feed)
}

// Checkpoints reads the checkpoints of a sink, also while a collector writes to it.
type Checkpoints interface {
	// Checkpoint returns the last stored checkpoint of a feed, whoever wrote it. It is zero for a
	// new feed.
	Checkpoint(ctx context.Context, feed FeedID) (activity.Checkpoint, error)
	Close() error
}

// Sink stores records and checkpoints. It is safe for concurrent use.
type Sink interface {
	Checkpoints
	// Open makes the caller the only writer of a feed, until Close or until the lease is lost. It
	// waits while another writer holds the feed. While another collector holds it, Open may call
	// standby repeatedly, unless that is nil. renewed is true if that collector has renewed its
	// lease since Open was called, so it is certainly alive.
	Open(ctx context.Context, feed FeedID, standby func(renewed bool)) (Writer, error)
}

// Writer writes one feed.
type Writer interface {
	// Checkpoint returns the last stored checkpoint, zero for a new feed.
	Checkpoint() activity.Checkpoint
	// Store stores events and the checkpoint that covers them. If it fails, the events may be
	// stored again with the same keys, and the sink recognizes them.
	Store(ctx context.Context, events []activity.Event, checkpoint activity.Checkpoint) error
	Close() error
}

// ErrLeaseLost means that another collector took over the feed. That collector recognizes
// everything that was stored.
var ErrLeaseLost = errors.New("the feed's lease was lost to another collector")

// ErrRefused means that no retry can succeed until somebody has changed something, such as the
// settings of a stream. The text of the error says what.
var ErrRefused = errors.New("the sink cannot be used as it is")

// ErrGone means that the stored data no longer exists or is damaged, for instance because the file
// was deleted. It ends the collector.
var ErrGone = errors.New("the sink is gone")
