package activity_test

import (
	"context"
	"fmt"
	"iter"
	"log"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
)

// alphabet is a service with 26 records, ten a page.
type alphabet struct{}

func (alphabet) Page(_ context.Context, at activity.Cursor) (activity.Page[string], error) {
	const all, size = "abcdefghijklmnopqrstuvwxyz", 10
	begin := 0
	if at != "" {
		var err error
		if begin, err = strconv.Atoi(string(at)); err != nil || begin < 0 || begin >= len(all) {
			return activity.Page[string]{}, activity.ErrCursorMismatch
		}
	}
	end := min(begin+size, len(all))
	page := activity.Page[string]{Total: len(all)}
	for _, letter := range all[begin:end] {
		page.Items = append(page.Items, string(letter))
	}
	if end < len(all) {
		page.Next = activity.Cursor(strconv.Itoa(end))
	}
	return page, nil
}

// Another service, or the data of a test, behind the same iterators: a Source gives the page at a cursor.
func ExampleNewList() {
	list := activity.NewList(alphabet{})
	letters, err := list.From("20").Collect(context.Background(), 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(letters)
	// Output: [u v w x y z]
}

// large is a service whose page is too large to hold its records beside its bytes.
type large struct{}

func (large) Page(context.Context, activity.Cursor) (activity.Page[int], error) {
	body := []byte(`[1,2,3]`) // read as a whole, and known to be good
	page := activity.Page[int]{Raw: body, Total: 3}
	return page.Defer(func(yield func(int, error) bool) {
		for _, c := range body {
			if c >= '0' && c <= '9' && !yield(int(c-'0'), nil) {
				return
			}
		}
	}), nil
}

// A page's records are made while the list is ranged over.
func ExamplePage_Defer() {
	got, err := activity.NewList(large{}).Collect(context.Background(), 0)
	fmt.Println(got, err)
	// Output: [1 2 3] <nil>
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
	for batch, err := range activity.NewFeed(source).Follow(context.Background(), activity.Checkpoint{}, options) {
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
