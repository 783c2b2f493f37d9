package paging

import (
	"context"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
)

// Ahead loads parts of a list side by side before they are asked for, where it can be told
// beforehand which those will be. It serves one walk, which asks for one part after the other, and
// holds so many parts beside the one that is asked for. The walk judges whether what was loaded
// ahead fits: while it was on its way, the list may have changed.
type Ahead[P comparable, A any] struct {
	depth   int
	allowed int // how many of them at the moment
	load    func(ctx context.Context, part P) (A, error)
	flights map[P]flight[A]
	running sync.WaitGroup
	odd     atomic.Pointer[ending] // the first that was not a return
}

// flight is a part that is on its way or has arrived.
type flight[A any] struct {
	arrived chan arrival[A]
	cancel  context.CancelFunc
}

type arrival[A any] struct {
	answer A
	err    error
	ending
}

// NewAhead holds up to depth parts; with 0 or less nothing is loaded ahead. load is called by
// several goroutines at once.
func NewAhead[P comparable, A any](depth int, load func(ctx context.Context, part P) (A, error)) *Ahead[P, A] {
	return &Ahead[P, A]{depth: depth, allowed: depth, load: load, flights: make(map[P]flight[A])}
}

// Get gives a part, and sees that the first parts of the plan, which come after it, are on their
// way. What is on its way and neither asked for nor planned is given up.
//
// early tells that the part was sent for by an earlier call: it may show the list as it was before
// what that call and those since gave. Without it, the part was sent for after all of them had
// arrived.
//
// A load that panics, or ends its goroutine by Goexit, does that to the walk instead: where it asks
// for the part, or else where it ends.
func (a *Ahead[P, A]) Get(ctx context.Context, part P, plan iter.Seq[P]) (answer A, early bool, err error) {
	f, early := a.flights[part]
	delete(a.flights, part)
	a.follow(ctx, plan)
	if !early {
		answer, err = a.load(ctx, part)
		return answer, false, err
	}
	defer f.cancel()
	got := <-f.arrived
	got.repeat()
	return got.answer, true, got.err
}

// Holds reports whether a part is on its way or has arrived.
func (a *Ahead[P, A]) Holds(part P) bool {
	_, ok := a.flights[part]
	return ok
}

// Drop gives up all that was loaded ahead, because it does not fit. From then on the next part
// alone is loaded ahead, and with each part that is asked for more of them: a list that changes all
// the time shall not have most parts requested in vain.
func (a *Ahead[P, A]) Drop() {
	a.keep(nil)
	a.allowed = 0
}

// Close gives up all that was loaded ahead, and waits until nothing is under way.
func (a *Ahead[P, A]) Close() {
	a.keep(nil)
	a.running.Wait()
	if odd := a.odd.Load(); odd != nil {
		odd.repeat()
	}
}

func (a *Ahead[P, A]) follow(ctx context.Context, plan iter.Seq[P]) {
	var wanted []P
	if a.allowed = min(2*a.allowed+1, a.depth); a.allowed > 0 {
		for part := range plan {
			if wanted = append(wanted, part); len(wanted) == a.allowed {
				break
			}
		}
	}
	a.keep(wanted)
	for _, part := range wanted {
		if !a.Holds(part) {
			a.launch(ctx, part)
		}
	}
}

func (a *Ahead[P, A]) keep(wanted []P) {
	for part, f := range a.flights {
		if !slices.Contains(wanted, part) {
			f.cancel()
			delete(a.flights, part)
		}
	}
}

func (a *Ahead[P, A]) launch(ctx context.Context, part P) {
	ctx, cancel := context.WithCancel(ctx) //nolint:gosec // whoever takes the flight out of the map calls it
	f := flight[A]{arrived: make(chan arrival[A], 1), cancel: cancel}
	a.flights[part] = f
	a.running.Go(func() {
		var got arrival[A]
		defer func() {
			if got.ending != (ending{}) {
				a.odd.CompareAndSwap(nil, &got.ending)
			}
			f.arrived <- got
		}()
		got.watch(func() { got.answer, got.err = a.load(ctx, part) })
	})
}
