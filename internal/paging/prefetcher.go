package paging

import (
	"context"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
)

// Prefetcher sends requests of a list concurrently, before the walk over the list needs their
// responses. It is for lists whose next requests can be predicted, and serves one walk, which gets
// one response after the other.
//
// The list may have changed since a response was prefetched. The walk has to check whether it still
// continues what was read.
type Prefetcher[Req comparable, Resp any] struct {
	max      int // how many responses are prefetched at most
	limit    int // how many at the moment
	load     func(ctx context.Context, req Req) (Resp, error)
	pending  map[Req]pendingRequest[Resp]
	running  sync.WaitGroup
	abnormal atomic.Pointer[exit] // the first load that panicked or called Goexit
}

// pendingRequest is a request that was sent ahead. Its result may have arrived.
type pendingRequest[Resp any] struct {
	result chan result[Resp]
	cancel context.CancelFunc
}

type result[Resp any] struct {
	resp Resp
	err  error
	exit
}

// NewPrefetcher returns a Prefetcher that prefetches at most n responses, or none if n is below 1.
// load is called from several goroutines at the same time.
func NewPrefetcher[Req comparable, Resp any](n int, load func(ctx context.Context, req Req) (Resp, error)) *Prefetcher[Req, Resp] {
	return &Prefetcher[Req, Resp]{max: n, limit: n, load: load, pending: make(map[Req]pendingRequest[Resp])}
}

// Get returns the response to a request, and prefetches the first requests of the plan, which is
// what the walk will probably ask for next. Pending requests that are neither req nor planned are
// canceled.
//
// prefetched reports that an earlier call had sent the request. The response may then show the list
// as it was before the responses that the walk got since.
//
// If a load panics or calls runtime.Goexit, Get does so when its response is needed, and Close
// otherwise.
func (p *Prefetcher[Req, Resp]) Get(ctx context.Context, req Req, plan iter.Seq[Req]) (resp Resp, prefetched bool, err error) {
	pending, prefetched := p.pending[req]
	delete(p.pending, req)
	p.prefetch(ctx, plan)
	if !prefetched {
		resp, err = p.load(ctx, req)
		return resp, false, err
	}
	defer pending.cancel()
	got := <-pending.result
	got.propagate()
	return got.resp, true, got.err
}

// Has reports whether a request was sent ahead and its response is not yet taken.
func (p *Prefetcher[Req, Resp]) Has(req Req) bool {
	_, ok := p.pending[req]
	return ok
}

// Discard cancels all pending requests, because the list changed. The next Get prefetches one
// response, and each later one about twice as many as before, so that a list that changes all the
// time costs few requests in vain.
func (p *Prefetcher[Req, Resp]) Discard() {
	p.cancelExcept(nil)
	p.limit = 0
}

// Close cancels all pending requests and waits until their goroutines have ended.
func (p *Prefetcher[Req, Resp]) Close() {
	p.cancelExcept(nil)
	p.running.Wait()
	if e := p.abnormal.Load(); e != nil {
		e.propagate()
	}
}

func (p *Prefetcher[Req, Resp]) prefetch(ctx context.Context, plan iter.Seq[Req]) {
	var wanted []Req
	if p.limit = min(2*p.limit+1, p.max); p.limit > 0 {
		for req := range plan {
			if wanted = append(wanted, req); len(wanted) == p.limit {
				break
			}
		}
	}
	p.cancelExcept(wanted)
	for _, req := range wanted {
		if !p.Has(req) {
			p.send(ctx, req)
		}
	}
}

func (p *Prefetcher[Req, Resp]) cancelExcept(wanted []Req) {
	for req, pending := range p.pending {
		if !slices.Contains(wanted, req) {
			pending.cancel()
			delete(p.pending, req)
		}
	}
}

func (p *Prefetcher[Req, Resp]) send(ctx context.Context, req Req) {
	ctx, cancel := context.WithCancel(ctx) //nolint:gosec // called when the request is deleted from pending
	pending := pendingRequest[Resp]{result: make(chan result[Resp], 1), cancel: cancel}
	p.pending[req] = pending
	p.running.Go(func() {
		var got result[Resp]
		defer func() {
			if got.exit != (exit{}) {
				p.abnormal.CompareAndSwap(nil, &got.exit)
			}
			pending.result <- got
		}()
		got.run(func() { got.resp, got.err = p.load(ctx, req) })
	})
}
