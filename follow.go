package activity

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"
)

// errStopped is how a round ends whose consumer has left the loop.
var errStopped = errors.New("stopped")

// errSplit is how a slice ends that turns out to hold too many records, before any is delivered.
var errSplit = errors.New("slice too long")

const (
	// firstSlice is how much time the first slice of a follower covers.
	firstSlice = 24 * time.Hour
	// fullSlice is how many new records make a slice that should be no longer: a crash costs so many records to read again, and their keys
	// must find room in the checkpoint.
	fullSlice = 10_000
	// maxFutile is after how many splits that did not make a slice's total smaller totals are not believed any more.
	maxFutile = 8
	// maxRevisits bounds the requests that a round spends on unfinished records.
	maxRevisits = 100
)

// follower is the state of one range over a feed. What it has delivered, and nothing else, is in progress.
type follower[T any] struct {
	progress
	source   FeedSource[T]
	info     FeedInfo
	clock    func() time.Time
	every    time.Duration
	lookback time.Duration
	settle   time.Duration
	span     time.Duration // of the next slice, from the watermark on
	yield    func(Batch[T], error) bool

	// total is that of the slice that was split last, and futile how often in a row that changed nothing.
	total, futile int

	// now is the present as this round has it. It is the local clock's until dated, when the service's is known too.
	now   time.Time
	dated bool
	// rounds counts them.
	rounds int
	// crowded: it was said in this round that there are too many unfinished records.
	crowded bool
}

func (f Feed[T]) follower(from Checkpoint, o FollowOptions) (*follower[T], error) {
	w := &follower[T]{source: f.source, clock: f.clock, every: o.Every}
	if isNil(f.source) {
		return nil, w.fail(ErrInvalid, "the feed has no source: make it with NewFeed or a client", nil)
	}
	w.info = f.source.Feed()
	switch {
	case w.info.Err != nil:
		return nil, w.info.Err
	case o.Every < 0:
		return nil, w.fail(ErrInvalid, "Every is negative", nil)
	case from.IsZero() && o.Since.IsZero():
		return nil, w.fail(ErrInvalid, "there is neither a checkpoint nor a Since to begin at", nil)
	}
	w.info.Shortest = max(w.info.Shortest, time.Second)
	w.info.Longest = max(cmp.Or(w.info.Longest, 1<<62), w.info.Shortest)
	w.lookback = max(cmp.Or(o.Lookback, w.info.Lookback), 0)
	w.settle = max(cmp.Or(o.Settle, w.info.Settle), 0)
	w.span = min(max(firstSlice, w.info.Shortest), w.info.Longest)

	id := identity{Feed: w.info.Vendor + "/" + w.info.Name, Query: fingerprint(w.info.Query)}
	if from.IsZero() {
		w.progress = newProgress(id, o.Since)
		return w, nil
	}
	if from.state.identity != id {
		return nil, w.fail(ErrCheckpointMismatch, "the checkpoint was made by another feed, or for another query", nil)
	}
	w.progress = from.state.resume()
	return w, nil
}

// round reads what is new. It ends with a batch, unless it fails.
func (w *follower[T]) round(ctx context.Context) error {
	began := time.Now()
	w.rounds++
	w.crowded = false
	w.now, w.dated = w.clock().Round(0).UTC(), false
	ended := false         // the last batch has the watermark that the round comes to
	lookback := w.lookback // of the first slice alone: what is listed late from now on is for the next round
	for {
		before := w.watermark
		from := later(before.Add(-lookback), w.floor)
		to := earlier(before.Add(w.span), w.now.Add(-w.settle))
		if !from.Before(to) {
			break
		}
		if err := w.slice(ctx, from, to); errors.Is(err, errSplit) {
			continue
		} else if err != nil {
			return err
		}
		ended, lookback = true, 0
		late := w.every > 0 && time.Since(began) >= w.every
		if !w.watermark.After(before) || !w.watermark.Before(w.now.Add(-w.settle)) || late {
			break
		}
	}
	revisited, err := w.revisit(ctx)
	if err != nil || ended || revisited {
		return err
	}
	return w.deliver(nil)
}

// slice reads one slice and moves the watermark to its end.
func (w *follower[T]) slice(ctx context.Context, from, to time.Time) error {
	asked, first, fresh := to.Sub(w.watermark), true, 0
	for page, err := range w.source.Between(ctx, from, to) {
		if err != nil {
			w.span = max(w.span/2, w.info.Shortest) // what is read next time should be through before the next failure
			return err
		}
		w.heed(ctx, page.Date)
		if first && w.split(ctx, page, asked) {
			return errSplit
		}
		first = false
		records, err := w.sift(ctx, page.Items, from, to)
		if err != nil {
			return err
		}
		fresh += len(records)
		if page.Next == "" {
			w.close(ctx, to)
			w.adapt(fresh, asked)
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

// heed takes the service's clock into account, once a round.
func (w *follower[T]) heed(ctx context.Context, date time.Time) {
	const odd = 5 * time.Minute
	if w.dated || date.IsZero() {
		return
	}
	w.dated = true
	if apart := w.now.Sub(date); apart.Abs() > odd {
		w.warn(ctx, "the local clock and the service's differ", slog.Duration("by", apart))
	}
	w.now = earlier(w.now, date)
}

// split tells whether a slice holds so many records that shorter ones are better, and shortens those that follow. What the service counts
// is believed only while pages are missing: the first page may be all there is. A service whose totals stay as they are, however short the
// slice, counts something else, and is not asked again.
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
		w.warn(ctx, "the service's totals do not fit the time that is asked for; slices are no longer chosen by them", slog.Int("total", total))
		w.span = min(max(firstSlice, w.info.Shortest), w.info.Longest)
		return false
	}
	w.total = total
	w.span = max(min(time.Duration(float64(asked)*fullSlice/float64(news)), asked/2), w.info.Shortest)
	return true
}

// adapt chooses the length of the next slice by what this one gave.
func (w *follower[T]) adapt(fresh int, asked time.Duration) {
	switch {
	case fresh > fullSlice:
		w.span = max(w.span/2, w.info.Shortest)
	case fresh < fullSlice/4 && asked >= w.span && w.span <= w.info.Longest/2:
		w.span *= 2
	}
}

// close ends a slice.
func (w *follower[T]) close(ctx context.Context, to time.Time) {
	w.watermark = later(w.watermark, earlier(to, w.now.Add(-w.settle)))
	w.forget(w.watermark.Add(-w.lookback), w.info.Margin)
	w.bound(ctx)
}

// bound keeps the checkpoint within its size.
func (w *follower[T]) bound(ctx context.Context) {
	if w.shrink() {
		w.warn(ctx, "too many records for the checkpoint: the lookback is shortened", slog.Time("to", w.floor))
	}
}

// sift gives the records that were not delivered before, and notes that they are now.
func (w *follower[T]) sift(ctx context.Context, records []Record[T], from, to time.Time) ([]Record[T], error) {
	var fresh []Record[T]
	for _, r := range records {
		if r.Key == "" {
			return nil, w.fail(ErrInvalid, "the feed's source gave a record without a key", nil)
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

// sighted is the time under which the key of a record is kept that was read between two moments. What claims a time outside of them, or
// none, was listed there all the same and may be again, so it is kept as long as what is newest; something dated ahead, until then.
func sighted(t, from, to time.Time) time.Time {
	const ahead = 31 * 24 * time.Hour
	if t.Before(from) || t.After(to.Add(ahead)) {
		return to
	}
	return t
}

// track keeps the list of unfinished records up to date.
func (w *follower[T]) track(ctx context.Context, item T, hash uint64) {
	source, ok := w.source.(Revisiter[T])
	if !ok {
		return
	}
	ref, open := source.Unfinished(item)
	if ref != "" && !w.open.track(unfinished{ref: ref, hash: hash}, open, w.rounds) && !w.crowded {
		w.crowded = true
		w.warn(ctx, "too many unfinished records for the checkpoint: the oldest is not read again", slog.Int("unfinished", len(w.open.byRef)))
	}
}

// revisit reads unfinished records again that no slice of this round has shown. True: it yielded a batch.
func (w *follower[T]) revisit(ctx context.Context) (bool, error) {
	source, ok := w.source.(Revisiter[T])
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

// ofOneRecord tells whether a failure to read a record again says nothing about others: that is neither temporary, nor the credentials',
// nor the context's. It must not end the feed, which would meet the record again whenever it is begun.
func ofOneRecord(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind != nil && !e.Temporary() && !errors.Is(err, ErrUnauthorized) &&
		!errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// changed tells whether a record that was read again has to be delivered again.
func (w *follower[T]) changed(source Revisiter[T], r Record[T]) bool {
	hash := w.hash(r.Key)
	ref, _ := source.Unfinished(r.Item)
	known := w.open.holds(unfinished{ref: ref, hash: hash})
	return w.see(hash, sighted(later(r.Time, w.watermark), w.watermark, w.watermark)) && !known
}

// deliver yields a batch.
func (w *follower[T]) deliver(records []Record[T]) error {
	b := Batch[T]{Records: records, Checkpoint: w.checkpoint(), Lag: w.now.Sub(w.watermark)}
	if !w.yield(b, nil) {
		return errStopped
	}
	return nil
}

func (w *follower[T]) warn(ctx context.Context, message string, attr slog.Attr) {
	if w.info.Logger != nil {
		w.info.Logger.LogAttrs(ctx, slog.LevelWarn, message, slog.String("vendor", w.info.Vendor), slog.String("feed", w.info.Name), attr)
	}
}

func (w *follower[T]) fail(kind error, message string, err error) error {
	return &Error{Vendor: w.info.Vendor, Op: "follow feed", Kind: kind, Message: message, Err: err}
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
