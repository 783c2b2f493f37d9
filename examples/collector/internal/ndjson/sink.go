package ndjson

import (
	"context"
	"io"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Sink writes records to one output. Open makes one.
type Sink struct {
	out         *output
	format      store.Format
	checkpoints store.Sink
}

var _ store.Sink = (*Sink)(nil)

// Open returns a sink that writes records to out, each as a line in the format, and stores the
// checkpoints in another sink, which gets no records. Close closes that one. It does not close out.
func Open(out io.Writer, checkpoints store.Sink, format store.Format) *Sink {
	return &Sink{newOutput(out), format, checkpoints}
}

// Checkpoint returns what was stored last of a feed; zero for a new one.
func (s *Sink) Checkpoint(ctx context.Context, feed store.FeedID) (activity.Checkpoint, error) {
	return s.checkpoints.Checkpoint(ctx, feed)
}

// Open waits as the sink of the checkpoints does, which calls standby.
func (s *Sink) Open(ctx context.Context, feed store.FeedID, standby func()) (store.Writer, error) {
	w, err := s.checkpoints.Open(ctx, feed, standby)
	if err != nil {
		return nil, err
	}
	return &writer{w, s}, nil
}

// Close closes the sink of the checkpoints.
func (s *Sink) Close() error { return s.checkpoints.Close() }

// writer is the writer of the checkpoints, behind the lines.
type writer struct {
	store.Writer
	sink *Sink
}

// Store writes the lines and then stores the checkpoint, so that a failure in between repeats lines
// and loses none.
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
