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

// problems is where the connection reports what concerns no answer. A user who may not publish to a
// subject gets no answer at all, and the server's reason comes here.
type problems struct {
	mu       sync.Mutex
	watchers map[*watcher]struct{}
	last     string
}

type watcher struct {
	concerns func(subject string) bool
	end      context.CancelCauseFunc
}

// watch returns a context that ends, with the reason as its cause, as soon as NATS does not permit
// something that concerns the caller.
func (p *problems) watch(ctx context.Context, concerns func(subject string) bool) (context.Context, func()) {
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

var violation = regexp.MustCompile(`(Publish|Subscription) to "([^"]+)"`)

// report tells those whom a problem concerns. It reports whether the problem is to be logged: one
// that nobody here knows, and not for the second time in a row.
func (p *problems) report(err error) (unknown bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	repeated := err.Error() == p.last
	p.last = err.Error()
	found := violation.FindStringSubmatch(err.Error())
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
		if w.concerns(subject) {
			w.end(denied)
			known = true
		}
	}
	return !known && !repeated
}

// forget makes the next problem one that is logged.
func (p *problems) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = ""
}

// refusal returns why NATS does not permit what was tried under a context of watch, or else err.
func refusal(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, store.ErrRefused) {
		return cause
	}
	return err
}
