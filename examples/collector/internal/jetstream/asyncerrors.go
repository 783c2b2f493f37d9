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

// asyncErrors receives the errors that the server reports outside of an answer. A request that the
// user may not send gets no answer: the server reports the reason here.
type asyncErrors struct {
	mu       sync.Mutex
	watchers map[*watcher]struct{}
	last     string
}

type watcher struct {
	matches func(subject string) bool
	cancel  context.CancelCauseFunc
}

// watch returns a context that is cancelled as soon as NATS denies a permission for a subject that
// matches. Its cause is the reason.
func (p *asyncErrors) watch(ctx context.Context, matches func(subject string) bool) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watcher{matches, cancel}
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

// report cancels the watchers that match the error. It reports whether the caller should log it: no
// watcher matched, and the error is not the same as the last one.
func (p *asyncErrors) report(err error) (logIt bool) {
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

// forget forgets the last error, so that the same one is logged again.
func (p *asyncErrors) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = ""
}

// permissionError returns err, or the denied permission that cancelled a context of watch.
func permissionError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, store.ErrRefused) {
		return cause
	}
	return err
}
