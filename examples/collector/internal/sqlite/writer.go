package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

type writer struct {
	sink       *Sink
	feed       store.FeedID
	checkpoint activity.Checkpoint
	release    func()
}

func (w *writer) Checkpoint() activity.Checkpoint { return w.checkpoint }

func (w *writer) Close() error {
	w.release()
	return nil
}

// Checkpoint returns the last stored checkpoint of a feed, zero for a new one.
func (s *Sink) Checkpoint(ctx context.Context, feed store.FeedID) (activity.Checkpoint, error) {
	if err := s.checkFiles(ctx); err != nil {
		return activity.Checkpoint{}, err
	}
	c, err := checkpoint(ctx, s.reads, s.file.path, feed)
	if err != nil {
		return c, withAdvice(s.file.path, err)
	}
	return c, nil
}

func checkpoint(ctx context.Context, db *sql.DB, path string, feed store.FeedID) (
	c activity.Checkpoint, err error,
) {
	var stored any
	err = queryRow(ctx, db, "SELECT checkpoint FROM feeds WHERE vendor = ? AND tenant = ? AND feed = ?",
		[]any{feed.Vendor, feed.Tenant, feed.Feed}, &stored)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return c, nil
	case err != nil:
		return c, fmt.Errorf("reading the checkpoint: %w", err)
	}
	// An empty text was not stored by a collector. Without this check it would count as a new feed.
	if err = c.Scan(stored); err == nil && c.IsZero() {
		err = errors.New("the checkpoint is empty")
	}
	if err != nil {
		return activity.Checkpoint{}, fmt.Errorf("%w: the checkpoint of %s in %s cannot be read: "+
			"restore a backup, or delete the feed's row in the table feeds to collect it again: %w",
			store.ErrRefused, feed, path, err)
	}
	return c, nil
}

const (
	// A record whose key exists already is the same record.
	insertRecord = `INSERT INTO records (vendor, tenant, feed, key, time, kind, action, outcome, who, address, type, target, message, raw, collected_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	replaceCheckpoint = `INSERT INTO feeds (vendor, tenant, feed, checkpoint, stored_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET checkpoint = excluded.checkpoint, stored_at = excluded.stored_at`
)

// Store stores events and checkpoint in one transaction. It returns an error with store.ErrGone if
// the file was deleted, replaced or damaged. A file that is deleted later is noticed by the next
// call.
func (w *writer) Store(ctx context.Context, events []activity.Event, checkpoint activity.Checkpoint) error {
	if err := w.sink.checkFiles(ctx); err != nil {
		return err
	}
	now := formatTime(time.Now())
	err := inTransaction(ctx, w.sink.db, func(tx *sql.Tx) error {
		if err := w.insert(ctx, tx, events, now); err != nil {
			return fmt.Errorf("storing records: %w", err)
		}
		if _, err := tx.ExecContext(ctx, replaceCheckpoint, w.feed.Vendor, w.feed.Tenant, w.feed.Feed, checkpoint, now); err != nil {
			return fmt.Errorf("storing the checkpoint: %w", err)
		}
		return nil
	})
	if err != nil {
		return withAdvice(w.sink.file.path, err)
	}
	if err := w.sink.checkFiles(ctx); err != nil { // the transaction may be in a deleted file
		return err
	}
	w.checkpoint = checkpoint
	return nil
}

func (w *writer) insert(ctx context.Context, tx *sql.Tx, events []activity.Event, now any) error {
	insert, err := tx.PrepareContext(ctx, insertRecord)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for _, e := range events {
		if _, err := insert.ExecContext(ctx, w.feed.Vendor, w.feed.Tenant, w.feed.Feed, e.Key, formatTime(e.Time), string(e.Kind), e.Action,
			string(e.Outcome), store.Who(e.Actor), e.Actor.Address, e.Target.Type, store.What(e.Target), e.Message, string(e.Raw), now); err != nil {
			return err
		}
	}
	return nil
}

// formatTime returns a text for the time, which sorts like the time and which SQLite's functions
// can read. A zero time is NULL.
func formatTime(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format("2006-01-02T15:04:05.000000000Z")
}
