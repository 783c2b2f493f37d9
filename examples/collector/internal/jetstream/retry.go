package jetstream

import (
	"context"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// retryInterval is the wait before a failed call is repeated.
const retryInterval = 100 * time.Millisecond

// retry calls do while the lease is held, until it succeeds, returns store.ErrLeaseLost or
// store.ErrRefused, or has failed for Options.RetryFor.
func (w *Writer) retry(ctx context.Context, do func(context.Context) error) error {
	for begun := time.Now(); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.lease.waitHeld(ctx); err != nil {
			return err
		}
		err := do(ctx)
		switch {
		case err == nil, isAny(err, store.ErrLeaseLost, store.ErrRefused):
			return err
		case time.Since(begun) > w.sink.options.RetryFor:
			return w.sink.gaveUp(err)
		}
		if err := sleep(ctx, w.sink.closed, retryInterval); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, closed <-chan struct{}, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}
