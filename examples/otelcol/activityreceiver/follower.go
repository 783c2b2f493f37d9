package activityreceiver

import (
	"context"
	"log/slog"
	"time"

	"github.com/activity-sdk/activity"
)

// The first and the longest wait before a source that failed is followed again.
const (
	minWait = time.Minute
	maxWait = 15 * time.Minute
)

// follower follows a source and delivers its batches.
type follower struct {
	source
	store   *checkpoints
	health  *health
	metrics *sourceMetrics
	log     *slog.Logger
	deliver delivery

	loaded     bool // checkpoint was loaded from the storage
	checkpoint activity.Checkpoint
	wait       time.Duration // before the next try, if following fails now
}

// run follows the source until the context following ends. A delivery that is under way may
// continue until the context delivering ends. If following fails, for instance because a service
// refuses the tenant, run tries again after a wait. So the feed continues without a restart once
// the cause is fixed.
func (f *follower) run(following, delivering context.Context) {
	f.wait = minWait
	for {
		err := f.follow(following, delivering)
		if following.Err() != nil {
			return
		}
		f.metrics.failed(delivering, causeEnd)
		f.log.Error("reading failed, trying again", "error", err, "wait", f.wait)
		f.health.failed(f.key(), err)
		if !pause(following, f.wait) {
			return
		}
		f.wait = min(2*f.wait, maxWait)
	}
}

// follow follows the source until it fails, and returns the error.
func (f *follower) follow(following, delivering context.Context) error {
	if !f.loaded {
		checkpoint, err := f.store.load(following, f.source)
		if err != nil {
			return err
		}
		f.checkpoint, f.loaded = checkpoint, true
		if !checkpoint.IsZero() {
			f.metrics.delivered(checkpoint.Watermark())
		}
	}
	options := f.options
	options.OnRetry = func(error, time.Duration) { f.metrics.failed(delivering, causeRound) } // the client logs it
	for batch, err := range f.events.Follow(following, f.checkpoint, options) {
		if err != nil {
			return err
		}
		if err := f.accept(following, delivering, batch); err != nil {
			return err
		}
	}
	return following.Err()
}

// accept delivers a batch and then stores its checkpoint. If the collector dies in between, the
// next run delivers the batch again, with the same keys.
func (f *follower) accept(following, delivering context.Context, batch activity.Batch[activity.Event]) error {
	dropped, err := f.deliver.batch(following, delivering, batch.Records)
	if err != nil {
		return err
	}
	if dropped != nil {
		f.metrics.dropped(delivering, len(batch.Records))
		f.log.Error("the pipeline refused a batch permanently, its records are dropped", "error", dropped,
			"records", len(batch.Records), "first", batch.Records[0].Key, "last", batch.Records[len(batch.Records)-1].Key)
	}
	f.checkpoint, f.wait = batch.Checkpoint, minWait
	f.metrics.delivered(time.Now().Add(-batch.Lag))
	f.health.recovered(f.key())
	if err := f.store.save(delivering, f.source, batch.Checkpoint); err != nil {
		// The next checkpoint covers this batch too. A restart before that delivers the batch
		// again.
		f.metrics.failed(delivering, causeStorage)
		f.log.Error("the checkpoint is not stored", "error", err)
	}
	return nil
}

// pause waits for d. It returns false if the context ends first.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return ctx.Err() == nil
	}
}
