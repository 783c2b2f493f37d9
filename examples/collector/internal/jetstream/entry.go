package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// answerTimeout is how long one question to the server may take.
const answerTimeout = 5 * time.Second

// entry is one key of the bucket, written by compare-and-swap only.
type entry struct {
	bucket jetstream.KeyValue
	key    string
}

// errConflict: somebody else wrote in between, or the same writer did and never learned of it.
var errConflict = errors.New("the entry has changed")

// read gives the value and its revision; nil and 0 if there is none.
func (e entry) read(ctx context.Context) (value []byte, revision uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	found, err := e.bucket.Get(ctx, e.key)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return nil, 0, nil
	case err != nil:
		return nil, 0, fmt.Errorf("read %s: %w", e.key, err)
	}
	return found.Value(), found.Revision(), nil
}

// swap writes the value if the entry's revision is still that one, and gives the new one. Revision
// 0: there is none yet.
func (e entry) swap(ctx context.Context, value []byte, revision uint64) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	var err error
	if revision == 0 {
		revision, err = e.bucket.Create(ctx, e.key, value)
	} else {
		revision, err = e.bucket.Update(ctx, e.key, value, revision)
	}
	switch {
	case errors.Is(err, jetstream.ErrKeyExists), errors.Is(err, jetstream.ErrKeyRevisionMismatch):
		return 0, errConflict
	case err != nil:
		return 0, fmt.Errorf("write %s: %w", e.key, refused(err, value))
	}
	return revision, nil
}
