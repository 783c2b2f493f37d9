package jetstream

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"

	"github.com/nats-io/nats.go"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// asyncErrors is where the connection reports what concerns no answer. A user who may not publish to a
// subject gets no answer at all, and the server's reason comes here.
type asyncErrors struct {
	mu       sync.Mutex
	watchers map[*watcher]struct{}
	last     string
}

type watcher struct {
	matches func(subject string) bool
	cancel  context.CancelCauseFunc
}

// watch returns a context that ends, with the reason as its cause, as soon as NATS does not permit
// something that concerns the caller.
func (p *asyncErrors) watch(ctx context.Context, concerns func(subject string) bool) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watcher{concerns, cancel}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.watchers == nil {
		p.watchers = map[*watcher]struct{}{}
	}
	p.watchers[w] = struct{}{}
	return ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watchers, w)
		cancel(nil)
	}
}

var permissionViolation = regexp.MustCompile(`(Publish|Subscription) to "([^"]+)"`)

// report tells those whom a problem concerns. It reports whether the problem is to be logged: one
// that nobody here knows, and not for the second time in a row.
func (p *asyncErrors) report(err error) (unknown bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	repeated := err.Error() == p.last
	p.last = err.Error()
	found := permissionViolation.FindStringSubmatch(err.Error())
	if !errors.Is(err, nats.ErrPermissionViolation) || found == nil {
		return !repeated
	}
	subject, verb := found[2], "publish"
	if found[1] == "Subscription" {
		verb = "subscribe"
	}
	denied := fmt.Errorf("%w: NATS does not permit the collector's user to %s to %s: permit it", store.ErrRefused, verb, subject)
	known := false
	for w := range p.watchers {
		if w.matches(subject) {
			w.cancel(denied)
			known = true
		}
	}
	return !known && !repeated
}

// forget makes the next problem one that is logged.
func (p *asyncErrors) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = ""
}

// permissionError returns why NATS does not permit what was tried under a context of watch, or else err.
func permissionError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, store.ErrRefused) {
		return cause
	}
	return err
}
