package jetstream

import (
	"context"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// retryInterval is how long to wait before something that failed is repeated.
const retryInterval = 100 * time.Millisecond

// retry does something under the lease until it succeeds, is refused, or has failed for too
// long.
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
