package snaplogictest

import (
	"slices"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

// Option configures a [Server].
type Option func(*config)

type config struct {
	organization  string
	rows          int
	seed          uint64
	tokenLifetime time.Duration
	quota         int
	quotaPer      time.Duration
	basicDisabled bool

	pageLimit int
	pageSizes fake.PageSizes
	ties      *fake.Ties
	maxOffset int

	bareEnvelope bool
	noTotal      bool
	countedLimit bool
	statusHeader bool

	filterRules
}

// filterRules are the options that change what a query may contain and what it selects.
type filterRules struct {
	exclusiveStart      bool
	inclusiveEnd        bool
	alertsHidden        bool
	updatesHidden       bool
	falseIgnored        bool
	literalPlus         bool
	unknownIgnored      bool
	assetNeedsProject   bool
	documentedTypesOnly bool
}

// WithRows fills the fake with n activities, newest first: the one on the vendor's page, of 4 July
// 2018, and older invented ones.
//
// If the clock shows an earlier time, as in a testing/synctest bubble, all of them move back by
// whole days until the newest is in the past. Only create_time changes, and keeps its time of day.
// The fake reads the clock once: at the first request, or at the first call of InsertAt, Delete,
// DeleteFunc or Len. NewServer and Add may be called outside of the bubble.
func WithRows(n int) Option { return func(c *config) { c.rows = n } }

// WithSeed changes which activities [WithRows] invents. The same seed invents the same activities.
// The default is 1.
func WithSeed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// WithOrganization sets the name of the only organization. The default is [Organization].
func WithOrganization(name string) Option { return func(c *config) { c.organization = name } }

// WithTokenLifetime sets how long tokens of [Server.TokenSource] are valid. The default is an hour.
// In a testing/synctest bubble, that is virtual time.
func WithTokenLifetime(d time.Duration) Option { return func(c *config) { c.tokenLifetime = d } }

// WithBasicDisabled answers HTTP Basic with 403, as for an organization that has disabled it.
func WithBasicDisabled() Option { return func(c *config) { c.basicDisabled = true } }

// WithQuota allows n requests in any span of length per, and answers the others with 429 and
// Retry-After. By default there is no quota, since the vendor documents none.
func WithQuota(n int, per time.Duration) Option {
	return func(c *config) { c.quota, c.quotaPer = n, per }
}

// WithPageLimit puts at most n activities on a page, whatever the request's limit, so that pages in
// the middle are short.
func WithPageLimit(n int) Option { return func(c *config) { c.pageLimit = n } }

// WithPageSizes limits pages that begin at the first sizes[0] offsets to sizes[0] activities, those
// at the next sizes[1] offsets to sizes[1], and so on. A size below one, or above the request's
// limit, counts as that limit. Pages at later offsets are not limited. Any offset is served, so
// that a short page in the middle skips no activity.
func WithPageSizes(sizes ...int) Option { return func(c *config) { c.pageSizes = slices.Clone(sizes) } }

// WithShuffledTies shuffles activities with equal times, and those without a time, for each answer.
// A program that pages by offset alone then gets some of them twice and others never. The n-th
// order depends only on the seed and n. Whether the service keeps their order is unknown
// (probe: snaplogic.ties).
func WithShuffledTies(seed uint64) Option { return func(c *config) { c.ties = fake.NewTies(seed) } }

// WithMaxOffset answers 400 to an offset above n. By default any offset is accepted. What the
// service does is unknown (probe: snaplogic.offset).
func WithMaxOffset(n int) Option { return func(c *config) { c.maxOffset = n } }

// WithBareEnvelope answers with total, offset, limit and entries alone, as a page of the vendor's
// shows. By default response_map contains them (probe: snaplogic.envelope).
func WithBareEnvelope() Option { return func(c *config) { c.bareEnvelope = true } }

// WithoutTotal omits total from the answers.
func WithoutTotal() Option { return func(c *config) { c.noTotal = true } }

// WithCountedLimit answers with the number of activities on the page as limit. By default that is
// the request's limit. The vendor's pages contradict each other (probe: snaplogic.limit).
func WithCountedLimit() Option { return func(c *config) { c.countedLimit = true } }

// WithStatusHeader sends the status of each answer in X-SL-StatusCode too. By default there is no
// such header. The vendor documents it, but no sample has it (probe: snaplogic.status).
func WithStatusHeader() Option { return func(c *config) { c.statusHeader = true } }

// WithExclusiveBounds omits activities exactly at start. By default they are included. Those
// exactly at end are omitted unless [WithInclusiveEnd] is set. The vendor does not document it
// (probe: snaplogic.start).
func WithExclusiveBounds() Option { return func(c *config) { c.exclusiveStart = true } }

// WithInclusiveEnd includes activities exactly at end. By default they are omitted: the vendor
// writes "before" (probe: snaplogic.end).
func WithInclusiveEnd() Option { return func(c *config) { c.inclusiveEnd = true } }

// WithAlertsHidden omits alerts unless filter_is_alert or filter_alert_state asks for them. By
// default they are listed. The vendor's pages contradict each other (probe: snaplogic.alerts).
func WithAlertsHidden() Option { return func(c *config) { c.alertsHidden = true } }

// WithAdminUpdatesHidden omits what processes of SnapLogic did unless filter_snaplogic_admin_update
// asks for it. By default it is listed. The vendor does not document it (probe: snaplogic.admin).
func WithAdminUpdatesHidden() Option { return func(c *config) { c.updatesHidden = true } }

// WithFalseIgnored makes filter_is_alert=false and filter_snaplogic_admin_update=false filter
// nothing. By default they select what true omits. For the second, the vendor documents only true
// (probe: snaplogic.admin).
func WithFalseIgnored() Option { return func(c *config) { c.falseIgnored = true } }

// WithLiteralPlus reads a plus in a query as a plus. By default it is a blank, as "%20" always is.
// The vendor's examples have only "%20" (probe: snaplogic.blank).
func WithLiteralPlus() Option { return func(c *config) { c.literalPlus = true } }

// WithUnknownParametersIgnored ignores unknown parameters. By default they are refused, so that a
// test notices a misspelt filter. The vendor does not document it (probe: snaplogic.unknown).
func WithUnknownParametersIgnored() Option { return func(c *config) { c.unknownIgnored = true } }

// WithAssetInProject refuses filter_asset without filter_project. By default it filters in all
// projects. The vendor's text and example contradict each other (probe: snaplogic.asset).
func WithAssetInProject() Option { return func(c *config) { c.assetNeedsProject = true } }

// WithDocumentedAssetTypes refuses a filter_asset_type other than File, Pipeline, Plex, Org and
// Account. By default any type is accepted. The vendor does not say which it is
// (probe: snaplogic.assettype).
func WithDocumentedAssetTypes() Option { return func(c *config) { c.documentedTypesOnly = true } }
