package recipes

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/activity-sdk/activity"
)

// Fleet is what follows each account, by the account's name.
type Fleet map[string]func(ctx context.Context) error

// Follower returns what follows a feed of any records and stores its batches.
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

// Run follows all accounts side by side until ctx ends. It reports each failure, from many
// goroutines, and the others go on. It returns when the batches are stored that were being stored.
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

// Measured is an option for clients that calls count after each request.
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
