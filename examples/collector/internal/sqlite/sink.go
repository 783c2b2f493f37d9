package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"sync"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// ErrInUse means that another collector writes to the file.
var ErrInUse = errors.New("another collector is writing to this file: stop it, or choose another file")

// Sink is one file. Open makes one.
type Sink struct {
	lock *sql.DB
	db   *sql.DB

	mu   sync.Mutex
	held map[store.FeedID]chan struct{} // closed when the feed's writer is
}

var _ store.Sink = (*Sink)(nil)

// Open opens the file, or makes it. It fails with ErrInUse if another collector has it, and refuses
// a file of another program or of another version of this one.
func Open(ctx context.Context, path string) (*Sink, error) {
	lock, err := acquire(ctx, path)
	if err != nil {
		return nil, err
	}
	db, err := open(path, "busy_timeout(10000)", "synchronous(FULL)")
	if err == nil {
		if err = prepare(ctx, db, path); err == nil {
			_, err = db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
		}
		if err != nil {
			_ = db.Close()
		}
	}
	if err != nil {
		_ = lock.Close()
		return nil, err
	}
	return &Sink{lock: lock, db: db, held: map[store.FeedID]chan struct{}{}}, nil
}

// open gives a pool of the one connection through which everything is written, one transaction
// after the other.
func open(path string, pragmas ...string) (*sql.DB, error) {
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// Open waits until the feed's other writer in this process, if there is one, is closed.
func (s *Sink) Open(ctx context.Context, feed store.FeedID) (store.Writer, error) {
	released, err := s.hold(ctx, feed)
	if err != nil {
		return nil, err
	}
	w := &writer{sink: s, feed: feed, release: sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.held, feed)
		close(released)
	})}
	if w.checkpoint, err = s.Checkpoint(ctx, feed); err != nil {
		w.release()
		return nil, err
	}
	return w, nil
}

func (s *Sink) hold(ctx context.Context, feed store.FeedID) (released chan struct{}, err error) {
	for {
		s.mu.Lock()
		other, held := s.held[feed]
		if !held {
			released = make(chan struct{})
			s.held[feed] = released
			s.mu.Unlock()
			return released, nil
		}
		s.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Close closes the file, and then lets other collectors have it.
func (s *Sink) Close() error {
	return errors.Join(s.db.Close(), s.lock.Close())
}
