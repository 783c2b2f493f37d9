package transport

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
)

// fetch gets one new token. A zero expiry means that it is unknown.
type fetch func(ctx context.Context, via *Client) (value string, expiry time.Time, err error)

// flight is one fetch, running or in the queue, and those who wait for it. The mutex of its cached
// guards all fields above done.
type flight struct {
	via        *Client // sends the request
	ctx        context.Context
	cancel     context.CancelFunc
	waiting    int    // how many wait for it
	since      int    // the oldest generation that they accept
	generation int    // of the token, set when the fetch begins
	goroutine  string // that it runs in

	done  chan struct{} // closed when the rest is set
	token Token
	err   error
	end   func() // if the fetch did not return: panics or exits in the same way
}

// fetching is the key of a value in a fetch's context.
type fetching struct{ c *cached }

// join returns a flight to wait for: an existing one with the same settings whose token will be new
// enough, or a new one. The caller holds the lock.
func (c *cached) join(ctx context.Context, via *Client, since int) *flight {
	for i, f := range c.flights {
		if sameSettings(f.via, via) && (i > 0 || f.generation >= since) {
			f.since = max(f.since, since)
			f.waiting++
			return f
		}
	}
	f := &flight{via: via, waiting: 1, since: since, done: make(chan struct{})}
	f.ctx, f.cancel = context.WithCancel(context.WithValue(context.WithoutCancel(ctx), fetching{c}, true))
	if c.flights = append(c.flights, f); len(c.flights) == 1 {
		c.start()
	}
	return f
}

// start starts the first flight. The caller holds the lock.
func (c *cached) start() {
	f := c.flights[0]
	f.generation = c.generation
	go c.run(f)
}

// leave is called by one who no longer waits. A flight that nobody waits for is cancelled.
func (c *cached) leave(f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.waiting--
	i := slices.Index(c.flights, f)
	if f.waiting > 0 || i < 0 || i == 0 && c.uncancelled {
		return
	}
	f.cancel()
	c.flights = slices.Delete(c.flights, i, i+1)
	if i == 0 && len(c.flights) > 0 {
		c.start()
	}
}

func (c *cached) run(f *flight) {
	defer c.finish(f)
	f.end = runtime.Goexit
	defer func() {
		if v := recover(); v != nil {
			p := &panicked{v, debug.Stack()}
			f.end = func() { panic(p) }
		}
	}()
	c.mu.Lock()
	f.goroutine = goroutine()
	c.mu.Unlock()
	value, expiry, err := c.fetch(f.ctx, f.via)
	f.end = nil
	if f.err = err; err == nil {
		f.token = Token{Value: value, Stale: staleFrom(expiry), generation: f.generation}
		f.token.kept = c.keep || !expiry.IsZero()
	}
}

// finish hands over the result of a fetch, also to the flights in the queue that would get the same
// result, and starts the next one.
func (c *cached) finish(f *flight) {
	if c.settle(f) == 0 && f.end != nil {
		f.via.settings.Logger.LogAttrs(f.ctx, slog.LevelError, "the function that provides or stores a token did not return")
	}
}

// settle does the work of finish and returns how many waited.
func (c *cached) settle(f *flight) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer f.cancel()
	defer close(f.done)
	if len(c.flights) == 0 || c.flights[0] != f { // it was cancelled
		return f.waiting
	}
	c.flights = c.flights[1:]
	if f.token.kept {
		c.current = f.token
	}
	c.flights = slices.DeleteFunc(c.flights, func(other *flight) bool {
		settled := f.settles(other)
		if settled {
			other.token, other.err = f.token, f.err
			other.cancel()
			close(other.done)
		}
		return settled
	})
	if len(c.flights) > 0 {
		c.start()
	}
	return f.waiting
}

// settles reports whether another flight need not start: the token is new enough for it, or the
// service refused one for a reason that holds for every request.
func (f *flight) settles(other *flight) bool {
	if f.err == nil {
		return f.end == nil && f.generation >= other.since
	}
	e, ok := f.err.(*activity.Error) //nolint:errorlint // only the result of the fetch itself
	return ok && e.StatusCode/100 == 4 && e.StatusCode != http.StatusRequestTimeout
}

// sameSettings reports whether a failure of one client's token request would be a failure of the
// other's.
func sameSettings(a, b *Client) bool {
	x, y := a.settings, b.settings
	return a == b || x.Retry == y.Retry && x.AttemptTimeout == y.AttemptTimeout && x.MaxResponseBytes == y.MaxResponseBytes &&
		same(x.Transport, y.Transport)
}

// same compares transports. Those of types that == panics on all count as different.
func same(a, b http.RoundTripper) bool {
	return reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

// panicked is the panic of a fetch, which continues in those who wait for it.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("%v\n\n%s", p.value, p.stack) }

func (p *panicked) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// goroutine returns the number of the goroutine that calls it. It detects a token source that waits
// for the very token that it was asked for: such a source has no context.
func goroutine() string {
	var trace [64]byte
	text := bytes.TrimPrefix(trace[:runtime.Stack(trace[:], false)], []byte("goroutine "))
	number, _, _ := bytes.Cut(text, []byte(" "))
	return string(number)
}
