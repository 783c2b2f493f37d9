package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// permanent is a failure that no repetition mends.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// again is how long to wait before something that failed is repeated.
const again = 100 * time.Millisecond

// patiently does something under the lease until it succeeds, cannot succeed, or has failed for too
// long.
func (w *Writer) patiently(ctx context.Context, do func(context.Context) error) error {
	for begun := time.Now(); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.lease.ensure(ctx); err != nil {
			return err
		}
		err := do(ctx)
		switch {
		case err == nil, errors.Is(err, store.ErrLeaseLost):
			return err
		}
		if _, final := errors.AsType[permanent](err); final {
			return err
		}
		if time.Since(begun) > w.sink.options.Patience {
			return fmt.Errorf("given up after %v: %w", w.sink.options.Patience, err)
		}
		if err := sleep(ctx, w.sink.closed, again); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, closed <-chan struct{}, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}
