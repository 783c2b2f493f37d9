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
	// restoreAdvice is what helps where records or checkpoints were lost.
	restoreAdvice = "Restore it, or collect everything again from since (-reset)"
	// restorePreviousAdvice is the same where something else has taken the place of what was lost.
	restorePreviousAdvice = "Restore the one before, or collect everything again from since (-reset)"
)

// streamIdentity is the stream that the records of a checkpoint are in.
type streamIdentity struct {
	Name     string    `json:"name"`
	ID       string    `json:"id,omitempty"` // of the stream's metadata; empty if there is none
	Created  time.Time `json:"created"`
	Sequence uint64    `json:"sequence,omitempty"` // in the stream, of the last record
}

func identityOf(info *jetstream.StreamInfo) streamIdentity {
	return streamIdentity{Name: info.Config.Name, ID: info.Config.Metadata[idKey], Created: info.Created.UTC(), Sequence: info.State.LastSeq}
}

// storedIn reports whether the stream that is there now has the records: it is the same, or a restored
// one that reaches as far. A stream with the id of another can also have been made by a copy of its
// settings, and is empty then.
func (o streamIdentity) storedIn(now streamIdentity) bool {
	return o.Name == now.Name && (o.Created.Equal(now.Created) || o.ID != "" && o.ID == now.ID && o.Sequence <= now.Sequence)
}

// errReplaced is the error where the stream that is there now does not have the records up to a
// checkpoint.
func (o streamIdentity) errReplaced(now streamIdentity, c activity.Checkpoint) error {
	return fmt.Errorf("%w: the records up to %s are in stream %s of %s. Stream %s of %s does not have them. "+restorePreviousAdvice, store.ErrRefused,
		c.Watermark().UTC().Format(time.RFC3339), o.Name, formatTime(o.Created), now.Name, formatTime(now.Created))
}

func formatTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func (s *Sink) errStreamDeleted() error {
	return fmt.Errorf("%w: stream %s does not exist any more: somebody deleted it. "+restoreAdvice, store.ErrRefused, s.options.Stream)
}

func (s *Sink) errBucketDeleted() error {
	return fmt.Errorf("%w: bucket %s does not exist any more: somebody deleted it. "+restoreAdvice, store.ErrRefused, s.options.Bucket)
}

// currentStream returns the stream that is there now. It fails with store.ErrRefused if there is none, or
// one that cannot serve.
func (s *Sink) currentStream(ctx context.Context) (streamIdentity, error) {
	info, err := s.findStream(ctx)
	switch {
	case err != nil:
		return streamIdentity{}, fmt.Errorf("look for stream %s: %w", s.options.Stream, err)
	case info == nil:
		return streamIdentity{}, s.errStreamDeleted()
	}
	return identityOf(info), s.options.checkStream(info.Config)
}

// checkBucket returns a better error than err if the bucket was deleted.
func (s *Sink) checkBucket(ctx context.Context, err error) error {
	name := "KV_" + s.options.Bucket // as package jetstream calls it
	_, missing := request(ctx, s, func(subject string) bool { return strings.HasSuffix(subject, "."+name) },
		func(ctx context.Context) (jetstream.Stream, error) { return s.stream.Stream(ctx, name) })
	if errors.Is(missing, jetstream.ErrStreamNotFound) {
		return s.errBucketDeleted()
	}
	return err
}
