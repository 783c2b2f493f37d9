package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// entry is one key of the bucket. It is written only by compare-and-swap.
type entry struct {
	sink *Sink
	key  string
}

// errConflict means that the entry was written in between, by somebody else or by this writer
// without getting the answer.
var errConflict = errors.New("the entry has changed")

// read returns the value and its revision, or nil and 0 if the entry does not exist.
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

// compareAndSwap writes the value if the entry still has the revision, and returns the new
// revision. Revision 0 creates the entry.
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

// matches reports whether the entry needs a permission for the subject: it is the entry's own
// subject or one of the bucket's stream.
func (e entry) matches(subject string) bool {
	bucket := e.sink.options.Bucket
	return strings.HasSuffix(subject, "."+bucket+"."+e.key) || strings.HasSuffix(subject, ".KV_"+bucket)
}

// checkBucket returns err, or the error of a deleted bucket if there was no response because of
// that.
func (e entry) checkBucket(ctx context.Context, err error) error {
	if noResponse(err) {
		return e.sink.checkBucket(ctx, err)
	}
	return err
}
