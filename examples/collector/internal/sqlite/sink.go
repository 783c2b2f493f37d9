package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// ErrInUse means that another collector writes to the file.
var ErrInUse = errors.New("another collector is writing to this file: stop it, or choose another file")

// Sink is one file. Use Open to open it.
type Sink struct {
	connections
	lock           *sql.DB
	file, lockFile fileIdentity
	beside         []fileIdentity // the files that SQLite keeps beside the open database
	flushed        sync.Once      // once the file is gone

	mu   sync.Mutex
	held map[store.FeedID]chan struct{} // closed when the feed's writer is
}

var _ store.Sink = (*Sink)(nil)

// Open opens the file, or creates it with mode 0600. It migrates a file of schema 1 to schema 2.
//
// Open returns ErrInUse if another collector holds the file, an error with store.ErrRefused for a
// file for another use, of another program or of an unknown version, and one with store.ErrGone for
// a damaged file. To find damage, it reads the whole file.
func Open(ctx context.Context, path string, use Use) (*Sink, error) {
	lock, lockFile, err := acquire(ctx, path)
	if err != nil {
		return nil, err
	}
	s, err := openDatabase(ctx, path, use)
	if err != nil {
		_ = lock.Close()
		return nil, err
	}
	s.lock, s.lockFile = lock, lockFile
	if err := s.checkFiles(ctx); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

func openDatabase(ctx context.Context, path string, use Use) (*Sink, error) {
	if err := create(path); err != nil {
		return nil, err
	}
	file, err := identify(path)
	if err != nil {
		return nil, err
	}
	db, err := open(path, writeParameters(busyTimeout, "synchronous(FULL)"))
	if err != nil {
		return nil, err
	}
	s := &Sink{connections: connections{db: db}, file: file, held: map[store.FeedID]chan struct{}{}}
	if err = prepare(ctx, db, path, use); err == nil {
		if _, err = execute(ctx, db, "PRAGMA journal_mode = WAL"); err != nil {
			err = withAdvice(path, err)
		}
	}
	if err == nil {
		err = s.connect(ctx, path)
	}
	if err == nil {
		s.beside, err = identifyBeside(path)
	}
	if err != nil {
		_ = s.connections.Close()
		return nil, err
	}
	return s, nil
}

// Open waits until no other writer of this sink holds the feed. It never calls standby, since no
// other collector can have the file.
func (s *Sink) Open(ctx context.Context, feed store.FeedID, _ func(bool)) (store.Writer, error) {
	released, err := s.waitTurn(ctx, feed)
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

func (s *Sink) waitTurn(ctx context.Context, feed store.FeedID) (released chan struct{}, err error) {
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

// Close closes the file, and then releases it for other collectors.
func (s *Sink) Close() error {
	return errors.Join(s.connections.Close(), s.lock.Close())
}

// Feeds returns the feeds that have a checkpoint or records in the file, sorted by name. It reads
// an index of all records.
func (s *Sink) Feeds(ctx context.Context) (found []store.FeedID, err error) {
	if err := s.checkFiles(ctx); err != nil {
		return nil, err
	}
	err = retryLocked(ctx, func() error {
		found, err = s.feeds(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the feeds: %w", withAdvice(s.file.path, err))
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
