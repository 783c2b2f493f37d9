package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/feeds"
)

const (
	parallelChecks = 16
	checkTimeout   = 30 * time.Second
)

// checkAll asks each service for one record and prints whether the service accepts the credentials.
// It returns errReported if a service does not. It does not open the sink. Each feed costs one
// request of its quota.
func (s *settings) checkAll(ctx context.Context, out, problems io.Writer) error {
	made, closeFeeds, err := s.feeds(s.logger(problems), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}))
	if err != nil {
		return err
	}
	defer closeFeeds()
	results := make([]error, len(made))
	slots := make(chan struct{}, parallelChecks)
	var all sync.WaitGroup
	for i, feed := range made {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			results[i] = check(ctx, feed)
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return errors.New("the check was interrupted")
	}
	failed := 0
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "VENDOR\tTENANT\tFEED\tACCEPTED")
	for i, feed := range made {
		accepted := "yes"
		if results[i] != nil {
			accepted = "no: " + results[i].Error()
			failed++
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", feed.ID.Vendor, feed.ID.Tenant, feed.ID.Feed, accepted)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		fmt.Fprintf(out, "%d of %d feeds are not accepted\n", failed, len(made))
		return errReported
	}
	return nil
}

func check(ctx context.Context, feed feeds.Feed) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	source, err := feed.Open()
	if err != nil {
		return err
	}
	return source.Check(ctx)
}
