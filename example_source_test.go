package activity_test

import (
	"context"
	"fmt"
	"iter"
	"log"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
)

// alphabet is a service with 26 records, ten a page. A cursor is the offset of a page.
func alphabet(_ context.Context, from activity.Cursor) iter.Seq2[activity.Page[string], error] {
	const all, size = "abcdefghijklmnopqrstuvwxyz", 10
	return func(yield func(activity.Page[string], error) bool) {
		begin := 0
		if from != "" {
			var err error
			if begin, err = strconv.Atoi(string(from)); err != nil || begin < 0 || begin >= len(all) {
				yield(activity.Page[string]{}, activity.ErrCursorMismatch)
				return
			}
		}
		for page := range slices.Chunk([]byte(all[begin:]), size) {
			next := activity.Cursor("")
			if begin += len(page); begin < len(all) {
				next = activity.Cursor(strconv.Itoa(begin))
			}
			if !yield(activity.Page[string]{Items: strings.Split(string(page), ""), Next: next, Total: len(all)}, nil) {
				return
			}
		}
	}
}

// Another service, or the data of a test, behind the same iterators: a Source returns its pages.
func ExampleNewList() {
	list := activity.NewList(alphabet)
	last, err := list.From("20").Collect(context.Background(), 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(last)
	// Output: [u v w x y z]
}

// A list without a service, for the test of a program that takes one.
func ExampleListOf() {
	list := activity.ListOf("signed in", "signed out")
	for what, err := range list.All(context.Background()) {
		fmt.Println(what, err)
	}
	// Output:
	// signed in <nil>
	// signed out <nil>
}

// journal is a service whose records can be asked for by time.
type journal []time.Time

func (journal) Feed() activity.FeedInfo {
	return activity.FeedInfo{Vendor: "acme", Name: "journal", Lookback: time.Hour, Settle: time.Minute}
}

func (j journal) Between(_ context.Context, from, to time.Time) iter.Seq2[activity.Page[activity.Record[time.Time]], error] {
	return func(yield func(activity.Page[activity.Record[time.Time]], error) bool) {
		page := activity.Page[activity.Record[time.Time]]{Total: -1}
		for _, at := range j {
			if !at.Before(from) && !at.After(to) {
				record := activity.Record[time.Time]{Key: at.Format(time.RFC3339Nano), Item: at, Time: at}
				page.Items = append(page.Items, record)
			}
		}
		yield(page, nil) // one page, which has no Next: the last
	}
}

// Another service followed by time: a FeedSource gives the records between two moments.
func ExampleNewFeed() {
	begin := time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)
	source := journal{begin, begin.Add(time.Minute), begin.Add(25 * time.Hour)}
	options := activity.FollowOptions{Since: begin.Add(30 * time.Second)}
	for batch, err := range activity.NewFeed(source).CatchUp(context.Background(), activity.Checkpoint{}, options) {
		if err != nil {
			log.Fatal(err)
		}
		for _, record := range batch.Records {
			fmt.Println(record.Key)
		}
	}
	// Output:
	// 2024-03-05T09:01:00Z
	// 2024-03-06T10:00:00Z
}
