package activityreceiver

import (
	"context"
	"log/slog"
	"time"

	"github.com/activity-sdk/activity"
)

// The waits before a source that ended is followed again: the first, and the longest.
const (
	minWait = time.Minute
	maxWait = 15 * time.Minute
)

// follower follows a source and delivers what comes.
type follower struct {
	source
	store   *checkpoints
	health  *health
	metrics *sourceMetrics
	log     *slog.Logger
	deliver delivery

	loaded     bool // whether checkpoint is that of the storage, or a later one
	checkpoint activity.Checkpoint
	wait       time.Duration // before the source is followed again, if it ends now
}

// run follows the source until the context following ends. A delivery then goes on until the
// context delivering ends. A source that ends by itself, since a service refuses the tenant for
// instance, is tried again after a wait: once somebody has mended it, no new start is needed.
func (f *follower) run(following, delivering context.Context) {
	f.wait = minWait
	for {
		err := f.follow(following, delivering)
		if following.Err() != nil {
			return
		}
		f.metrics.failed(delivering, causeEnd)
		f.log.Error("reading ended, and is tried again", "error", err, "wait", f.wait)
		f.health.failed(f.key(), err)
		if !pause(following, f.wait) {
			return
		}
		f.wait = min(2*f.wait, maxWait)
	}
}

// follow returns what ended the source.
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
	options.OnRetry = func(error, time.Duration) { f.metrics.failed(delivering, causeRound) } // the logger of the client says it
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

// accept delivers a batch, and stores its checkpoint afterwards. A collector that dies in between
// delivers the batch again, with the same keys.
func (f *follower) accept(following, delivering context.Context, batch activity.Batch[activity.Event]) error {
	dropped, err := f.deliver.batch(following, delivering, batch.Records)
	if err != nil {
		return err
	}
	if dropped != nil {
		f.metrics.dropped(delivering, len(batch.Records))
		f.log.Error("the pipeline refused a batch for good, and its records are dropped", "error", dropped,
			"records", len(batch.Records), "first", batch.Records[0].Key, "last", batch.Records[len(batch.Records)-1].Key)
	}
	f.checkpoint, f.wait = batch.Checkpoint, minWait
	f.metrics.delivered(time.Now().Add(-batch.Lag))
	f.health.recovered(f.key())
	if err := f.store.save(delivering, f.source, batch.Checkpoint); err != nil {
		// The next checkpoint counts for this one. Until then a new start delivers the batch again.
		f.metrics.failed(delivering, causeStorage)
		f.log.Error("the checkpoint is not stored", "error", err)
	}
	return nil
}

// pause reports whether a duration has passed before the context ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}
