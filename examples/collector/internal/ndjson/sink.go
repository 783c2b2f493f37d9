package ndjson

import (
	"context"
	"io"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Sink writes records to one output. Use Open to make one.
type Sink struct {
	out         *output
	format      store.Format
	checkpoints store.Sink
}

var _ store.Sink = (*Sink)(nil)

// Open returns a sink that writes each record to out, as a line in the format. It stores the
// checkpoints in another sink, without records. Close closes that sink, but not out.
func Open(out io.Writer, checkpoints store.Sink, format store.Format) *Sink {
	return &Sink{newOutput(out), format, checkpoints}
}

// Checkpoint returns the last stored checkpoint of a feed, zero for a new one.
func (s *Sink) Checkpoint(ctx context.Context, feed store.FeedID) (activity.Checkpoint, error) {
	return s.checkpoints.Checkpoint(ctx, feed)
}

// Open opens the feed in the sink of the checkpoints, which waits and calls standby.
func (s *Sink) Open(ctx context.Context, feed store.FeedID, standby func(renewed bool)) (store.Writer, error) {
	w, err := s.checkpoints.Open(ctx, feed, standby)
	if err != nil {
		return nil, err
	}
	return &writer{w, s}, nil
}

// Close closes the sink of the checkpoints.
func (s *Sink) Close() error { return s.checkpoints.Close() }

// writer writes lines and then the checkpoint.
type writer struct {
	store.Writer
	sink *Sink
}

// Store writes the lines and then stores the checkpoint, so that a failure in between repeats lines
// but loses none.
func (w *writer) Store(ctx context.Context, events []activity.Event, checkpoint activity.Checkpoint) error {
	var lines []byte
	for _, e := range events {
		var err error
		if lines, err = appendEvent(lines, e, w.sink.format); err != nil {
			return err
		}
	}
	if len(lines) > 0 {
		if err := w.sink.out.write(ctx, lines); err != nil {
			return err
		}
	}
	return w.Writer.Store(ctx, nil, checkpoint)
}
