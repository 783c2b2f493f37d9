package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/internal/telemetry"
)

// progress prints a line for a feed now and then while records come, and one when it has caught up.
type progress struct {
	*telemetry.Telemetry
	out io.Writer

	mu    sync.Mutex
	feeds map[store.FeedID]*tally
}

type tally struct {
	records int // in this run
	printed int // of them, in the last line
	at      time.Time
	lag     time.Duration
}

// between is how often a feed's line is printed again.
const between = 2 * time.Second

// Stored is called after each write.
func (p *progress) Stored(ctx context.Context, feed store.FeedID, records int, lag time.Duration) {
	p.Telemetry.Stored(ctx, feed, records, lag)
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.feeds[feed]
	if t == nil {
		t = &tally{at: time.Now()}
		p.feeds[feed] = t
	}
	t.records += records
	t.lag = lag
	if t.records > t.printed && time.Since(t.at) >= between {
		t.print(p.out, feed, "…")
	}
}

func (t *tally) print(out io.Writer, feed store.FeedID, end string) {
	t.printed, t.at = t.records, time.Now()
	fmt.Fprintf(out, "%-11s %-20s %-20s %9d records, stored up to %v ago%s\n", feed.Vendor, feed.Tenant, feed.Feed, t.records, t.lag.Round(time.Second), end)
}

// finish prints the last line of each feed.
func (p *progress) finish(feeds []store.FeedID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, feed := range feeds {
		if t := p.feeds[feed]; t != nil {
			t.print(p.out, feed, "")
		} else {
			fmt.Fprintf(p.out, "%-11s %-20s %-20s nothing stored\n", feed.Vendor, feed.Tenant, feed.Feed)
		}
	}
}
