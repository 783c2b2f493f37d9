package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// idKey is where the metadata of a stream has its id.
const idKey = "activity-collector-stream"

const (
	// wayOn is what helps where records or checkpoints were lost.
	wayOn = "Restore it, or collect everything again from since (-reset)"
	// wayBack is the same where something else has taken the place of what was lost.
	wayBack = "Restore the one before, or collect everything again from since (-reset)"
)

// origin is the stream that the records of a checkpoint are in.
type origin struct {
	Name     string    `json:"name"`
	ID       string    `json:"id,omitempty"` // of the stream's metadata; empty if there is none
	Created  time.Time `json:"created"`
	Sequence uint64    `json:"sequence,omitempty"` // in the stream, of the last record
}

func originOf(info *jetstream.StreamInfo) origin {
	return origin{Name: info.Config.Name, ID: info.Config.Metadata[idKey], Created: info.Created.UTC(), Sequence: info.State.LastSeq}
}

// isIn reports whether the stream that is there now has the records: it is the same, or a
// restored one that reaches as far. A stream with the id of another can also have been made by a
// copy of its settings, and is empty then.
func (o origin) isIn(now origin) bool {
	return o.Name == now.Name && (o.Created.Equal(now.Created) || o.ID != "" && o.ID == now.ID && o.Sequence <= now.Sequence)
}

// replaced is the error where the stream that is there now does not have the records up to a
// checkpoint.
func (o origin) replaced(now origin, c activity.Checkpoint) error {
	return fmt.Errorf("%w: the records up to %s are in stream %s of %s. Stream %s of %s does not have them. "+wayBack, store.ErrRefused,
		c.Watermark().UTC().Format(time.RFC3339), o.Name, stamp(o.Created), now.Name, stamp(now.Created))
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func (s *Sink) streamGone() error {
	return fmt.Errorf("%w: stream %s does not exist any more: somebody deleted it. "+wayOn, store.ErrRefused, s.options.Stream)
}

func (s *Sink) bucketGone() error {
	return fmt.Errorf("%w: bucket %s does not exist any more: somebody deleted it. "+wayOn, store.ErrRefused, s.options.Bucket)
}

// present returns the stream that is there now. It fails with store.ErrRefused if there is none, or
// one that cannot serve.
func (s *Sink) present(ctx context.Context) (origin, error) {
	info, err := s.findStream(ctx)
	switch {
	case err != nil:
		return origin{}, fmt.Errorf("look for stream %s: %w", s.options.Stream, err)
	case info == nil:
		return origin{}, s.streamGone()
	}
	return originOf(info), s.options.serves(info.Config)
}

// lookForBucket returns a better error than err if the bucket was deleted.
func (s *Sink) lookForBucket(ctx context.Context, err error) error {
	name := "KV_" + s.options.Bucket // as package jetstream calls it
	_, missing := ask(ctx, s, func(subject string) bool { return strings.HasSuffix(subject, "."+name) },
		func(ctx context.Context) (jetstream.Stream, error) { return s.stream.Stream(ctx, name) })
	if errors.Is(missing, jetstream.ErrStreamNotFound) {
		return s.bucketGone()
	}
	return err
}
