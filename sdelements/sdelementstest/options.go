package sdelementstest

import (
	"slices"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

// Option configures a [Server].
type Option func(*config)

type config struct {
	rows     int
	seed     uint64
	quota    int
	quotaPer time.Duration

	linkOrigin      string
	pageLimit       int
	pageSizes       fake.PageSizes
	ties            *fake.Ties
	maxOffset       int
	maxPageSize     int
	emptyPastEnd    bool
	unfilteredCount bool
	streamSpan      time.Duration
	streamDefault   time.Duration

	exclusive      bool
	unknownIgnored bool
	lookups        bool
	repeated       repeatedRule
	local          *time.Location
}

// repeatedRule is how a query may repeat a parameter.
type repeatedRule int

const (
	repeatedRefused repeatedRule = iota
	repeatedLastCounts
	repeatedAnyMatches
)

// WithRows fills the fake with n activities, newest first: the four on the vendor's page, of spring
// 2016, and older invented ones. A newer activity has a higher id, except that the vendor's four
// have the lowest.
//
// In a testing/synctest bubble, time begins in the year 2000, and a feed does not read activities
// that are newer than its clock. There, add activities with times of time.Now instead.
func WithRows(n int) Option { return func(c *config) { c.rows = n } }

// WithSeed changes which activities [WithRows] invents. The same seed invents the same activities.
// The default is 1.
func WithSeed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// WithQuota allows n requests in any span of length per, and answers the others with 429 and
// Retry-After. By default there is no quota, since the vendor documents none.
func WithQuota(n int, per time.Duration) Option {
	return func(c *config) { c.quota, c.quotaPer = n, per }
}

// WithLinkOrigin sets the scheme and host of the links "next" and "previous". Behind a proxy, the
// service most likely sends its internal ones (probe: sdelements.links). The default is
// http://internal.example.com. A client must not send requests there.
func WithLinkOrigin(origin string) Option { return func(c *config) { c.linkOrigin = origin } }

// WithPageLimit puts at most n activities on a page, whatever the request's page_size. By default
// there is no limit, since the vendor documents none (probe: sdelements.page_size).
func WithPageLimit(n int) Option { return func(c *config) { c.pageLimit = n } }

// WithPageSizes puts at most sizes[0] activities on the first page, sizes[1] on the second, and so
// on. A page whose size is below one, and later pages, have no limit. Each page begins where the
// one before ended, so that a short page in the middle skips no activity.
func WithPageSizes(sizes ...int) Option { return func(c *config) { c.pageSizes = slices.Clone(sizes) } }

// WithShuffledTies shuffles activities with equal times, and those without a date, for each answer.
// A program that pages by number alone then gets some of them twice and others never. The cursor of
// a stream keeps its place, so that each activity comes once. The n-th order depends only on the
// seed and n. Whether the service keeps their order is not documented (probe: sdelements.ids).
func WithShuffledTies(seed uint64) Option { return func(c *config) { c.ties = fake.NewTies(seed) } }

// WithMaxOffset answers 400 to a numbered page with more than n activities before it. By default
// any page is accepted. It does not apply to streams and to lists without page_size.
func WithMaxOffset(n int) Option { return func(c *config) { c.maxOffset = n } }

// WithMaxPageSize answers 400 to a page_size above n. The default is 1,000,000, since the vendor
// documents no maximum (probe: sdelements.page_size). For a service that accepts a large page_size
// and sends smaller pages, use [WithPageLimit].
func WithMaxPageSize(n int) Option { return func(c *config) { c.maxPageSize = n } }

// WithEmptyPastEnd answers a page past the end with 200 and no activities. The default is 404,
// which is inferred from the service's framework (probe: sdelements.past).
func WithEmptyPastEnd() Option { return func(c *config) { c.emptyPastEnd = true } }

// WithUnfilteredCount makes count that of the whole list, whatever the filters. By default it is
// that of the filtered list. The vendor does not document it (probe: sdelements.count).
func WithUnfilteredCount() Option { return func(c *config) { c.unfilteredCount = true } }

// WithStreamSpan limits a stream to the span d before the request, even if date_from is earlier.
// The answer contains the bounds that were used: the beginning of the span, if date_from is earlier
// or missing, and the time of the request, if date_to is missing. By default there is no limit. The
// vendor does not document what a stream covers (probe: sdelements.stream).
func WithStreamSpan(d time.Duration) Option { return func(c *config) { c.streamSpan = d } }

// WithStreamDefault limits a stream without date_from to the span d before the request. An earlier
// date_from is accepted. The answer contains the bounds that were used, as with [WithStreamSpan].
// By default there is no limit (probe: sdelements.stream).
func WithStreamDefault(d time.Duration) Option { return func(c *config) { c.streamDefault = d } }

// WithExclusiveBounds omits activities exactly at date_from or date_to. By default both are
// included, as the vendor documents (probe: sdelements.bounds).
func WithExclusiveBounds() Option { return func(c *config) { c.exclusive = true } }

// WithIgnoredParameters ignores unknown parameters. By default they are refused, so that a test
// notices a misspelt filter. The vendor does not document it (probe: sdelements.unknown).
func WithIgnoredParameters() Option { return func(c *config) { c.unknownIgnored = true } }

// WithLookups accepts name__in and id__in, with commas between the values. By default they are
// refused like any unknown parameter. The vendor does not document which lookups these lists have
// (probe: sdelements.lookups).
func WithLookups() Option { return func(c *config) { c.lookups = true } }

// WithSeveralValues accepts a filter several times, and lists what has any of the values. By
// default that is refused. The vendor does not document it (probe: sdelements.lookups). See also
// [WithLastValue].
func WithSeveralValues() Option { return func(c *config) { c.repeated = repeatedAnyMatches } }

// WithLastValue accepts a parameter several times, and uses the last value. By default that is
// refused. See also [WithSeveralValues].
func WithLastValue() Option { return func(c *config) { c.repeated = repeatedLastCounts } }

// WithLocalTime reads a date without a Z as local time of that zone, as the vendor says of the
// service (probe: sdelements.zone). By default such a date is refused, since it is almost always a
// mistake.
func WithLocalTime(zone *time.Location) Option { return func(c *config) { c.local = zone } }
