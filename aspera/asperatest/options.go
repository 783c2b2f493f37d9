package asperatest

import (
	"slices"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

// Option configures a [Server].
type Option func(*config)

type config struct {
	rows          int
	seed          uint64
	newest        time.Time
	tokenLifetime time.Duration
	quota         int
	quotaPer      time.Duration

	pageLimit     int
	pageSizes     fake.PageSizes
	ties          *fake.Ties
	emptyPages    bool
	lastPage      LastPage
	wrapped       bool
	order         Order
	total         Total
	greatestLimit int

	exclusive               bool
	exclusiveStop           bool
	startBounds, stopBounds TransferTime
	leastSpan, mostSpan     time.Duration
	searchBy                string
	lenient                 bool
	filtersIgnored          bool
	uploadsSent             bool
	noFileAccess            bool
}

// WithRows fills each list with n invented records: in bursts, most of them by a few users. Some
// transfers fail, some still run, and some occur twice, once for each side. No record begins after
// 2025-11-14T17:30:00Z, or the time of [WithNewest].
//
// In a testing/synctest bubble, time begins in the year 2000, and a feed does not read records that
// are newer than its clock. There, add transfers with times of time.Now instead.
func WithRows(n int) Option { return func(c *config) { c.rows = n } }

// WithSeed changes which records [WithRows] invents. The same seed invents the same records. The
// default is 1.
func WithSeed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// WithNewest sets the time before which all records of [WithRows] begin. The default is
// 2025-11-14T17:30:00Z, so that the records do not change from day to day.
func WithNewest(t time.Time) Option { return func(c *config) { c.newest = t.UTC() } }

// WithTokenLifetime sets how long access tokens are valid. The default is 86,399 seconds, as in the
// vendor's example. In a testing/synctest bubble, that is virtual time.
func WithTokenLifetime(d time.Duration) Option { return func(c *config) { c.tokenLifetime = d } }

// WithQuota allows n requests in any span of length per, and answers the others with 429 and
// Retry-After. Requests for tokens do not count. By default there is no quota, since the vendor
// documents none.
func WithQuota(n int, per time.Duration) Option {
	return func(c *config) { c.quota, c.quotaPer = n, per }
}

// WithPageLimit puts at most n records on a page, whatever the request's limit, so that pages in
// the middle are short.
func WithPageLimit(n int) Option { return func(c *config) { c.pageLimit = n } }

// WithPageSizes puts at most sizes[0] records on the first page of each list, sizes[1] on the
// second, and so on. A page whose size is below one, and later pages, have no limit. Each page
// begins where the one before ended, so that a short page in the middle skips no record.
func WithPageSizes(sizes ...int) Option { return func(c *config) { c.pageSizes = slices.Clone(sizes) } }

// WithShuffledTies shuffles, in each answer, the records of the page that have equal times or none.
// The link to the next page keeps its place, so that each record comes once. The n-th order depends
// only on the seed and n.
func WithShuffledTies(seed uint64) Option { return func(c *config) { c.ties = fake.NewTies(seed) } }

// WithEmptyPages adds a page without records, but with a link to the next page, before every page
// except the first.
func WithEmptyPages() Option { return func(c *config) { c.emptyPages = true } }

// LastPage is the form of the member next on the last page of a list. The vendor does not document
// it (probe: aspera.last).
type LastPage int

// The forms of a last page.
const (
	NoNext        LastPage = iota // no member next; the default
	NullNext                      // "next": null
	ObjectNext                    // "next": {}
	NoHrefNext                    // "next": {"href": null}
	EmptyHrefNext                 // "next": {"href": ""}
)

// WithLastPage sets the form of the last page.
func WithLastPage(form LastPage) Option { return func(c *config) { c.lastPage = form } }

// WithWrappedTransfer answers a request for one transfer with an object that contains it. By
// default the answer is the transfer. The vendor does not document it (probe: aspera.transfer).
func WithWrappedTransfer() Option { return func(c *config) { c.wrapped = true } }

// WithSearchParameter sets the name of the search parameter. The default is "search". The vendor
// does not document it (probe: aspera.search).
func WithSearchParameter(name string) Option { return func(c *config) { c.searchBy = name } }

// WithSpan refuses a start and stop that are less than least or more than most apart. The manual of
// IBM's aspera-cli says that the service does so for 5 minutes and 6 months (probe: aspera.window).
// By default the fake accepts any span.
func WithSpan(least, most time.Duration) Option {
	return func(c *config) { c.leastSpan, c.mostSpan = least, most }
}

// TransferTime is one of the times of a transfer. Which of them start_time and stop_time bound is
// inferred, since the vendor does not document it (probe: aspera.start, aspera.stop).
type TransferTime int

// The times of a transfer.
const (
	SessionStart TransferTime = iota // the default of both bounds
	SessionStop
	UpdatedAt
)

// WithBounds sets which time of a transfer start_time bounds, and which one stop_time bounds. For
// example, SessionStop and SessionStart select the transfers whose session overlaps the span. The
// default is SessionStart for both, which is inferred. A transfer without that time is in every
// span.
func WithBounds(start, stop TransferTime) Option {
	return func(c *config) { c.startBounds, c.stopBounds = start, stop }
}

// WithExclusiveBounds omits records exactly at start_time or stop_time. By default both are
// included. The vendor does not document it (probe: aspera.start, aspera.stop).
func WithExclusiveBounds() Option { return func(c *config) { c.exclusive = true } }

// WithExclusiveStop omits records exactly at stop_time and includes those at start_time. By default
// both are included. The vendor does not document it (probe: aspera.start, aspera.stop).
func WithExclusiveStop() Option { return func(c *config) { c.exclusiveStop = true } }

// Order is the order of transfers in a list. The vendor does not document it (probe: aspera.order).
type Order int

// The orders of transfers.
const (
	NewestFirst    Order = iota // by the start of the session; the default
	OldestFirst                 // by the start of the session
	WeeksAscending              // the earliest ISO week first; within a week, the latest session first
)

// WithOrder sets the order of transfers. The default is NewestFirst. The vendor's samples look like
// WeeksAscending. Other lists are always newest first.
func WithOrder(o Order) Option { return func(c *config) { c.order = o } }

// Total is what total_transfers counts. Only a few answers of the service were seen
// (probe: aspera.total).
type Total int

// What total_transfers counts.
const (
	QueryTotal Total = iota // all transfers of the query; the default
	PageTotal               // the transfers of the page
	NoTotal                 // nothing: the answer has no total_transfers
)

// WithTotal sets what total_transfers counts.
func WithTotal(t Total) Option { return func(c *config) { c.total = t } }

// WithGreatestLimit refuses a limit above n. By default any limit is accepted. The vendor does not
// document the maximum (probe: aspera.limit). To accept a large limit and return fewer records, use
// [WithPageLimit].
func WithGreatestLimit(n int) Option { return func(c *config) { c.greatestLimit = n } }

// WithLenientQuery ignores unknown parameters, and a limit that is not a positive number. By
// default both are refused. The vendor does not document it (probe: aspera.errors).
func WithLenientQuery() Option { return func(c *config) { c.lenient = true } }

// WithIgnoredFilters accepts the parameters status and direction, but returns all transfers. By
// default they filter, as working programs expect. The vendor's page does not list them
// (probe: aspera.filters).
func WithIgnoredFilters() Option { return func(c *config) { c.filtersIgnored = true } }

// WithUploadsSent makes "send" an upload and "receive" a download, in the volumes and in the rates
// of [WithRows]. The default is the opposite, the view of the node. That is inferred, since the
// vendor does not document it (probe: aspera.direction).
func WithUploadsSent() Option { return func(c *config) { c.uploadsSent = true } }

// WithoutFileAccess answers file_access and file_access/search with 404. The vendor announced that
// it would disable them on 2024-11-15, but not what the answer would be (probe: aspera.search). By
// default both work.
func WithoutFileAccess() Option { return func(c *config) { c.noFileAccess = true } }
