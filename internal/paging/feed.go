package paging

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"iter"
	"time"

	"github.com/activity-sdk/activity"
)

// ListFeed is the source of a feed that reads a list for each span of time.
type ListFeed[T any] struct {
	Info activity.FeedInfo
	// List returns the list of the records between two times, both included.
	List func(from, to time.Time) activity.List[T]
	// Record returns an item with its key and time.
	Record func(T) activity.Record[T]
}

// Feed returns the description of the feed.
func (f *ListFeed[T]) Feed() activity.FeedInfo { return f.Info }

// Between reads the list of a span.
func (f *ListFeed[T]) Between(ctx context.Context, from, to time.Time) iter.Seq2[activity.Page[activity.Record[T]], error] {
	return func(yield func(activity.Page[activity.Record[T]], error) bool) {
		for page, err := range f.List(from, to).Pages(ctx) {
			records := make([]activity.Record[T], len(page.Items))
			for i, item := range page.Items {
				records[i] = f.Record(item)
			}
			if !yield(activity.Page[activity.Record[T]]{Items: records, Next: page.Next, Total: page.Total, Raw: page.Raw, Date: page.Date}, err) {
				return
			}
		}
	}
}

// RawKey returns the key of a record without an id: a hash of its bytes. Records with the same
// bytes count as one.
func RawKey(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "raw-" + base64.RawURLEncoding.EncodeToString(sum[:])
}
