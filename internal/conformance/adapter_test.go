package conformance_test

import (
	"context"
	"encoding/json"
	"iter"
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
)

// adapters are the lists and feeds that the tests run for.
var adapters = []*adapter{asperaTransfers, asperaEvents, snapLogic, opswatActivities, sdElements, sdElementsStream}

// adapter describes one list of a vendor, and its feed, in terms that all vendors share.
type adapter struct {
	vendor string // as in activity.Error
	name   string // of the list

	// id and time are the names of two members of a record. If records have no ids, id is another
	// member.
	id, time string
	// record returns a record in the vendor's type.
	record func(id int, at time.Time) any

	// newService returns an empty fake.
	newService func(f faults) *service
	// newClient returns a client with the credentials of a login.
	newClient func(credentials any, opts ...activity.Option) (*client, error)
	// newClientAt returns a client of a service at another address. If it is nil, clientAt uses
	// activity.WithBaseURL.
	newClientAt func(address string, credentials any, opts ...activity.Option) (*client, error)
	// logins returns all ways to log in, with these secrets.
	logins func(s secrets) []login
	// bearer returns credentials for the tokens of a program's own source. It is nil if the vendor
	// has none.
	bearer func(src oauth2.TokenSource) any
	// answer returns a page of records as the service would send it. If more is true, another page
	// follows.
	answer func(more bool, records ...string) string

	// paging are the names of the parameters for the position and the length of a page. size is the
	// one for the length, and maxSize its largest value.
	paging  []string
	size    string
	maxSize int
	// until is the parameter for the end of the time range, which a walk may move forward.
	until string
	// filters are parameters that the list does not send, although the service would filter by
	// them.
	filters []string

	// requests returns the number of requests for a list that does not change.
	requests func(records, pageSize int) int
	// anonymous: records have no ids. If records move while the list is read, some come again, and
	// if records vanish, others may be missing.
	anonymous bool
	// sameIDs: several records may have the same id, and all of them are delivered.
	sameIDs bool
	// offsets: pages are requested by offset or number, and the service may refuse large ones.
	offsets bool
	// quotaWindow is the longest pause for X-RateLimit headers. If it is 0, they are ignored.
	quotaWindow time.Duration
	// noFeed: the list has no feed.
	noFeed bool
}

// faults are what a fake does wrong for all requests. A vendor's fake ignores those
// that do not apply to it.
type faults struct {
	ties      uint64 // seed for the order of records of one instant, new in each answer
	pageSizes []int  // the largest sizes of the first pages
	pageLimit int    // the largest size of every page
	exclusive bool   // records at the very bounds of a query are left out
	maxOffset int    // pages beyond it are refused
	uncounted bool   // the service does not return the number of records
}

// fakeOptions are the options of a vendor's fake for faults. Those that it does not have are nil.
type fakeOptions[O any] struct {
	ties      func(seed uint64) O
	pageSizes func(sizes ...int) O
	pageLimit func(records int) O
	exclusive func() O
	maxOffset func(records int) O
	uncounted func() O
}

func (o fakeOptions[O]) forFaults(f faults) (opts []O) {
	if f.ties > 0 && o.ties != nil {
		opts = append(opts, o.ties(f.ties))
	}
	if f.pageSizes != nil && o.pageSizes != nil {
		opts = append(opts, o.pageSizes(f.pageSizes...))
	}
	if f.pageLimit > 0 && o.pageLimit != nil {
		opts = append(opts, o.pageLimit(f.pageLimit))
	}
	if f.exclusive && o.exclusive != nil {
		opts = append(opts, o.exclusive())
	}
	if f.maxOffset > 0 && o.maxOffset != nil {
		opts = append(opts, o.maxOffset(f.maxOffset))
	}
	if f.uncounted && o.uncounted != nil {
		opts = append(opts, o.uncounted())
	}
	return opts
}

// clientAt returns a client of the service at an address.
func (a *adapter) clientAt(address string, credentials any, opts ...activity.Option) (*client, error) {
	if a.newClientAt != nil {
		return a.newClientAt(address, credentials, opts...)
	}
	return a.newClient(credentials, append(opts, activity.WithBaseURL(address))...)
}

func (a *adapter) String() string { return a.vendor + " " + a.name }

// login is one way to log in.
type login struct {
	name string
	// fetchesToken: the SDK requests a token before the first page.
	fetchesToken bool
	// renewsToken: the SDK can get another token after one was refused.
	renewsToken bool
	// rotates: a request for a token may replace the refresh token.
	rotates bool
	// credentials returns a new value for the vendor's New.
	credentials func() any
	// fails: the program's function that stores a refresh token always fails.
	fails bool
}

// client is a vendor's client.
type client struct {
	value any
	list  func(q query) list
	feed  func(q query) feed // nil if the list has no feed
}

// newVendorClient returns a client that reads with the methods of a vendor's client. toVendor
// translates a query, and read sets the first fields of a record.
func newVendorClient[Q any, T detacher[T]](value any, lists func(Q) activity.List[T], feeds func(Q) activity.Feed[T],
	toVendor func(query) Q, read func(T) record) *client {
	c := &client{value: value, list: func(q query) list { return vendorList[T]{lists(toVendor(q)), read} }}
	if feeds != nil {
		c.feed = func(q query) feed { return vendorFeed[T]{feeds(toVendor(q)), read} }
	}
	return c
}

// query has what all vendors can be queried for. Zero fields are not sent.
type query struct {
	from, to time.Time
	pageSize int
}

// record is what the tests need of a vendor's record.
type record struct {
	id       int // 0 if it cannot be read
	time     time.Time
	raw      json.RawMessage
	problems []activity.FieldProblem
	value    any // the vendor's record
	detach   func() record
}

type page = activity.Page[record]

// list is an activity.List of any record type.
type list interface {
	All(ctx context.Context, from activity.Cursor) iter.Seq2[record, error]
	Pages(ctx context.Context, from activity.Cursor) iter.Seq2[page, error]
	Page(ctx context.Context, at activity.Cursor) (page, error)
}

type batch = activity.Batch[record]

// feed is an activity.Feed of any record type.
type feed interface {
	// Round is CatchUp of an activity.Feed.
	Round(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[batch, error]
	Follow(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[batch, error]
	// CatchUp reads once and stores what it reads.
	CatchUp(t *testing.T, s *followtest.Store, o activity.FollowOptions)
	// crash is followtest.Crash, with a new feed for each run of the program.
	crash(t *testing.T, s *followtest.Store, newFeed func() feed, o activity.FollowOptions, random *rand.Rand, d time.Duration)
}

type detacher[T any] interface{ Detach() T }

type vendorList[T detacher[T]] struct {
	list activity.List[T]
	read func(T) record
}

func (l vendorList[T]) record(item T) record {
	r := l.read(item)
	r.value = item
	r.detach = func() record { return l.record(item.Detach()) }
	return r
}

func (l vendorList[T]) page(p activity.Page[T]) page {
	adapted := page{Next: p.Next, Total: p.Total, Raw: p.Raw, Date: p.Date}
	for _, item := range p.Items {
		adapted.Items = append(adapted.Items, l.record(item))
	}
	return adapted
}

// mapValues applies a function to the values of a sequence.
func mapValues[A, B any](values iter.Seq2[A, error], to func(A) B) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		for v, err := range values {
			if !yield(to(v), err) {
				return
			}
		}
	}
}

func (l vendorList[T]) All(ctx context.Context, from activity.Cursor) iter.Seq2[record, error] {
	return mapValues(l.list.From(from).All(ctx), l.record)
}

func (l vendorList[T]) Pages(ctx context.Context, from activity.Cursor) iter.Seq2[page, error] {
	return mapValues(l.list.From(from).Pages(ctx), l.page)
}

func (l vendorList[T]) Page(ctx context.Context, at activity.Cursor) (page, error) {
	p, err := l.list.Page(ctx, at)
	return l.page(p), err
}

type vendorFeed[T detacher[T]] struct {
	feed activity.Feed[T]
	read func(T) record
}

func (f vendorFeed[T]) batch(b activity.Batch[T]) batch {
	adapted := batch{Checkpoint: b.Checkpoint, Lag: b.Lag}
	for _, r := range b.Records {
		item := vendorList[T]{read: f.read}.record(r.Item)
		adapted.Records = append(adapted.Records, activity.Record[record]{Key: r.Key, Time: r.Time, Item: item})
	}
	return adapted
}

func (f vendorFeed[T]) Round(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[batch, error] {
	return mapValues(f.feed.CatchUp(ctx, from, o), f.batch)
}

func (f vendorFeed[T]) Follow(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[batch, error] {
	return mapValues(f.feed.Follow(ctx, from, o), f.batch)
}

func (f vendorFeed[T]) CatchUp(t *testing.T, s *followtest.Store, o activity.FollowOptions) {
	t.Helper()
	followtest.CatchUp(t, s, f.feed, o)
}

func (vendorFeed[T]) crash(t *testing.T, s *followtest.Store, newFeed func() feed, o activity.FollowOptions, random *rand.Rand, d time.Duration) {
	t.Helper()
	followtest.Crash(t, s, func() activity.Feed[T] { return newFeed().(vendorFeed[T]).feed }, o, random, d)
}
