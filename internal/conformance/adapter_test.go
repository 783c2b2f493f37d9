package conformance_test

import (
	"context"
	"encoding/json"
	"iter"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/followtest"
)

// adapters are all that the tests run for.
var adapters = []*adapter{asperaTransfers, asperaEvents, snapLogic, opswatActivities, sdElements, sdElementsStream}

// adapter puts one list of a vendor, and the feed beside it, into words that all vendors share.
type adapter struct {
	vendor string // as errors name it
	name   string // of the list

	// id and time are the names of two members of a record. A record that has no id of its own is
	// told from others by any other member.
	id, time string
	// record makes one of the vendor's records.
	record func(id int, at time.Time) any

	// newService makes an empty fake.
	newService func(m misbehaviour) *service
	// newClient makes a client with credentials from a login.
	newClient func(credentials any, opts ...activity.Option) (*client, error)
	// newClientAt makes one of a service at another address; nil: activity.WithBaseURL does.
	newClientAt func(address string, credentials any, opts ...activity.Option) (*client, error)
	// logins are all ways to log in, with these secrets.
	logins func(s secrets) []login
	// bearer makes credentials of tokens that the program has from elsewhere; nil: there are none.
	bearer func(src oauth2.TokenSource) any
	// answer is a page of records as the service would answer it. With more, it says that pages
	// follow, for as often as it is sent.
	answer func(more bool, records ...string) string

	// paging are the names of what says in a request where a page begins and how long it is, of
	// which size is the latter; most is the most that it may be.
	paging []string
	size   string
	most   int
	// until is the name of the later bound of time, which a walk may move forward.
	until string
	// filters are names of parameters by which the list is not filtered, and could be.
	filters []string

	// requests returns the number of requests that a list of this size costs while it does not
	// change.
	requests func(records, pageSize int) int
	// anonymous: a record has no id. One that moved while the list was read is delivered again, and
	// one that vanished may hide another.
	anonymous bool
	// sameIDs: different records may have the same id, and all of them come.
	sameIDs bool
	// offsets: a page is asked for by where it begins, which the service may refuse far behind.
	offsets bool
	// quotaWindow is the longest time for which X-RateLimit headers are obeyed; 0: not at all.
	quotaWindow time.Duration
	// noFeed: nothing beside the list can be followed.
	noFeed bool
}

// misbehaviour is what a fake can be told to do wrong, as far as its vendor's pages allow it.
type misbehaviour struct {
	ties      uint64 // a seed: records of one instant are in another order in each answer
	pageSizes []int  // how many records the first pages hold at most
	pageLimit int    // how many records any page holds at most
	exclusive bool   // records of the very instants that bound a query are left out
	maxOffset int    // pages that begin behind it are refused
	uncounted bool   // the service does not say how many records there are
}

// clientAt makes a client of a service at an address.
func (a *adapter) clientAt(address string, credentials any, opts ...activity.Option) (*client, error) {
	if a.newClientAt != nil {
		return a.newClientAt(address, credentials, opts...)
	}
	return a.newClient(credentials, append(opts, activity.WithBaseURL(address))...)
}

func (a *adapter) String() string { return a.vendor + " " + a.name }

// service is a fake with records that are known by numbers. The first login is the usual one.
type service struct {
	fakeServer
	adapter *adapter
	logins  []login
	add     func(records ...any)
	remove  func(id int)
	// expire makes the access tokens invalid that were issued so far.
	expire func()
}

// fakeServer is what the fakes of all vendors have in common.
type fakeServer interface {
	Transport() http.RoundTripper
	Requests() []fake.Request
	ResetRequests()
	Fail(faults ...fake.Fault)
	FailWith(fault func(r fake.Request) *fake.Fault)
	OnRequest(hook func(r fake.Request))
}

// publicServer is what the fakes offer to programs, each with types of its own.
type publicServer[R fake.AnyRequest, F fake.AnyFault] interface {
	Transport() http.RoundTripper
	Requests() []R
	ResetRequests()
	Fail(faults ...F)
	FailWith(fault func(r R) *F)
	OnRequest(hook func(r R))
}

type adaptedServer[R fake.AnyRequest, F fake.AnyFault] struct{ publicServer[R, F] }

// adapted has a vendor's fake take and return the types that all share.
func adapted[R fake.AnyRequest, F fake.AnyFault](s publicServer[R, F]) fakeServer {
	return adaptedServer[R, F]{s}
}

func (s adaptedServer[R, F]) Requests() []fake.Request {
	return fake.Requests[fake.Request](s.publicServer.Requests())
}

func (s adaptedServer[R, F]) Fail(faults ...fake.Fault) {
	s.publicServer.Fail(fake.Faults[F](faults)...)
}

func (s adaptedServer[R, F]) FailWith(fault func(r fake.Request) *fake.Fault) {
	s.publicServer.FailWith(fake.Decision[R, F](fault))
}

func (s adaptedServer[R, F]) OnRequest(hook func(r fake.Request)) {
	s.publicServer.OnRequest(fake.Hook[R](hook))
}

// login is one way to prove who one is.
type login struct {
	name string
	// asks: the SDK begins by asking the service for a token.
	asks bool
	// renews: the SDK can get another token when one is refused.
	renews bool
	// rotates: asking for a token may replace what it is asked for with.
	rotates bool
	// credentials makes a new value, as the vendor's New takes it.
	credentials func() any
	// fails: the program's part in it fails whenever it is asked to do it.
	fails bool
}

// client is a vendor's client.
type client struct {
	value any
	list  func(q query) list
	feed  func(q query) feed
}

// query is what all vendors can be asked for. A zero field is not sent.
type query struct {
	from, to time.Time
	pageSize int
}

// record is what the tests want to know of a vendor's record, which is value.
type record struct {
	id       int // 0: cannot be read
	time     time.Time
	raw      json.RawMessage
	problems []activity.FieldProblem
	value    any
	detach   func() record
}

type page = activity.Page[record]

// list is an activity.List of any type of records.
type list interface {
	All(ctx context.Context, from activity.Cursor) iter.Seq2[record, error]
	Pages(ctx context.Context, from activity.Cursor) iter.Seq2[page, error]
	Page(ctx context.Context, at activity.Cursor) (page, error)
}

// feed is an activity.Feed of any type of records.
type feed interface {
	// Round reads what is new, once.
	Round(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[activity.Batch[record], error]
	Follow(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[activity.Batch[record], error]
	CatchUp(t *testing.T, s *followtest.Store, o activity.FollowOptions)
}

type detacher[T any] interface{ Detach() T }

type vendorList[T detacher[T]] struct {
	list activity.List[T]
	read func(T) record
}

// newList adapts a vendor's list. read fills the first fields of a record.
func newList[T detacher[T]](l activity.List[T], read func(T) record) list {
	return vendorList[T]{l, read}
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

func (l vendorList[T]) All(ctx context.Context, from activity.Cursor) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		for item, err := range l.list.From(from).All(ctx) {
			if !yield(l.record(item), err) {
				return
			}
		}
	}
}

func (l vendorList[T]) Pages(ctx context.Context, from activity.Cursor) iter.Seq2[page, error] {
	return func(yield func(page, error) bool) {
		for p, err := range l.list.From(from).Pages(ctx) {
			if !yield(l.page(p), err) {
				return
			}
		}
	}
}

func (l vendorList[T]) Page(ctx context.Context, at activity.Cursor) (page, error) {
	p, err := l.list.Page(ctx, at)
	return l.page(p), err
}

type vendorFeed[T detacher[T]] struct {
	feed activity.Feed[T]
	read func(T) record
}

// newFeed adapts a vendor's feed.
func newFeed[T detacher[T]](f activity.Feed[T], read func(T) record) feed {
	return vendorFeed[T]{f, read}
}

func (f vendorFeed[T]) Round(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[activity.Batch[record], error] {
	return f.adapted(f.feed.CatchUp(ctx, from, o))
}

func (f vendorFeed[T]) Follow(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[activity.Batch[record], error] {
	return f.adapted(f.feed.Follow(ctx, from, o))
}

func (f vendorFeed[T]) adapted(batches iter.Seq2[activity.Batch[T], error]) iter.Seq2[activity.Batch[record], error] {
	return func(yield func(activity.Batch[record], error) bool) {
		for b, err := range batches {
			adapted := activity.Batch[record]{Checkpoint: b.Checkpoint, Lag: b.Lag}
			for _, r := range b.Records {
				adapted.Records = append(adapted.Records, activity.Record[record]{Key: r.Key, Time: r.Time, Item: vendorList[T]{read: f.read}.record(r.Item)})
			}
			if !yield(adapted, err) {
				return
			}
		}
	}
}

func (f vendorFeed[T]) CatchUp(t *testing.T, s *followtest.Store, o activity.FollowOptions) {
	t.Helper()
	followtest.CatchUp(t, s, f.feed, o)
}

// crash is followtest.Crash for the feed that each run of a program makes anew.
func crash(t *testing.T, s *followtest.Store, newFeed func() feed, o activity.FollowOptions, random *rand.Rand, d time.Duration) {
	t.Helper()
	newFeed().(interface {
		crash(t *testing.T, s *followtest.Store, newFeed func() feed, o activity.FollowOptions, random *rand.Rand, d time.Duration)
	}).crash(t, s, newFeed, o, random, d)
}

func (vendorFeed[T]) crash(t *testing.T, s *followtest.Store, newFeed func() feed, o activity.FollowOptions, random *rand.Rand, d time.Duration) {
	t.Helper()
	followtest.Crash(t, s, func() activity.Feed[T] { return newFeed().(vendorFeed[T]).feed }, o, random, d)
}
