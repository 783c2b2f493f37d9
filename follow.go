package activity

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/activity-sdk/activity/internal/seenkeys"
	"github.com/activity-sdk/activity/internal/settings"
	"github.com/activity-sdk/activity/internal/timeslice"
	"github.com/activity-sdk/activity/internal/unfinished"
)

// errStopped ends a round whose consumer has left the loop.
var errStopped = errors.New("stopped")

// errSliceTooLong ends a slice that holds too many records. It is read again in shorter ones.
var errSliceTooLong = errors.New("slice too long")

// maxRevisits bounds how many unfinished records a round reads again.
const maxRevisits = 100

// follower reads a feed for one range over it.
type follower[T any] struct {
	progress
	source  FeedSource[T]
	info    FeedInfo
	options FollowOptions // with the defaults of the source, and nothing negative
	yield   func(Batch[T], error) bool
	clock   clock
	length  *timeslice.Length
	// delivered is the checkpoint of the batch that was yielded last.
	delivered Checkpoint
	// warnedFull is set once this round has warned of too many unfinished records.
	warnedFull bool
}

func (f Feed[T]) follower(from Checkpoint, o FollowOptions) (*follower[T], error) {
	w := &follower[T]{source: f.source, clock: clock{local: f.clock}}
	if isNil(f.source) {
		return nil, w.fail(ErrInvalid, "the feed has no source: make it with NewFeed or a client", nil)
	}
	w.info = f.source.Feed()
	w.clock.startRound()
	switch {
	case w.info.Err != nil:
		return nil, w.info.Err
	case o.Every < 0:
		return nil, w.fail(ErrInvalid, "Every is negative", nil)
	case max(o.Every, o.Lookback, o.Settle, w.info.Lookback, w.info.Settle) > longest:
		return nil, w.fail(ErrInvalid, "Every, Lookback or Settle is longer than 366 days", nil)
	case !settings.IsTenant(w.info.Tenant):
		return nil, w.fail(ErrInvalid, "the source's FeedInfo has a Tenant that no checkpoint can hold: see WithTenant", nil)
	case from.IsZero() && o.Since.IsZero():
		return nil, w.fail(ErrInvalid, "there is neither a checkpoint nor a Since to begin at", nil)
	case from.IsZero() && (o.Since.Unix() < 0 || o.Since.UTC().Year() > 9999):
		return nil, w.fail(ErrInvalid, "Since is outside the years 1970 to 9999", nil)
	}
	w.options = o
	w.options.Lookback = max(cmp.Or(o.Lookback, w.info.Lookback), 0)
	w.options.Settle = max(cmp.Or(o.Settle, w.info.Settle), 0)

	id := identity{Feed: w.info.Vendor + "/" + w.info.Name, Tenant: w.info.Tenant, Query: fingerprint(w.info.Query)}
	if from.IsZero() {
		w.progress = newProgress(id, o.Since)
	} else if mismatch := from.state.mismatch(id); mismatch != "" {
		return nil, w.fail(ErrCheckpointMismatch, mismatch, nil)
	} else {
		w.progress = from.state.resume()
	}
	shortest := max(w.info.Shortest, time.Second)
	w.length = timeslice.New(shortest, max(cmp.Or(w.info.Longest, 1<<62), shortest))
	w.length.Reset(w.watermark.Sub(w.beginning()))
	w.delivered = w.checkpoint()
	return w, nil
}

// beginning is where a round begins: the lookback before the watermark.
func (w *follower[T]) beginning() time.Time {
	return later(w.watermark.Add(-w.options.Lookback), w.seen.Floor())
}

// horizon is where a round ends.
func (w *follower[T]) horizon() time.Time { return w.clock.now.Add(-w.options.Settle) }

// round reads what is new, one slice of time after the other, and then the unfinished records that
// were in none of them. It ends with a batch, unless it fails.
//
// It begins before the watermark, by the lookback. The watermark stays where it is until a slice
// ends after it. A round that takes longer than Every ends once the watermark has moved, so that
// the next one looks back again.
func (w *follower[T]) round(ctx context.Context) error {
	began, before := time.Now(), w.watermark
	w.clock.startRound()
	w.unfinished.NextRound()
	w.warnedFull = false
	late := func() bool {
		return w.options.Every > 0 && time.Since(began) >= w.options.Every && w.watermark.After(before)
	}
	read := false // a slice, which ended with a batch
	for from := w.beginning(); !late(); {
		from = later(from, w.seen.Floor()) // which rises when a checkpoint gets too full
		to := earlier(from.Add(w.length.Next()), w.horizon())
		if !from.Before(to) {
			break
		}
		if err := w.slice(ctx, from, to); errors.Is(err, errSliceTooLong) {
			continue
		} else if err != nil {
			return err
		}
		from, read = to, true
	}
	revisited, err := w.revisit(ctx)
	if err != nil || read || revisited {
		return err
	}
	return w.deliver(nil)
}

// slice reads one slice page by page, yields what was not delivered before, and moves the watermark
// to the slice's end.
func (w *follower[T]) slice(ctx context.Context, from, to time.Time) error {
	length, pages, rows, fresh := to.Sub(from), 0, 0, 0
	for page, err := range w.source.Between(ctx, from, to) {
		if err != nil {
			if pages > 0 && refused(err) && w.length.Refused(length, rows) {
				w.warn(ctx, "the service refuses a later page: shorter slices are read", slog.Any("failure", err))
				return errSliceTooLong
			}
			w.length.Failed()
			return err
		}
		w.noteServerDate(ctx, page.Date)
		if pages == 0 && w.split(ctx, page, from, length) {
			return errSliceTooLong
		}
		pages++
		rows += len(page.Items)
		records, err := w.unseen(ctx, page.Items, from, to)
		if err != nil {
			return err
		}
		fresh += len(records)
		if page.Next == "" {
			w.endSlice(ctx, to)
			w.length.Read(length, rows, fresh)
			return w.deliver(records)
		}
		if len(records) > 0 {
			w.boundCheckpoint(ctx)
			if err := w.deliver(records); err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return w.fail(nil, "", ctx.Err())
	}
	return w.fail(ErrMalformed, "the pages ended without a last one", nil)
}

// refused reports whether the service refused a request as invalid. For a later page it means that
// the service does not return its list that far.
func refused(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.StatusCode != 0 && errors.Is(err, ErrInvalid)
}

// split reports whether a slice holds more records than it should, by the service's total. The
// total counts only if there are more pages: the first one may be all there is.
func (w *follower[T]) split(ctx context.Context, page Page[Record[T]], from time.Time, length time.Duration) bool {
	total := page.Total
	if page.Next == "" {
		total = len(page.Items)
	}
	split, distrusted := w.length.Split(length, total, w.seen.Count(from))
	if distrusted {
		w.warn(ctx, "the service's totals do not fit the time that is asked for; slices are no longer chosen by them",
			slog.Int("total", total))
		w.length.Reset(w.watermark.Sub(w.beginning()))
	}
	return split
}

// unseen returns the records of the feed that were not delivered before, and notes that they are
// now.
func (w *follower[T]) unseen(ctx context.Context, records []Record[T], from, to time.Time) ([]Record[T], error) {
	var fresh []Record[T]
	for _, r := range records {
		if r.Key == "" {
			return nil, w.fail(ErrInvalid, "the feed's source has a record without a key", nil)
		}
		hash := w.seen.Hash(r.Key)
		w.noteUnfinished(ctx, r.Item, hash)
		if w.matches(r.Item) && w.seen.Note(hash, seenkeys.KeepUntil(r.Time, from, to)) {
			fresh = append(fresh, r)
		}
	}
	return fresh, nil
}

// matches reports whether a record belongs to the feed.
func (w *follower[T]) matches(item T) bool {
	source, ok := w.source.(revisiter[T])
	return !ok || source.Matches(item)
}

// endSlice moves the watermark to the end of a slice, and forgets the keys that are not needed any
// more.
func (w *follower[T]) endSlice(ctx context.Context, to time.Time) {
	w.watermark = later(w.watermark, earlier(to, w.horizon()))
	w.seen.Forget(w.watermark.Add(-w.options.Lookback), w.info.Margin)
	w.boundCheckpoint(ctx)
}

func (w *follower[T]) boundCheckpoint(ctx context.Context) {
	if w.shrink() {
		w.warn(ctx, "too many records for the checkpoint: the lookback is shortened", slog.Time("to", w.seen.Floor()))
	}
}

// noteUnfinished keeps the queue of unfinished records up to date.
func (w *follower[T]) noteUnfinished(ctx context.Context, item T, hash uint64) {
	source, ok := w.source.(revisiter[T])
	if !ok {
		return
	}
	ref, open := source.Unfinished(item)
	if ref != "" && !w.unfinished.Note(unfinished.Record{Ref: ref, Hash: hash}, open) && !w.warnedFull {
		w.warnedFull = true
		w.warn(ctx, "too many unfinished records for the checkpoint: the oldest is not read again", slog.Int("unfinished", w.unfinished.Count()))
	}
}

// revisit reads unfinished records again that were in no slice of this round. It reports whether it
// yielded a batch.
func (w *follower[T]) revisit(ctx context.Context) (bool, error) {
	source, ok := w.source.(revisiter[T])
	if !ok {
		return false, nil
	}
	refs := w.unfinished.Overdue(maxRevisits)
	if len(refs) == 0 {
		return false, nil
	}
	var fresh []Record[T]
	var failure, failedRecord error
	for _, ref := range refs {
		records, err := source.Revisit(ctx, ref)
		if errors.Is(err, ErrNotFound) || err == nil && len(records) == 0 {
			w.unfinished.Remove(ref)
			continue
		}
		w.unfinished.Postpone(ref) // after a failure too: the others come first next time
		if aboutOneRecord(err) {
			failedRecord = cmp.Or(failedRecord, err)
			continue
		}
		if err != nil {
			failure = err
			break
		}
		renamed := true // no record has the reference any more
		for _, r := range records {
			if source.Matches(r.Item) && w.changed(source, r) {
				fresh = append(fresh, r)
			}
			w.noteUnfinished(ctx, r.Item, w.seen.Hash(r.Key))
			own, _ := source.Unfinished(r.Item)
			renamed = renamed && own != ref
		}
		if renamed {
			w.unfinished.Remove(ref)
		}
	}
	if failedRecord != nil {
		w.warn(ctx, "an unfinished record could not be read again: it is tried again later", slog.Any("failure", failedRecord))
	}
	w.boundCheckpoint(ctx)
	if err := w.deliver(fresh); err != nil {
		return true, err
	}
	return true, failure
}

// aboutOneRecord reports whether a failure to read a record again means nothing for others: it is
// neither temporary, nor about the credentials, nor the context's. It must not end the feed, which
// would read the same record again at each start.
func aboutOneRecord(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind != nil && !e.Temporary() && !errors.Is(err, ErrUnauthorized) &&
		!errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// changed reports whether a record that was read again has to be delivered again.
func (w *follower[T]) changed(source revisiter[T], r Record[T]) bool {
	hash := w.seen.Hash(r.Key)
	ref, _ := source.Unfinished(r.Item)
	same := w.unfinished.Contains(unfinished.Record{Ref: ref, Hash: hash})
	return w.seen.Note(hash, seenkeys.KeepUntil(r.Time, w.watermark, w.watermark)) && !same
}

// deliver yields a batch.
func (w *follower[T]) deliver(records []Record[T]) error {
	w.delivered = w.checkpoint()
	if !w.yield(Batch[T]{Records: records, Checkpoint: w.delivered, Lag: w.clock.now.Sub(w.watermark)}, nil) {
		return errStopped
	}
	return nil
}

// empty returns the batch that comes with an error. Its checkpoint may be stored: it counts nothing
// as delivered that was not.
func (w *follower[T]) empty() Batch[T] {
	return Batch[T]{Checkpoint: w.delivered, Lag: w.clock.read().Sub(w.delivered.Watermark())}
}

// clock is the earlier of the local clock and the service's, as far as that one is known.
type clock struct {
	local        func() time.Time
	now          time.Time     // for one round
	serviceKnown bool          // in this round
	ahead        time.Duration // of the local clock before the service's; 0 if it is not
}

func (c *clock) startRound() { c.now, c.serviceKnown = c.local().Round(0).UTC(), false }

// read returns the time at this moment.
func (c *clock) read() time.Time { return c.local().Add(-c.ahead) }

// noteServerDate takes the service's clock into account, once a round.
func (w *follower[T]) noteServerDate(ctx context.Context, date time.Time) {
	const tolerance = 5 * time.Minute
	if w.clock.serviceKnown || date.IsZero() {
		return
	}
	difference := w.clock.now.Sub(date)
	if difference.Abs() > tolerance {
		w.warn(ctx, "the local clock and the service's differ", slog.String("by", difference.String()))
	}
	w.clock.serviceKnown = true
	w.clock.ahead = max(difference, 0)
	w.clock.now = w.clock.now.Add(-w.clock.ahead)
}

func (w *follower[T]) warn(ctx context.Context, message string, attrs ...slog.Attr) {
	if w.info.Logger != nil {
		w.info.Logger.LogAttrs(ctx, slog.LevelWarn, message, append([]slog.Attr{slog.String("feed", w.info.Name)}, attrs...)...)
	}
}

func (w *follower[T]) fail(kind error, message string, err error) error {
	return &Error{Vendor: w.info.Vendor, Tenant: w.info.Tenant, Op: "follow feed", Kind: kind, Message: message, Err: err}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
