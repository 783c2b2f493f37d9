package conformance_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/activity-sdk/activity"
)

// everyVendor runs a test for each adapter, in virtual time that begins with the year 2000.
func everyVendor(t *testing.T, test func(t *testing.T, a *adapter)) {
	t.Helper()
	everyOf(t, adapters, test)
}

// everyFeed runs a test for each adapter that has a feed.
func everyFeed(t *testing.T, test func(t *testing.T, a *adapter)) {
	t.Helper()
	everyOf(t, adaptersWhere(hasFeed), test)
}

func everyOf(t *testing.T, adapters []*adapter, test func(t *testing.T, a *adapter)) {
	t.Helper()
	for _, a := range adapters {
		t.Run(a.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, a) })
		})
	}
}

// adaptersWhere returns the adapters to which a test applies.
func adaptersWhere(applies func(a *adapter) bool) []*adapter {
	return slices.DeleteFunc(slices.Clone(adapters), func(a *adapter) bool { return !applies(a) })
}

func hasFeed(a *adapter) bool { return !a.noFeed }

func hasIDs(a *adapter) bool { return !a.anonymous }

func takesTokenSource(a *adapter) bool { return a.bearer != nil }

func fetchesTokenFirst(a *adapter) bool { return a.newService(faults{}).logins[0].fetchesToken }

// oneOfEachVendor returns one adapter for each vendor, for tests of what all lists of a vendor
// share.
func oneOfEachVendor() []*adapter {
	vendors := map[string]bool{}
	return adaptersWhere(func(a *adapter) bool {
		known := vendors[a.vendor]
		vendors[a.vendor] = true
		return !known
	})
}

// everyLogin runs a test for each login of each fake. The fake has 13 records.
func everyLogin(t *testing.T, applies func(l login) bool, test func(t *testing.T, s *service, l login)) {
	t.Helper()
	for _, a := range adapters {
		for i, l := range a.newService(faults{}).logins {
			if !applies(l) {
				continue
			}
			t.Run(a.String()+", "+l.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := a.fill(13)
					test(t, s, s.logins[i])
				})
			})
		}
	}
}

// everySeed runs a test for each of these adapters with n seeds for random numbers, in virtual
// time.
func everySeed(t *testing.T, n uint64, adapters []*adapter, test func(t *testing.T, a *adapter, seed uint64)) {
	t.Helper()
	for _, a := range adapters {
		for seed := range n {
			t.Run(fmt.Sprint(a, " ", seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { test(t, a, seed) })
			})
		}
	}
}

func anyLogin(login) bool { return true }

func fetchesToken(l login) bool { return l.fetchesToken }

// reading is one way to read all records of fill: with the list, or with a round of its feed.
type reading struct {
	name string
	read func(ctx context.Context, c *client, pageSize int) ([]record, error)
}

var readings = []reading{
	{"list", func(ctx context.Context, c *client, pageSize int) (records []record, err error) {
		for r, err := range c.list(bounded(pageSize)).All(ctx, "") {
			if err != nil {
				return records, err
			}
			records = append(records, r)
		}
		return records, nil
	}},
	{"feed", func(ctx context.Context, c *client, pageSize int) ([]record, error) {
		return readRound(ctx, c.feed(query{pageSize: pageSize}), activity.FollowOptions{Since: newest().AddDate(0, 0, -2), Lookback: -1, Settle: -1})
	}},
}

// readRound returns the records of a feed's first round.
func readRound(ctx context.Context, f feed, o activity.FollowOptions) (records []record, err error) {
	for b, err := range f.Round(ctx, activity.Checkpoint{}, o) {
		if err != nil {
			return records, err
		}
		for _, r := range b.Records {
			records = append(records, r.Item)
		}
	}
	return records, nil
}

// everyReading runs a test for the list and the feed of each of these adapters, in virtual time.
func everyReading(t *testing.T, adapters []*adapter, test func(t *testing.T, a *adapter, r reading)) {
	t.Helper()
	for _, a := range adapters {
		for _, r := range readings {
			if r.name == "feed" && a.noFeed {
				continue
			}
			t.Run(a.String()+", "+r.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { test(t, a, r) })
			})
		}
	}
}

// all reads all records with a new client.
func (r reading) all(t *testing.T, s *service, pageSize int, opts ...activity.Option) ([]record, error) {
	t.Helper()
	return r.read(t.Context(), s.client(t, opts...), pageSize)
}

// concurrently runs a function in n goroutines and waits for them.
func concurrently(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}
