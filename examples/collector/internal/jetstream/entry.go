package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// entry is one key of the bucket, written by compare-and-swap only.
type entry struct {
	sink *Sink
	key  string
}

// errConflict: somebody else wrote in between, or the same writer did and never learned of it.
var errConflict = errors.New("the entry has changed")

// read returns the value and its revision; nil and 0 if there is none.
func (e entry) read(ctx context.Context) (value []byte, revision uint64, err error) {
	found, err := request(ctx, e.sink, e.matches, func(ctx context.Context) (jetstream.KeyValueEntry, error) {
		return e.sink.bucket.Get(ctx, e.key)
	})
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return nil, 0, nil
	case err != nil:
		return nil, 0, fmt.Errorf("read %s: %w", e.key, e.checkBucket(ctx, err))
	}
	return found.Value(), found.Revision(), nil
}

// compareAndSwap writes the value if the entry's revision is still that one, and returns the new one.
// Revision 0: there is none yet.
func (e entry) compareAndSwap(ctx context.Context, value []byte, revision uint64) (uint64, error) {
	revision, err := request(ctx, e.sink, e.matches, func(ctx context.Context) (uint64, error) {
		if revision == 0 {
			return e.sink.bucket.Create(ctx, e.key, value)
		}
		return e.sink.bucket.Update(ctx, e.key, value, revision)
	})
	switch {
	case errors.Is(err, jetstream.ErrKeyExists), errors.Is(err, jetstream.ErrKeyRevisionMismatch):
		return 0, errConflict
	case err != nil:
		return 0, fmt.Errorf("write %s: %w", e.key, storeError(e.checkBucket(ctx, err), value))
	}
	return revision, nil
}

// matches reports whether the entry cannot be used without a subject: its own, or that of
// JetStream for the bucket.
func (e entry) matches(subject string) bool {
	bucket := e.sink.options.Bucket
	return strings.HasSuffix(subject, "."+bucket+"."+e.key) || strings.HasSuffix(subject, ".KV_"+bucket)
}

// checkBucket returns a better error than err, if nobody answered because the bucket was deleted.
func (e entry) checkBucket(ctx context.Context, err error) error {
	if noResponse(err) {
		return e.sink.checkBucket(ctx, err)
	}
	return err
}
