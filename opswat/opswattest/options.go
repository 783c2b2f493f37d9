package opswattest

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
	location      *time.Location
	tokenLifetime time.Duration
	headerToken   bool

	quota         int
	quotaPer      time.Duration
	fixedWindow   bool
	tokensCounted bool
	rateHeaders   RateHeaders

	pageSizes fake.PageSizes
	ties      *fake.Ties
	maxOffset int
	emptyEnd  bool

	filterRules
}

// filterRules are the options that change what a body may contain and what it selects.
type filterRules struct {
	exclusiveEnd bool
	equalDates   bool
	loneDates    bool
	largestLimit int
	limitCapped  bool
}

// WithRows fills the fake with n activities, newest first: the two on the vendor's page, of 18 May
// 2018, and older invented ones. A query needs dates to find them, since the service's default is
// the last 24 hours.
//
// In a testing/synctest bubble, time begins in the year 2000, and a feed does not read activities
// that are newer than its clock. There, add activities with times of time.Now instead.
func WithRows(n int) Option { return func(c *config) { c.rows = n } }

// WithSeed changes which activities [WithRows] invents. The same seed invents the same activities.
// The default is 1.
func WithSeed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// WithLocation writes timestamps as local times of a zone, and reads those of Raw in that zone. In
// the hour that is repeated at the end of daylight saving time, two timestamps can be equal. The
// days of start_date and end_date stay days in UTC. The default is UTC, since the vendor does not
// name a zone (probe: opswat.zone).
func WithLocation(loc *time.Location) Option { return func(c *config) { c.location = loc } }

// WithTokenLifetime sets how long access tokens are valid. The default is 43,199 seconds. In a
// testing/synctest bubble, that is virtual time.
func WithTokenLifetime(d time.Duration) Option { return func(c *config) { c.tokenLifetime = d } }

// WithHeaderToken also accepts the access token in the header "Authorization: Bearer", if the URL
// has none. By default that header is refused. The vendor documents only the URL
// (probe: opswat.header).
func WithHeaderToken() Option { return func(c *config) { c.headerToken = true } }

// WithQuota allows n requests in any span of length per, and answers the others with 429. An n of
// zero or less is no quota. The default is ten requests a minute, as the vendor documents.
func WithQuota(n int, per time.Duration) Option {
	return func(c *config) { c.quota, c.quotaPer = n, per }
}

// WithoutQuota allows any number of requests.
func WithoutQuota() Option { return WithQuota(0, 0) }

// WithFixedWindow counts the quota in windows that begin at multiples of its length, such as each
// full minute. By default it counts in any span of that length. The vendor does not document it
// (probe: opswat.window).
func WithFixedWindow() Option { return func(c *config) { c.fixedWindow = true } }

// WithTokensCounted applies the quota to requests for tokens too. By default they do not count. The
// vendor does not document it (probe: opswat.token).
func WithTokensCounted() Option { return func(c *config) { c.tokensCounted = true } }

// RateHeaders is the form of the header X-RateLimit-Reset-Time. The vendor says only that it is in
// seconds (probe: opswat.headers).
type RateHeaders int

// The forms of WithRateHeaders.
const (
	NoRateHeaders RateHeaders = iota // no X-RateLimit headers; the default
	ResetInDelta                     // seconds from now
	ResetInEpoch                     // seconds since 1970; clients recognize only numbers above 1e9, so not those of the first year of a synctest bubble
)

// WithRateHeaders adds X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset-Time to each
// answer except those for tokens.
func WithRateHeaders(form RateHeaders) Option { return func(c *config) { c.rateHeaders = form } }

// WithPageSizes puts at most sizes[0] activities on the first page, sizes[1] on the second, and so
// on. A page whose size is below one, and later pages, have no limit. Each page begins where the
// one before ended, so that a short page in the middle skips no activity (probe: opswat.short).
func WithPageSizes(sizes ...int) Option { return func(c *config) { c.pageSizes = slices.Clone(sizes) } }

// WithShuffledTies shuffles activities of the same second, and those without a timestamp, for each
// answer. A program that reads page by page, as package opswat does, then gets some of them twice
// and others never. The n-th order depends only on the seed and n.
func WithShuffledTies(seed uint64) Option { return func(c *config) { c.ties = fake.NewTies(seed) } }

// WithMaxOffset answers 400 to a page with more than n activities before it. By default any page is
// accepted.
func WithMaxOffset(n int) Option { return func(c *config) { c.maxOffset = n } }

// WithEmptyPageAtEnd answers a page past the end with 200 and an empty array. The default is 413,
// as the vendor documents (probe: opswat.end).
func WithEmptyPageAtEnd() Option { return func(c *config) { c.emptyEnd = true } }

// WithPageLimit sets the maximum limit of a request. The default is 50.
func WithPageLimit(n int) Option { return func(c *config) { c.largestLimit = n } }

// WithCappedLimit treats a limit above the maximum as the maximum. By default the answer is 406.
// The vendor's pages contradict each other about 406 (probe: opswat.limit).
func WithCappedLimit() Option { return func(c *config) { c.limitCapped = true } }

// WithExclusiveBounds omits activities of the day of end_date. By default they are included. The
// vendor does not document it (probe: opswat.day).
func WithExclusiveBounds() Option { return func(c *config) { c.exclusiveEnd = true } }

// WithEqualDates accepts an end_date that equals start_date. They select that day, or nothing with
// [WithExclusiveBounds]. By default the answer is 400, since the vendor says that end_date must be
// greater (probe: opswat.equal).
func WithEqualDates() Option { return func(c *config) { c.equalDates = true } }

// WithLoneDates lets a start_date or an end_date alone limit the list, and ignores the age. By
// default the age applies too: the vendor says that only both dates disable it
// (probe: opswat.lone).
func WithLoneDates() Option { return func(c *config) { c.loneDates = true } }
