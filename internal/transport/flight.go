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

// fetch gets one new token. A zero expiry means that nobody knows.
type fetch func(ctx context.Context, via *Client) (value string, expiry time.Time, err error)

// flight is one fetch, under way or in the queue, and those who wait for it. All but what it comes
// to is guarded by the mutex of its cached.
type flight struct {
	via        *Client // whose means it uses
	ctx        context.Context
	cancel     context.CancelFunc
	waiting    int    // how many wait for it
	since      int    // the oldest generation that they take
	generation int    // of the token, which is known when it begins
	goroutine  string // that it runs in

	landed chan struct{} // closed when the rest is set
	token  Token
	err    error
	end    func() // if the fetch did not return: does the same to the goroutine that calls it
}

// fetching is the key of a value in a fetch's context.
type fetching struct{ c *cached }

// join returns a flight to wait for: one that is there, if it has the same means and its token will
// be new enough, or another. The lock is held.
func (c *cached) join(ctx context.Context, via *Client, since int) *flight {
	for i, f := range c.flights {
		if sameMeans(f.via, via) && (i > 0 || f.generation >= since) {
			f.since = max(f.since, since)
			f.waiting++
			return f
		}
	}
	f := &flight{via: via, waiting: 1, since: since, landed: make(chan struct{})}
	f.ctx, f.cancel = context.WithCancel(context.WithValue(context.WithoutCancel(ctx), fetching{c}, true))
	if c.flights = append(c.flights, f); len(c.flights) == 1 {
		c.begin()
	}
	return f
}

// begin starts the first flight. The lock is held.
func (c *cached) begin() {
	f := c.flights[0]
	f.generation = c.generation
	go c.fly(f)
}

// leave is for one who does not wait any longer. A flight for which nobody waits is given up.
func (c *cached) leave(f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.waiting--
	i := slices.Index(c.flights, f)
	if f.waiting > 0 || i < 0 || i == 0 && c.lasting {
		return
	}
	f.cancel()
	c.flights = slices.Delete(c.flights, i, i+1)
	if i == 0 && len(c.flights) > 0 {
		c.begin()
	}
}

func (c *cached) fly(f *flight) {
	defer c.land(f)
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

// land hands over what the fetch came to, also to the flights in the queue that would come to the
// same, and begins the next one.
func (c *cached) land(f *flight) {
	if c.settle(f) == 0 && f.end != nil {
		f.via.settings.Logger.LogAttrs(f.ctx, slog.LevelError, "the function that provides or stores a token did not return")
	}
}

// settle is land, and returns how many waited.
func (c *cached) settle(f *flight) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer f.cancel()
	defer close(f.landed)
	if len(c.flights) == 0 || c.flights[0] != f { // it was given up
		return f.waiting
	}
	c.flights = c.flights[1:]
	if f.token.kept {
		c.now = f.token
	}
	c.flights = slices.DeleteFunc(c.flights, func(other *flight) bool {
		settled := f.settles(other)
		if settled {
			other.token, other.err = f.token, f.err
			other.cancel()
			close(other.landed)
		}
		return settled
	})
	if len(c.flights) > 0 {
		c.begin()
	}
	return f.waiting
}

// settles reports whether another flight need not begin: there is a token that will do, or the
// service answered that there is none, whoever asks.
func (f *flight) settles(other *flight) bool {
	if f.err == nil {
		return f.end == nil && f.generation >= other.since
	}
	e, ok := f.err.(*activity.Error) //nolint:errorlint // only what the fetch itself came to
	return ok && e.StatusCode/100 == 4 && e.StatusCode != http.StatusRequestTimeout
}

// sameMeans reports whether what keeps one client from getting a token would keep the other from it
// too.
func sameMeans(a, b *Client) bool {
	x, y := a.settings, b.settings
	return a == b || x.Retry == y.Retry && x.AttemptTimeout == y.AttemptTimeout && x.MaxResponseBytes == y.MaxResponseBytes &&
		same(x.Transport, y.Transport)
}

// same also compares transports of types that == panics on, all of which it takes for different.
func same(a, b http.RoundTripper) bool {
	return reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

// panicked is the panic of a fetch, which goes on in those who wait for it.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("%v\n\n%s", p.value, p.stack) }

func (p *panicked) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// goroutine returns the number of the goroutine that calls it. By it a program's function is
// recognized that was called for a token and waits for that very token: it has no context.
func goroutine() string {
	var trace [64]byte
	text := bytes.TrimPrefix(trace[:runtime.Stack(trace[:], false)], []byte("goroutine "))
	number, _, _ := bytes.Cut(text, []byte(" "))
	return string(number)
}
