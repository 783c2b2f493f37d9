package recipes

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/activity-sdk/activity"
)

// Fleet has a function for each account that follows it, by the name of the account.
type Fleet map[string]func(ctx context.Context) error

// Follower returns a function for a Fleet, which follows a feed and passes its batches to store.
func Follower[T any](feed activity.Feed[T], from activity.Checkpoint, o activity.FollowOptions, store func(activity.Batch[T]) error) func(context.Context) error {
	return func(ctx context.Context) error {
		for batch, err := range feed.Follow(ctx, from, o) {
			if err != nil {
				return err
			}
			if err := store(batch); err != nil {
				return err
			}
		}
		return nil
	}
}

// Run follows many accounts at once until ctx ends. If one fails, it calls failed, possibly from
// several goroutines at once, and the others continue. It returns when no batch is being stored.
func (f Fleet) Run(ctx context.Context, failed func(tenant string, err error)) {
	var running sync.WaitGroup
	for tenant, follow := range f {
		running.Go(func() {
			if err := follow(ctx); err != nil && !errors.Is(err, ctx.Err()) {
				failed(tenant, err)
			}
		})
	}
	running.Wait()
}

// Measured returns an option for clients that calls count after each request: use it for metrics.
func Measured(count func(activity.Call, *http.Response, error)) activity.Option {
	return activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			call, _ := activity.CallFrom(req.Context())
			resp, err := next.RoundTrip(req)
			count(call, resp, err)
			return resp, err
		})
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
