package activity

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"log/slog"
	"time"

	"github.com/activity-sdk/activity/internal/obstacle"
)

// Feed reads records by time: what is new since the last run, each record once. Making one sends
// nothing. A Feed is immutable and safe for concurrent use.
type Feed[T any] struct {
	source  FeedSource[T]
	clock   func() time.Time
	derived *derived[T] // nil: the records are those of source
}

// FeedSource returns the records of a [Feed]. The vendor packages have their own. Write one to
// follow another service, or for a test.
type FeedSource[T any] interface {
	// Feed describes the source. It returns the same each time.
	Feed() FeedInfo
	// Between returns the pages of the records whose time lies between two moments, both included.
	// The last page is the one without Next. Other records may be among them: the feed recognizes
	// by its key what it delivered before. A page's Date, if set, is the service's own time. Its
	// Total, if above 0, is how many records there are between the two moments.
	//
	// An error comes last, and CatchUp ends with it. Follow ends with it only if it is an [*Error]
	// that [Feed.Follow] lists, and tries again otherwise. If the service refuses a later page
	// (ErrInvalid with a StatusCode), CatchUp and Follow then ask for shorter spans.
	Between(ctx context.Context, from, to time.Time) iter.Seq2[Page[Record[T]], error]
}

// revisiter is a [FeedSource] whose records may change long after they were delivered. The
// checkpoint refers to those that are unfinished, at most 10,000. They are read again in later
// rounds, up to 100 in a round, until they are final.
type revisiter[T any] interface {
	FeedSource[T]
	// Unfinished returns the reference by which a record can be read again, and whether there is
	// reason to; "" is none. While the record changes, its reference should stay the same.
	Unfinished(item T) (ref string, open bool)
	// Matches reports whether a record belongs to the feed. One that does not is not delivered. If
	// it is unfinished, it is read again all the same, since it may match once it is final.
	Matches(item T) bool
	// Revisit reads a record again. If it returns no record and no error, the record does not
	// belong to the feed any more; after ErrNotFound it is gone. If it returns records of which
	// none has the reference, that is not read again. An *Error with a Kind that is neither
	// temporary nor ErrUnauthorized is about this record only: it is logged, and the record is read
	// again in a later round. Any other error ends the round, as an error of Between does.
	Revisit(ctx context.Context, ref string) ([]Record[T], error)
}

// FeedInfo describes a [FeedSource].
type FeedInfo struct {
	Vendor string // for errors and logs
	Tenant string // the account's name, or "". A checkpoint holds it, and fits no other
	Name   string // of the feed, such as "activities"
	// Query is whatever distinguishes this feed from others of the same name: a path, filters. A
	// checkpoint stores a hash of it.
	Query string
	// Lookback and Settle are the defaults of FollowOptions.
	Lookback, Settle time.Duration
	// Shortest and Longest bound the time of one slice. The first slice is a day plus the lookback,
	// or Longest if that is shorter. Later ones grow and shrink with the number of records. A
	// Shortest of 0 is a second, a Longest of 0 is no bound.
	Shortest, Longest time.Duration
	// Margin is how far a record that Between returns may lie outside from and to.
	Margin time.Duration
	// Logger gets warnings; nil: nobody does. Those of the vendor packages have the attributes
	// vendor and tenant, so that a warning says whose it is.
	Logger *slog.Logger
	// Err, if not nil, is why the feed cannot be read. CatchUp and Follow yield it.
	Err error
}

// FollowOptions are the options of [Feed.CatchUp] and [Feed.Follow]. Durations are at most 366
// days.
type FollowOptions struct {
	// Since is where a feed without a checkpoint begins, in the years 1970 to 9999. With a
	// checkpoint it is ignored. If it lies in the future, nothing is read until then.
	Since time.Time
	// Every is the time from the beginning of one round of Follow to that of the next. After a
	// round that takes longer, the next begins at once. 0: a minute. CatchUp ignores it.
	Every time.Duration
	// Lookback is how far before the watermark each round begins, to find records that the service
	// lists late. Those that it lists even later are missed. 0: the vendor's default, which its
	// package documents; negative: none.
	Lookback time.Duration
	// Settle is how long before the present each round ends, so that the service has listed all
	// records up to there. 0: the vendor's default; negative: none.
	Settle time.Duration
	// OnRetry is called when a round of Follow failed and is tried again after a wait. It runs
	// before the wait, in the goroutine of the range.
	OnRetry func(err error, wait time.Duration)
}

// Batch is some records of a feed, and the checkpoint to store with them. Records is empty if a
// round, or a slice of it, found nothing new. It is also empty if there is an error.
type Batch[T any] struct {
	Records    []Record[T] // in the service's order
	Checkpoint Checkpoint  // counts Records as stored: store it together with them, or after them
	// Lag is the time from the checkpoint's watermark to the present, by the earlier of the local
	// clock and the service's. It is negative if Since lies in the future, or if a clock was set
	// back.
	Lag time.Duration
}

// Record is a record of a feed.
type Record[T any] struct {
	// Key identifies the record within its feed. If a record changes, each state has its own key.
	// It is the same in every run, and printable.
	Key  string
	Item T // the record, as the vendor's list has it
	// Time is when the record happened, the latest if there are several times. It is zero if the
	// record has no time that can be read.
	Time time.Time
}

// NewFeed returns a feed of the records of s.
func NewFeed[T any](s FeedSource[T]) Feed[T] {
	return Feed[T]{source: s, clock: time.Now}
}

// Name returns the vendor and the name of the feed, such as "snaplogic/activities".
func (f Feed[T]) Name() string {
	switch {
	case f.derived != nil:
		return f.derived.name
	case isNil(f.source):
		return ""
	}
	info := f.source.Feed()
	return info.Vendor + "/" + info.Name
}

// CatchUp returns an iterator over what is new since a checkpoint, up to the present. With the zero
// Checkpoint it begins at o.Since. It yields the new records in batches, page by page. The last
// batch, which may be empty, has the new watermark in its checkpoint. An error comes last.
//
// Store the records of a batch and its checkpoint in one transaction. A program that begins again
// with the stored checkpoint then has every record once, wherever it was interrupted. If one
// transaction is not possible, store the records first: each record comes at least once, and one
// that comes again has the same Key. End the loop if a batch could not be stored, since the next
// checkpoint counts it as stored. A batch with an error has no records and the checkpoint of the
// batch before, so that storing it changes nothing.
//
// CatchUp reads from Lookback before the checkpoint's watermark to Settle before now, and leaves
// out what was delivered before. Now is the earlier of the local clock and the service's, as far as
// that is known. The watermark never passes it, whatever date a record has. A long time is read in
// slices, each of which moves the watermark. If a service refuses later pages of a slice, CatchUp
// reads shorter slices, down to the shortest that the service can be asked for: a second, or a day
// for OPSWAT.
//
// CatchUp yields [ErrInvalid] for a zero checkpoint with a zero Since, options out of bounds, and a
// feed for a query that cannot be followed. It yields [ErrCheckpointMismatch] for a checkpoint of
// another feed, tenant or query, and the context's error if the context ends.
func (f Feed[T]) CatchUp(ctx context.Context, from Checkpoint, o FollowOptions) iter.Seq2[Batch[T], error] {
	if f.derived != nil {
		return f.derived.catchUp(ctx, from, o)
	}
	return func(yield func(Batch[T], error) bool) {
		o.Every = 0
		w, err := f.follower(from, o)
		if err != nil {
			yield(undelivered[T](from), err)
			return
		}
		w.yield = yield
		if err := w.round(ctx); err != nil && !errors.Is(err, errStopped) {
			yield(w.empty(), err)
		}
	}
}

// Follow returns an iterator over what is new since a checkpoint, without an end: it catches up as
// [Feed.CatchUp] does, and again each time that Every has passed. It retries what may go away by
// itself. An error comes last, and the caller has to do something about it.
//
// Follow ends with the context's error, [ErrInvalid], [ErrUnauthorized], [ErrForbidden],
// [ErrNotFound], [ErrInsecureURL], [ErrForeignOrigin], [ErrCheckpointMismatch] or an untrusted
// certificate. After any other failure it tries the round again: after a failure of the network or
// the service, a login or maintenance page, a response that is too large or cannot be understood,
// or a list that changed while it was read.
//
// It tries again after Every, or after the error's RetryAfter if that is longer, however long.
// While rounds fail and the watermark does not move, the wait doubles up to 15 minutes. Each time
// Follow calls OnRetry and logs a warning to the client's logger.
func (f Feed[T]) Follow(ctx context.Context, from Checkpoint, o FollowOptions) iter.Seq2[Batch[T], error] {
	if f.derived != nil {
		return f.derived.follow(ctx, from, o)
	}
	return func(yield func(Batch[T], error) bool) {
		o.Every = cmp.Or(o.Every, time.Minute)
		w, err := f.follower(from, o)
		if err != nil {
			yield(undelivered[T](from), err)
			return
		}
		w.yield = yield
		for failures := 0; ; {
			began, before := time.Now(), w.watermark
			err := w.round(ctx)
			if err == nil || w.watermark.After(before) {
				failures = 0
			}
			wait := o.Every - time.Since(began)
			switch {
			case errors.Is(err, errStopped):
				return
			case err == nil:
			case ctx.Err() != nil || endsFollowing(err):
				yield(w.empty(), err)
				return
			default:
				wait = retryWait(o.Every, failures, err)
				failures++
				w.warn(ctx, "a round failed, and is tried again", slog.Any("failure", err), slog.String("wait", wait.String()))
				if o.OnRetry != nil {
					o.OnRetry(err, wait)
				}
			}
			if err := w.pause(ctx, wait); err != nil {
				yield(w.empty(), err)
				return
			}
		}
	}
}

// undelivered returns the batch that comes with an error before anything was read.
func undelivered[T any](from Checkpoint) Batch[T] {
	b := Batch[T]{Checkpoint: from}
	if !from.IsZero() {
		b.Lag = time.Since(from.Watermark())
	}
	return b
}

// longestRetry is the longest wait between two rounds that fail, unless Every or the service's
// Retry-After is longer.
const longestRetry = 15 * time.Minute

// retryWait returns how long to wait after a round that failed, as did a number of rounds before
// it.
func retryWait(every time.Duration, failures int, failure error) time.Duration {
	wait := every
	for range failures {
		if wait >= longestRetry {
			break
		}
		wait = min(2*wait, longestRetry)
	}
	if e, ok := errors.AsType[*Error](failure); ok {
		wait = max(wait, e.RetryAfter)
	}
	return wait
}

// pause waits for the next round.
func (w *follower[T]) pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
		if ctx.Err() == nil {
			return nil
		}
	}
	return w.fail(nil, "", ctx.Err())
}

// endsFollowing reports whether the caller has to do something about a failure.
func endsFollowing(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	for _, kind := range []error{ErrInvalid, ErrUnauthorized, ErrForbidden, ErrNotFound, ErrInsecureURL, ErrForeignOrigin, ErrCheckpointMismatch} {
		if errors.Is(e.Kind, kind) {
			return true
		}
	}
	return e.Err != nil && obstacle.Lasting(e.Err) == obstacle.Untrusted
}
