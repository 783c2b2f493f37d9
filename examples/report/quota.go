package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/activity-sdk/activity"
)

// quota is OPSWAT's limit of ten requests a minute, which all clients of the program share. It
// reports the first long wait, since a report on many accesses waits for minutes.
type quota struct {
	*activity.WindowLimiter
	problems io.Writer
	said     sync.Once
}

func newQuota(problems io.Writer) *quota {
	return &quota{WindowLimiter: activity.NewWindowLimiter(10, time.Minute), problems: problems}
}

// Begin waits for the quota.
func (q *quota) Begin(ctx context.Context) (done func(activity.Attempt), err error) {
	const long = 5 * time.Second
	reported := make(chan struct{})
	waiting := time.AfterFunc(long, func() {
		defer close(reported)
		q.said.Do(func() {
			fmt.Fprintln(q.problems, "report: waiting for OPSWAT, which allows 500 records a minute; -since with a shorter time reads fewer")
		})
	})
	done, err = q.WindowLimiter.Begin(ctx)
	if !waiting.Stop() {
		<-reported
	}
	return done, err
}
