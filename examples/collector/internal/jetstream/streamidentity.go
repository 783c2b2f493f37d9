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

// idKey is the key of the id in a stream's metadata.
const idKey = "activity-collector-stream"

const (
	// restoreAdvice says what to do if records or checkpoints were deleted.
	restoreAdvice = "Restore it, or collect everything again from since (-reset)"
	// restorePreviousAdvice says the same if there is a new stream of that name.
	restorePreviousAdvice = "Restore the previous one, or collect everything again from since (-reset)"
)

// streamIdentity identifies the stream that has the records of a checkpoint.
type streamIdentity struct {
	Name     string    `json:"name"`
	ID       string    `json:"id,omitempty"` // from the stream's metadata; may be empty
	Created  time.Time `json:"created"`
	Sequence uint64    `json:"sequence,omitempty"` // of the last record in the stream
}

func identityOf(info *jetstream.StreamInfo) streamIdentity {
	return streamIdentity{Name: info.Config.Name, ID: info.Config.Metadata[idKey], Created: info.Created.UTC(), Sequence: info.State.LastSeq}
}

// storedIn reports whether the current stream has the records: it is the same stream, or a restored
// one that reaches as far. The sequence counts because a stream with the same id may also be an
// empty copy of the settings.
func (o streamIdentity) storedIn(now streamIdentity) bool {
	return o.Name == now.Name && (o.Created.Equal(now.Created) || o.ID != "" && o.ID == now.ID && o.Sequence <= now.Sequence)
}

// errReplaced returns the error for a current stream that does not have the records up to a
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

// currentStream returns the identity of the current stream. It returns an error with
// store.ErrRefused if there is none, or if its settings are unsuitable.
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

// checkBucket returns err, or the error of a deleted bucket if that is the cause.
func (s *Sink) checkBucket(ctx context.Context, err error) error {
	name := "KV_" + s.options.Bucket // as package jetstream calls it
	_, missing := request(ctx, s, func(subject string) bool { return strings.HasSuffix(subject, "."+name) },
		func(ctx context.Context) (jetstream.Stream, error) { return s.stream.Stream(ctx, name) })
	if errors.Is(missing, jetstream.ErrStreamNotFound) {
		return s.errBucketDeleted()
	}
	return err
}
