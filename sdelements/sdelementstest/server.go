package sdelementstest

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/sdelements"
)

// What the fake takes for credentials.
const (
	Key      = "5de0example0key0of0the0fake0service00001"
	User     = "auditor@example.com"
	Password = "example-password"
)

// Me is the id of the user whom the paths call "me", whoever asks.
const Me = 1

// BaseURL is the address of clients that Client makes. It is reached in memory only.
const BaseURL = "https://example.sdelements.example.com"

// Server is the fake. It is safe for concurrent use.
type Server struct {
	service *fake.Server
	config  config
	rows    fake.Rows
}

// Option configures a server that is being made.
type Option func(*config)

type config struct {
	rows       int
	seed       uint64
	quota      int
	quotaPer   time.Duration
	linkOrigin string
	pageLimit  int
	pageSizes  fake.PageSizes
	ties       *fake.Ties
	exclusive  bool
	maxOffset  int
	streamSpan time.Duration

	streamDefault   time.Duration
	maxPageSize     int
	emptyPastEnd    bool
	unfilteredCount bool
	ignoreUnknown   bool
	lookups         bool
	repeats         repeats
	local           *time.Location
}

// WithRows fills the server with n activities, newest first: the four of the vendor's page, from
// spring 2016, and older invented ones. Their ids fall with their dates, but that those of the
// vendor's four are the lowest. The clock of a testing/synctest bubble begins in the year 2000,
// which a feed does not look beyond: there, Add activities that are dated by time.Now.
func WithRows(n int) Option { return func(c *config) { c.rows = n } }

// WithSeed makes the invented activities other ones. The same seed always makes the same. Default
// 1.
func WithSeed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// WithQuota lets at most n requests through in any span of length per, and answers the others with
// 429 and Retry-After. Default: no quota, as none is documented.
func WithQuota(n int, per time.Duration) Option {
	return func(c *config) { c.quota, c.quotaPer = n, per }
}

// WithLinkOrigin replaces the scheme and host in "next" and "previous", which are most likely those
// that the server sees (probe: sdelements.links). Default http://internal.example.com; a client
// that contacts it does something wrong.
func WithLinkOrigin(origin string) Option { return func(c *config) { c.linkOrigin = origin } }

// WithPageLimit serves at most n activities on a page, whatever page_size asks for. Default: as
// many as asked for, since no limit is documented (probe: sdelements.page_size).
func WithPageLimit(n int) Option { return func(c *config) { c.pageLimit = n } }

// WithPageSizes puts at most sizes[0] activities on the first page, sizes[1] on the second, and so
// on: 50, 49 is a short page in the middle of pages of 50. Pages behind them, and those whose size
// is below one, hold what page_size asks for. Nothing is left out: each page begins behind the one
// before.
func WithPageSizes(sizes ...int) Option {
	return func(c *config) { c.pageSizes = slices.Clone(sizes) }
}

// WithShuffledTies puts activities of one instant, and those without a date, into another order for
// each answer, so that walks by numbered pages meet some twice and others never. The cursor of a
// stream keeps its place: there, each comes once, and only its place on the page changes. The n-th
// order depends on the seed and n only. Whether the service keeps their order is not documented
// (probe: sdelements.ids).
func WithShuffledTies(seed uint64) Option {
	return func(c *config) { c.ties = fake.NewTies(seed) }
}

// WithExclusiveBounds leaves out activities of the very instants of date_from and date_to. The
// default includes both, as the vendor says (probe: sdelements.bounds).
func WithExclusiveBounds() Option { return func(c *config) { c.exclusive = true } }

// WithMaxOffset refuses numbered pages that begin beyond row n with 400. Default: none is refused.
// It does not concern streams, nor lists without page_size.
func WithMaxOffset(n int) Option { return func(c *config) { c.maxOffset = n } }

// WithStreamSpan makes the streams cover no more than the time from d before each request on,
// whatever date_from asks for. They repeat the bounds that they used beside the results: that one
// for a date_from that is older or missing, and the time of the request for a missing date_to. The
// default is what is asked for, since the vendor does not say what a stream covers
// (probe: sdelements.stream).
func WithStreamSpan(d time.Duration) Option { return func(c *config) { c.streamSpan = d } }

// WithStreamDefault makes a stream that is asked without date_from cover the time from d before the
// request on. An older date_from is taken as it is. The bounds that were used stand beside the
// results, as with [WithStreamSpan]. The default is all there is (probe: sdelements.stream).
func WithStreamDefault(d time.Duration) Option { return func(c *config) { c.streamDefault = d } }

// WithMaxPageSize refuses a page_size above n with 400. The default takes up to 1,000,000, since
// the vendor documents no maximum (probe: sdelements.page_size). For a service that sends smaller
// pages than it was asked for, see [WithPageLimit].
func WithMaxPageSize(n int) Option { return func(c *config) { c.maxPageSize = n } }

// WithEmptyPastEnd answers a page past the end with 200 and no activities. The default is 404,
// which is inferred from the framework that the service is written in (probe: sdelements.past).
func WithEmptyPastEnd() Option { return func(c *config) { c.emptyPastEnd = true } }

// WithUnfilteredCount makes count that of the whole list, whatever the filters leave of it. The
// default is that of the filtered list, since the vendor does not say which it is
// (probe: sdelements.count).
func WithUnfilteredCount() Option { return func(c *config) { c.unfilteredCount = true } }

// WithIgnoredParameters ignores parameters that the fake does not know. The default refuses them,
// since the vendor does not say what the service does (probe: sdelements.unknown), and a test
// should notice them.
func WithIgnoredParameters() Option { return func(c *config) { c.ignoreUnknown = true } }

// WithLookups takes name__in and id__in, with commas between the values. The default refuses them
// as it does any unknown parameter: which custom lookups these lists have is not documented
// (probe: sdelements.lookups).
func WithLookups() Option { return func(c *config) { c.lookups = true } }

// WithSeveralValues takes a filter several times, and lists what fits any of its values. The
// default refuses that, since the vendor does not say what the service does
// (probe: sdelements.lookups); see also [WithLastValue].
func WithSeveralValues() Option { return func(c *config) { c.repeats = anyCounts } }

// WithLastValue takes a parameter several times, and only its last value counts. The default
// refuses that; see also [WithSeveralValues].
func WithLastValue() Option { return func(c *config) { c.repeats = lastCounts } }

// WithLocalTime takes a date without a Z for one in that zone, as the vendor says of the service's
// local time (probe: sdelements.zone). The default refuses such a date, which no program means.
func WithLocalTime(zone *time.Location) Option { return func(c *config) { c.local = zone } }

// NewServer makes a fake without activities, unless WithRows says otherwise.
func NewServer(opts ...Option) *Server {
	c := config{seed: 1, linkOrigin: "http://internal.example.com", maxOffset: math.MaxInt, maxPageSize: 1_000_000}
	for _, opt := range opts {
		opt(&c)
	}
	s := &Server{config: c, rows: fake.Rows{Ties: c.ties}}
	s.service = fake.NewServer(s.serve)
	s.service.SetQuota(c.quota, c.quotaPer, throttle)
	s.Add(generate(c.rows, c.seed)...)
	return s
}

// Transport returns a round tripper that reaches the fake in memory, whatever the host.
func (s *Server) Transport() http.RoundTripper { return s.service.Transport() }

// URL returns the origin of a listener on the loopback interface, which the first call starts and
// Close ends.
func (s *Server) URL() string { return s.service.URL() }

// Close refuses connections from then on, in memory too. What was recorded stays readable.
func (s *Server) Close() { s.service.Close() }

// Credentials returns credentials that the fake accepts. So does sdelements.Basic(User, Password).
func (s *Server) Credentials() sdelements.Credentials { return sdelements.Token(Key) }

// Client makes a client that reaches the fake in memory, with Credentials of its own. Options come
// on top; it panics if they are bad.
func (s *Server) Client(opts ...activity.Option) *sdelements.Client {
	opts = slices.Concat([]activity.Option{activity.WithTransport(s.Transport())}, opts)
	client, err := sdelements.New(BaseURL, s.Credentials(), opts...)
	if err != nil {
		panic("sdelementstest: the client cannot be made: " + err.Error())
	}
	return client
}

// Maintenance is how the service's proxy answers while the service is down: 503 with a page in HTML
// and without Retry-After.
func Maintenance() Fault {
	return Fault{
		Status: http.StatusServiceUnavailable,
		Body:   "<!DOCTYPE html><html><head><title>Down for maintenance</title></head><body><h1>Back soon</h1></body></html>",
	}
}

func throttle(w http.ResponseWriter, wait time.Duration) {
	seconds := fake.WholeSeconds(wait)
	w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
	refuse(w, http.StatusTooManyRequests, fmt.Sprintf("Request was throttled. Expected available in %d seconds.", seconds))
}

// refuse answers with a failure.
func refuse(w http.ResponseWriter, status int, detail string) {
	fake.WriteJSON(w, status, map[string]string{"detail": detail})
}
