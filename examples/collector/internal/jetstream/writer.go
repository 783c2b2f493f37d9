package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

var errClosed = errors.New("the sink is closed")

// checkpointValue is the value of a checkpoint's entry.
type checkpointValue struct {
	Writer     string              `json:"writer"` // the holder of the lease that wrote it
	Checkpoint activity.Checkpoint `json:"checkpoint"`
	Stream     *streamIdentity     `json:"stream,omitempty"` // has the checkpoint's records; nil if unknown
}

// Writer writes one feed. It is not safe for concurrent use.
type Writer struct {
	sink       *Sink
	subject    string
	feed       string
	lease      *lease
	entry      entry
	revision   uint64
	checkpoint activity.Checkpoint
	stream     streamIdentity // has the feed's records, up to the last one that was published
}

var _ store.Writer = (*Writer)(nil)

// Open waits until no other collector holds the feed, takes its lease and reads its checkpoint.
// While another collector holds the feed, it calls standby repeatedly, unless that is nil. renewed
// is false until that collector has renewed its lease: before that it may be dead.
//
// Open returns an error if ctx ends, or if the server does not answer for Options.RetryFor. The
// error has store.ErrRefused if stream or bucket was deleted, or if the checkpoint belongs to
// another stream.
func (s *Sink) Open(ctx context.Context, feed store.FeedID, standby func(renewed bool)) (store.Writer, error) {
	name := feedKey(feed)
	l, err := s.acquire(ctx, feed, standby)
	if err != nil {
		return nil, fmt.Errorf("open feed %s: %w", name, err)
	}
	w := &Writer{sink: s, subject: s.options.Subject + "." + name, feed: name, lease: l, entry: s.checkpointEntry(name)}
	if err := w.retry(ctx, w.fence); err != nil {
		l.release(context.WithoutCancel(ctx))
		return nil, fmt.Errorf("open feed %s: %w", name, err)
	}
	return w, nil
}

// Checkpoint returns the last stored checkpoint, zero for a new feed.
func (w *Writer) Checkpoint() activity.Checkpoint { return w.checkpoint }

// Checkpoint returns the last stored checkpoint of a feed, whoever holds it. It is zero for a new
// feed.
func (s *Sink) Checkpoint(ctx context.Context, feed store.FeedID) (activity.Checkpoint, error) {
	value, _, err := s.checkpointEntry(feedKey(feed)).read(ctx)
	if err != nil || value == nil {
		return activity.Checkpoint{}, err
	}
	var found checkpointValue
	if err := json.Unmarshal(value, &found); err != nil {
		return activity.Checkpoint{}, fmt.Errorf("the checkpoint of %s cannot be read: %w", feed, err)
	}
	return found.Checkpoint, nil
}

func (s *Sink) checkpointEntry(feed string) entry { return entry{s, "checkpoint." + feed} }

// fence rewrites the checkpoint with this writer's name, so that no former holder of the lease can
// replace it.
func (w *Writer) fence(ctx context.Context) error {
	value, revision, err := w.entry.read(ctx)
	if err != nil {
		return err
	}
	var found checkpointValue
	if value != nil {
		if err := json.Unmarshal(value, &found); err != nil {
			return fmt.Errorf("%w: the checkpoint in %s cannot be read: %w: restore it, or delete it to collect the feed again",
				store.ErrRefused, w.entry.key, err)
		}
	}
	now, err := w.sink.currentStream(ctx)
	if err != nil {
		return err
	}
	checkpoint, origin, err := w.resume(found, now)
	if err != nil {
		return err
	}
	if w.revision, err = w.write(ctx, checkpoint, origin, revision); err != nil {
		return err // after a conflict too: the former holder was faster, so read again
	}
	w.checkpoint, w.stream = checkpoint, origin
	return nil
}

// resume returns the checkpoint to continue from in the current stream.
func (w *Writer) resume(found checkpointValue, now streamIdentity) (activity.Checkpoint, streamIdentity, error) {
	before, since := found.Stream, now
	since.Sequence = 0
	switch {
	case found.Checkpoint.IsZero():
		return activity.Checkpoint{}, since, nil
	case before == nil: // an older version wrote it; its records are assumed to be in this stream
		return found.Checkpoint, now, nil
	case before.storedIn(now):
		if before.Sequence > now.Sequence {
			w.lease.log.Warn("the stream has lost its latest records; if it was restored, restore the bucket of the same time too",
				"stream", now.Name, "ends", now.Sequence, "stored", before.Sequence)
		}
		since.Sequence = before.Sequence
		return found.Checkpoint, since, nil
	case w.sink.options.Reset && w.sink.openedStream.Created.Equal(now.Created):
		// Reset applies to the stream that Open found or created, not to a later one.
		w.lease.log.Warn("the feed is collected again from the beginning: its records are in another stream",
			"stream", before.Name, "made", before.Created, "records_up_to", found.Checkpoint.Watermark())
		return activity.Checkpoint{}, since, nil
	}
	return activity.Checkpoint{}, streamIdentity{}, before.errReplaced(now, found.Checkpoint)
}

func (w *Writer) write(ctx context.Context, c activity.Checkpoint, in streamIdentity, revision uint64) (uint64, error) {
	value, err := json.Marshal(checkpointValue{Writer: w.lease.claim.Holder, Checkpoint: c, Stream: &in})
	if err != nil {
		return 0, fmt.Errorf("%w: write the checkpoint: %w", store.ErrRefused, err)
	}
	return w.entry.compareAndSwap(ctx, value, revision)
}

// Store publishes the events, waits until the stream has acknowledged all of them, and then writes
// the checkpoint. The stream drops events that it already has. If the server is unavailable, Store
// retries for Options.RetryFor.
//
// The error has store.ErrLeaseLost if another collector has taken over the feed, and
// store.ErrRefused if the stream or the bucket was deleted. After any error, the events can be
// stored again.
func (w *Writer) Store(ctx context.Context, events []activity.Event, checkpoint activity.Checkpoint) error {
	if err := w.publish(ctx, events); err != nil {
		return fmt.Errorf("store into feed %s: %w", w.feed, err)
	}
	if len(events) > 0 {
		if err := w.retry(ctx, w.checkStreamUnchanged); err != nil {
			return fmt.Errorf("store into feed %s: %w", w.feed, err)
		}
	}
	if err := w.retry(ctx, func(ctx context.Context) error { return w.writeCheckpoint(ctx, checkpoint) }); err != nil {
		return fmt.Errorf("store into feed %s: %w", w.feed, err)
	}
	w.checkpoint = checkpoint
	return nil
}

// checkStreamUnchanged returns an error if the current stream is not the one with the feed's
// records.
func (w *Writer) checkStreamUnchanged(ctx context.Context) error {
	now, err := w.sink.currentStream(ctx)
	if err == nil && !w.stream.storedIn(now) {
		err = w.stream.errReplaced(now, w.checkpoint)
	}
	return err
}

// writeCheckpoint writes the checkpoint. After a conflict it reads the entry, since the answer to
// an earlier write may have been lost.
func (w *Writer) writeCheckpoint(ctx context.Context, checkpoint activity.Checkpoint) error {
	revision, err := w.write(ctx, checkpoint, w.stream, w.revision)
	if errors.Is(err, errConflict) {
		var value []byte
		if value, revision, err = w.entry.read(ctx); err != nil {
			return err
		}
		var found checkpointValue
		if json.Unmarshal(value, &found) != nil || found.Writer != w.lease.claim.Holder {
			w.lease.lose(store.ErrLeaseLost)
			return store.ErrLeaseLost
		}
		revision, err = w.write(ctx, checkpoint, w.stream, revision)
	}
	if err != nil {
		return err
	}
	w.revision = revision
	return nil
}

// Close releases the feed, so that another collector can take it at once.
func (w *Writer) Close() error {
	w.lease.release(context.Background())
	return nil
}
