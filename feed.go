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

// Feed is a list that is read by time, again and again: what happened since the last time, each
// record once. Making one sends nothing. A Feed is immutable and safe for concurrent use.
type Feed[T any] struct {
	source  FeedSource[T]
	clock   func() time.Time
	derived *derived[T] // nil: the records are those of source
}

// FeedSource is where a [Feed] gets its records from. The vendor packages have theirs; write one to
// follow another service, or to test.
type FeedSource[T any] interface {
	// Feed describes the source. It returns the same each time.
	Feed() FeedInfo
	// Between reads the records whose time lies between two moments, both included, page by page.
	// The last page is the one without Next. Other records may be among them: what was delivered
	// before is recognized by its key. A page's Date, where there is one, is the service's own
	// time. Its Total, where it is above 0, is how many records the span has.
	//
	// An error comes last. CatchUp ends with it. Follow ends with it if it is an [*Error] of a kind
	// that its caller has to do something about, and tries again otherwise. One that says that the
	// service refused a page behind the first one (ErrInvalid, with a StatusCode) makes both ask
	// for less time at once.
	Between(ctx context.Context, from, to time.Time) iter.Seq2[Page[Record[T]], error]
}

// revisiter is a [FeedSource] whose records may change long after they came. Those that are
// unfinished are kept in the checkpoint, at most 10,000. They are read again in later rounds, up to
// 100 in a round, until they are final.
type revisiter[T any] interface {
	FeedSource[T]
	// Unfinished returns the reference by which a record can be read again, and whether there is
	// reason to. The reference of a record stays the same while the record changes; "" is none.
	Unfinished(item T) (ref string, open bool)
	// Revisit reads a record again. No record and no error means that it does not belong to the
	// feed any more, ErrNotFound that it is gone. An *Error that is about this record is logged,
	// and the record is read again in a later round: that is one with a Kind which is neither
	// temporary nor ErrUnauthorized. Any other error ends the round as an error of Between does.
	Revisit(ctx context.Context, ref string) ([]Record[T], error)
}

// FeedInfo describes a [FeedSource].
type FeedInfo struct {
	Vendor string // for errors and logs
	Tenant string // whose account it is; "" is not known. A checkpoint holds it, and belongs to it
	Name   string // of the feed, such as "activities"
	// Query is whatever distinguishes this feed from others of the same name: a path, filters. A
	// checkpoint stores a hash of it.
	Query string
	// Lookback and Settle apply where FollowOptions leave them zero.
	Lookback, Settle time.Duration
	// Shortest and Longest bound how much time one slice covers. Slices begin with a day and what
	// is read once more, or with Longest if that is shorter. They grow and shrink with the number
	// of records. A Shortest of 0 is a second, a Longest of 0 no bound.
	Shortest, Longest time.Duration
	// Margin is how far outside of the time that it is asked for Between may return records.
	Margin time.Duration
	// Logger gets warnings. Without one there are none. It should say whose they are: those of the
	// vendor packages have the attributes vendor and tenant.
	Logger *slog.Logger
	// Err is what is wrong with the feed. CatchUp and Follow yield it instead of reading.
	Err error
}

// FollowOptions say how a [Feed] is followed.
type FollowOptions struct {
	// Since is where a follower without a checkpoint begins. With a checkpoint it does not matter.
	// Where it lies ahead, nothing is read until then. It lies in the years 1970 to 9999.
	Since time.Time
	// Every is the time from the beginning of one round of Follow to that of the next. A round that
	// takes longer is followed by the next at once. 0: a minute. CatchUp ignores it. This duration,
	// as the others, is at most 366 days.
	Every time.Duration
	// Lookback is how far behind the watermark each round begins, so that records which the service
	// listed late are found. What is listed later than that is not found. 0: the vendor's default,
	// which its package documents; negative: none.
	Lookback time.Duration
	// Settle is how far behind the present each round ends, so that the service has listed all
	// records of the moment at which the round ends. 0: the vendor's default; negative: none.
	Settle time.Duration
	// OnRetry is called when a round of Follow failed and is tried again after a wait. It runs
	// before the wait, in the goroutine of the range.
	OnRetry func(err error, wait time.Duration)
}

// Batch is some records of a feed, and the checkpoint that is true once they are stored. Records is
// empty where a round, or a slice of one, found nothing new, and beside an error.
type Batch[T any] struct {
	Records    []Record[T] // in the service's order
	Checkpoint Checkpoint  // to be stored together with them, or after them
	// Lag is the time from the checkpoint's watermark to the present, by the earlier of the local
	// clock and the service's. It is negative where the watermark lies ahead, since Since did, or
	// since the service's clock was set back.
	Lag time.Duration
}

// Record is a record of a feed.
type Record[T any] struct {
	// Key identifies the record, or the state of one that changes, within its feed. It is the same
	// in every run, and printable.
	Key  string
	Item T // as the vendor's list has it
	// Time is when the record happened. Of several times it is the latest. It is zero where there
	// is none that can be read.
	Time time.Time
}

// NewFeed returns the feed of a source.
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

// CatchUp reads what is new since a checkpoint, up to the present. With the zero Checkpoint it
// begins at o.Since. An error comes last.
//
// It reads from Lookback before the watermark of the checkpoint to Settle before now, leaves out
// what was delivered before, and yields the rest in batches, page by page. It ends with a batch,
// empty if nothing came, whose checkpoint has the new watermark. Now is the earlier of the local
// clock and the service's, as far as it is known. The watermark never passes it, whatever date a
// record claims.
//
// A long time is read in slices, each of which moves the watermark. A service that refuses the
// later pages of a slice is read in shorter ones, down to a second.
//
// Store the records of a batch and its checkpoint in one transaction. Then a program that begins
// again with the stored checkpoint has every record once, wherever it was interrupted. Where that
// is not possible, store the records first: each comes at least once, and one that comes again has
// the same Key. Do not go on after a batch that could not be stored, since the next checkpoint
// counts it as stored. The batch that comes with an error has no records and the checkpoint of the
// batch before, so that storing it changes nothing.
//
// Failures of CatchUp itself: a zero checkpoint with zero Since, options outside of their bounds,
// and a feed for a query that cannot be followed, are [ErrInvalid]. A checkpoint of another feed,
// tenant or query is [ErrCheckpointMismatch]. The end of the context ends the iteration with its
// error.
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

// Follow reads what is new since a checkpoint, for good: it catches up as [Feed.CatchUp] does, and
// again each time that Every has passed. An error comes last, and is one that does not go away by
// itself.
//
// It ends for what its caller has to change: the end of the context, [ErrInvalid],
// [ErrUnauthorized], [ErrForbidden], [ErrNotFound], [ErrInsecureURL], [ErrForeignOrigin],
// [ErrCheckpointMismatch] and a certificate that is not trusted. After any other failure, of the
// network or the service, a login or maintenance page, an answer that cannot be understood or a
// list that changed while it was read, the round is tried again. That is after Every, or after the
// error's RetryAfter if that is longer, however long it is. While the failures go on and the
// watermark does not move, the wait is doubled up to 15 minutes. OnRetry is told each time, and so
// is the client's logger.
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

// undelivered is the batch that comes with an error before anything was read.
func undelivered[T any](from Checkpoint) Batch[T] {
	b := Batch[T]{Checkpoint: from}
	if !from.IsZero() {
		b.Lag = time.Since(from.Watermark())
	}
	return b
}

// longestRetry is the longest wait between two rounds that fail, where neither Every nor the
// service asks for more.
const longestRetry = 15 * time.Minute

// retryWait is how long to wait after a round that failed, like a number of rounds before it.
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

// endsFollowing reports whether a failure is one that the caller has to do something about.
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
