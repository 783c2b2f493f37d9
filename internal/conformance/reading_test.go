package conformance_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/activity-sdk/activity"
)

// reading is one way to have all records of fill: the list, or the first round of its feed.
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
		return roundOf(ctx, c.feed(query{pageSize: pageSize}), activity.FollowOptions{Since: newest().AddDate(0, 0, -2), Lookback: -1, Settle: -1})
	}},
}

// roundOf are the records of a feed's first round.
func roundOf(ctx context.Context, f feed, o activity.FollowOptions) (records []record, err error) {
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

// eachReading runs a test for the list and the feed of each adapter, in virtual time.
func eachReading(t *testing.T, adapters []*adapter, test func(t *testing.T, a *adapter, r reading)) {
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

// all reads all records with a client of its own.
func (r reading) all(t *testing.T, s *service, pageSize int, opts ...activity.Option) ([]record, error) {
	t.Helper()
	return r.read(t.Context(), s.client(t, opts...), pageSize)
}

func setOf(records []record) map[int]int {
	times := map[int]int{}
	for _, r := range records {
		times[r.id]++
	}
	return times
}
