package activity

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math"
	"time"
)

// errStopped ends a round whose consumer has left the loop.
var errStopped = errors.New("stopped")

// errNarrow ends a slice that holds too many records. It is read again, in shorter ones.
var errNarrow = errors.New("slice too long")

const (
	// firstSlice is how much time the first slice of a follower covers, beside the lookback.
	firstSlice = 24 * time.Hour
	// fullSlice is how many new records a slice should have at most. After a crash they are read
	// again, and their keys must find room in the checkpoint.
	fullSlice = 10_000
	// maxFutile is the number of splits without a smaller total after which totals are no longer
	// believed.
	maxFutile = 8
	// maxRevisits bounds the requests that a round spends on unfinished records.
	maxRevisits = 100
)

// follower is the state of one range over a feed. progress is what of it goes into checkpoints.
type follower[T any] struct {
	progress
	source   FeedSource[T]
	info     FeedInfo
	clock    func() time.Time
	every    time.Duration
	lookback time.Duration
	settle   time.Duration
	span     time.Duration // of the next slice
	yield    func(Batch[T], error) bool

	// readable is how many records of a slice the service lets a follower read, as far as it is
	// known.
	readable int

	// total is that of the slice that was split last. futile counts the splits in a row that did
	// not make it smaller.
	total, futile int

	// now is the present, for this round. It is the local clock's until dated, when the service's
	// is known too.
	now   time.Time
	dated bool
	// ahead is how far the local clock is ahead of the service's, as far as it is known.
	ahead time.Duration
	// delivered is the checkpoint of the batch that was yielded last.
	delivered Checkpoint
	// rounds is the number of rounds so far.
	rounds int
	// crowded is set once this round has warned of too many unfinished records.
	crowded bool
}

func (f Feed[T]) follower(from Checkpoint, o FollowOptions) (*follower[T], error) {
	w := &follower[T]{source: f.source, clock: f.clock, every: o.Every, readable: math.MaxInt32}
	if isNil(f.source) {
		return nil, w.fail(ErrInvalid, "the feed has no source: make it with NewFeed or a client", nil)
	}
	w.info = f.source.Feed()
	w.now = w.clock().Round(0).UTC()
	switch {
	case w.info.Err != nil:
		return nil, w.info.Err
	case o.Every < 0:
		return nil, w.fail(ErrInvalid, "Every is negative", nil)
	case max(o.Every, o.Lookback, o.Settle, w.info.Lookback, w.info.Settle) > longest:
		return nil, w.fail(ErrInvalid, "Every, Lookback or Settle is longer than 366 days", nil)
	case from.IsZero() && o.Since.IsZero():
		return nil, w.fail(ErrInvalid, "there is neither a checkpoint nor a Since to begin at", nil)
	case from.IsZero() && (o.Since.Unix() < 0 || o.Since.UTC().Year() > 9999):
		return nil, w.fail(ErrInvalid, "Since is outside the years 1970 to 9999", nil)
	}
	w.info.Shortest = max(w.info.Shortest, time.Second)
	w.info.Longest = max(cmp.Or(w.info.Longest, 1<<62), w.info.Shortest)
	w.lookback = max(cmp.Or(o.Lookback, w.info.Lookback), 0)
	w.settle = max(cmp.Or(o.Settle, w.info.Settle), 0)

	id := identity{Feed: w.info.Vendor + "/" + w.info.Name, Tenant: w.info.Tenant, Query: fingerprint(w.info.Query)}
	if from.IsZero() {
		w.progress = newProgress(id, o.Since)
	} else if difference := from.state.differs(id); difference != "" {
		return nil, w.fail(ErrCheckpointMismatch, difference, nil)
	} else {
		w.progress = from.state.resume()
	}
	w.span = w.firstSpan()
	w.delivered = w.checkpoint()
	return w, nil
}

// firstSpan is how much time the first slice covers: what is read once more, so that a round over
// little that is new is one slice, and more.
func (w *follower[T]) firstSpan() time.Duration {
	return min(max(w.watermark.Sub(w.beginning())+firstSlice, w.info.Shortest), w.info.Longest)
}

// beginning is where the round begins.
func (w *follower[T]) beginning() time.Time { return later(w.watermark.Add(-w.lookback), w.floor) }

// horizon is where the round ends.
func (w *follower[T]) horizon() time.Time { return w.now.Add(-w.settle) }

// round reads what is new, slice by slice. It ends with a batch, unless it fails.
//
// The position at which it reads begins behind the watermark, by the lookback. The watermark stays
// where it is until the position has passed it. What is listed late from now on is for the next
// round.
func (w *follower[T]) round(ctx context.Context) error {
	began, before := time.Now(), w.watermark
	w.rounds++
	w.crowded = false
	w.now, w.dated = w.clock().Round(0).UTC(), false
	ended := false // the last batch has the watermark that the round comes to
	late := func() bool { return w.every > 0 && time.Since(began) >= w.every && w.watermark.After(before) }
	for at := w.beginning(); !late(); {
		at = later(at, w.floor) // which moves if a checkpoint gets too full
		to := earlier(at.Add(w.span), w.horizon())
		if !at.Before(to) {
			break
		}
		if err := w.slice(ctx, at, to); errors.Is(err, errNarrow) {
			continue
		} else if err != nil {
			return err
		}
		at, ended = to, true
	}
	revisited, err := w.revisit(ctx)
	if err != nil || ended || revisited {
		return err
	}
	return w.deliver(nil)
}

// slice reads one slice and moves the watermark to its end.
func (w *follower[T]) slice(ctx context.Context, from, to time.Time) error {
	asked, pages, rows, fresh := to.Sub(from), 0, 0, 0
	for page, err := range w.source.Between(ctx, from, to) {
		if err != nil {
			if pages > 0 && refused(err) && asked > w.info.Shortest {
				w.warn(ctx, "the service refuses a later page: shorter slices are read", slog.Any("failure", err))
				w.span, w.readable = max(asked/2, w.info.Shortest), rows
				return errNarrow
			}
			// The next one should end before the next failure.
			w.span = max(w.span/2, w.info.Shortest)
			return err
		}
		w.heed(ctx, page.Date)
		if pages == 0 && w.split(ctx, page, asked) {
			return errNarrow
		}
		pages++
		rows += len(page.Items)
		records, err := w.sift(ctx, page.Items, from, to)
		if err != nil {
			return err
		}
		fresh += len(records)
		if page.Next == "" {
			w.close(ctx, to)
			w.adapt(rows, fresh, asked)
			return w.deliver(records)
		}
		if len(records) > 0 {
			w.bound(ctx)
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

// refused reports whether the service does not take a request, whoever sends it and however often.
// For a page behind others it means that the service does not read its list so far.
func refused(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.StatusCode != 0 && errors.Is(err, ErrInvalid)
}

// heed takes the service's clock into account, once a round.
func (w *follower[T]) heed(ctx context.Context, date time.Time) {
	const odd = 5 * time.Minute
	if w.dated || date.IsZero() {
		return
	}
	w.dated = true
	if apart := w.now.Sub(date); apart.Abs() > odd {
		w.warn(ctx, "the local clock and the service's differ", slog.String("by", apart.String()))
	}
	w.ahead = max(w.now.Sub(date), 0)
	w.now = w.now.Add(-w.ahead)
}

// split reports whether a slice holds more records than it should, and shortens those that follow.
// The service's total is believed only while pages are missing: the first page may be all there is.
// A service whose totals stay as they are, however short the slice, counts something else, and its
// totals are not used any more.
func (w *follower[T]) split(ctx context.Context, page Page[Record[T]], asked time.Duration) bool {
	total := page.Total
	if page.Next == "" {
		total = len(page.Items)
	}
	news := total - w.seen()
	if news <= 2*fullSlice || asked <= w.info.Shortest || w.futile == maxFutile {
		return false
	}
	if total < w.total {
		w.futile = 0
	} else if w.futile++; w.futile == maxFutile {
		w.warn(ctx, "the service's totals do not fit the time that is asked for; slices are no longer chosen by them",
			slog.Int("total", total))
		w.span = w.firstSpan()
		return false
	}
	w.total = total
	w.span = max(time.Duration(float64(asked)*fullSlice/float64(news)), w.info.Shortest) // less than half
	return true
}

// adapt chooses the length of the next slice by how many records this one had, and how many of them
// were new.
func (w *follower[T]) adapt(rows, fresh int, asked time.Duration) {
	w.readable = min(w.readable+w.readable/32+1, math.MaxInt32) // what was refused once may not be later
	switch {
	case fresh > fullSlice:
		w.span = max(w.span/2, w.info.Shortest)
	case fresh < fullSlice/4 && rows < w.readable/2 && asked >= w.span && w.span <= w.info.Longest/2:
		w.span *= 2
	}
}

// close ends a slice.
func (w *follower[T]) close(ctx context.Context, to time.Time) {
	w.watermark = later(w.watermark, earlier(to, w.horizon()))
	w.forget(w.watermark.Add(-w.lookback), w.info.Margin)
	w.bound(ctx)
}

// bound keeps the checkpoint within its size.
func (w *follower[T]) bound(ctx context.Context) {
	if w.shrink() {
		w.warn(ctx, "too many records for the checkpoint: the lookback is shortened", slog.Time("to", w.floor))
	}
}

// sift returns the records that were not delivered before, and notes that they are now.
func (w *follower[T]) sift(ctx context.Context, records []Record[T], from, to time.Time) ([]Record[T], error) {
	var fresh []Record[T]
	for _, r := range records {
		if r.Key == "" {
			return nil, w.fail(ErrInvalid, "the feed's source has a record without a key", nil)
		}
		hash := w.hash(r.Key)
		isNew := w.see(hash, sighted(r.Time, from, to))
		w.track(ctx, r.Item, hash)
		if isNew {
			fresh = append(fresh, r)
		}
	}
	return fresh, nil
}

// sighted is the time under which the key of a record is kept that was read between two moments. A
// record with a time outside of them, or without one, was listed there and may be again, so it is
// kept as long as the newest. One that is dated ahead is kept until then.
func sighted(t, from, to time.Time) time.Time {
	const ahead = 31 * 24 * time.Hour
	if t.Before(from) || t.After(to.Add(ahead)) {
		return to
	}
	return t
}

// track keeps the list of unfinished records up to date.
func (w *follower[T]) track(ctx context.Context, item T, hash uint64) {
	source, ok := w.source.(revisiter[T])
	if !ok {
		return
	}
	ref, open := source.Unfinished(item)
	if ref != "" && !w.open.track(unfinished{ref: ref, hash: hash}, open, w.rounds) && !w.crowded {
		w.crowded = true
		w.warn(ctx, "too many unfinished records for the checkpoint: the oldest is not read again", slog.Int("unfinished", len(w.open.byRef)))
	}
}

// revisit reads unfinished records again that were in no slice of this round. It reports whether it
// yielded a batch.
func (w *follower[T]) revisit(ctx context.Context) (bool, error) {
	source, ok := w.source.(revisiter[T])
	if !ok {
		return false, nil
	}
	refs := w.open.overdue(w.rounds, maxRevisits)
	if len(refs) == 0 {
		return false, nil
	}
	var fresh []Record[T]
	var failure, odd error
	for _, ref := range refs {
		records, err := source.Revisit(ctx, ref)
		if errors.Is(err, ErrNotFound) || err == nil && len(records) == 0 {
			w.open.remove(ref)
			continue
		}
		w.open.touch(ref, w.rounds) // after a failure too: the others come first next time
		if ofOneRecord(err) {
			odd = cmp.Or(odd, err)
			continue
		}
		if err != nil {
			failure = err
			break
		}
		for _, r := range records {
			if w.changed(source, r) {
				fresh = append(fresh, r)
			}
			w.track(ctx, r.Item, w.hash(r.Key))
		}
	}
	if odd != nil {
		w.warn(ctx, "an unfinished record could not be read again: it is tried again later", slog.Any("failure", odd))
	}
	w.bound(ctx)
	if err := w.deliver(fresh); err != nil {
		return true, err
	}
	return true, failure
}

// ofOneRecord reports whether a failure to read a record again says nothing about others: it is
// neither temporary, nor about the credentials, nor the context's. It must not end the feed, which
// would read the same record again at each start.
func ofOneRecord(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind != nil && !e.Temporary() && !errors.Is(err, ErrUnauthorized) &&
		!errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// changed reports whether a record that was read again has to be delivered again.
func (w *follower[T]) changed(source revisiter[T], r Record[T]) bool {
	hash := w.hash(r.Key)
	ref, _ := source.Unfinished(r.Item)
	known := w.open.holds(unfinished{ref: ref, hash: hash})
	return w.see(hash, sighted(r.Time, w.watermark, w.watermark)) && !known
}

// deliver yields a batch.
func (w *follower[T]) deliver(records []Record[T]) error {
	w.delivered = w.checkpoint()
	if !w.yield(Batch[T]{Records: records, Checkpoint: w.delivered, Lag: w.now.Sub(w.watermark)}, nil) {
		return errStopped
	}
	return nil
}

// nothing is the batch that comes with an error. Its checkpoint may be stored, since it counts
// nothing as delivered that was not.
func (w *follower[T]) nothing() Batch[T] {
	now := w.clock().Add(-w.ahead)
	return Batch[T]{Checkpoint: w.delivered, Lag: now.Sub(w.delivered.Watermark())}
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
