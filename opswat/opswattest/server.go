package opswattest

import (
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/opswat"
)

// What the fake takes for a client key and a client secret.
const (
	ClientKey    = "example-client-key"
	ClientSecret = "example-client-secret"
)

// Server is the fake. It is safe for concurrent use.
type Server struct {
	service *fake.Server
	config  config
	tokens  *fake.Tokens
	rows    fake.Rows
}

// Option configures a server that is being made.
type Option func(*config)

type config struct {
	rows          int
	seed          uint64
	quota         int
	quotaPer      time.Duration
	rateHeaders   RateHeaders
	tokenLifetime time.Duration
	emptyEnd      bool
	pageSizes     fake.PageSizes
	ties          *fake.Ties
	maxOffset     int
	location      *time.Location
	fixedWindow   bool
	tokensCounted bool
	headerToken   bool
	bodies        bodyRules
}

// WithRows fills the server with n activities, newest first: the two of the vendor's page, from 18
// May 2018, and older invented ones. Ask for them by dates: the service's default looks back 24
// hours only. The clock of a testing/synctest bubble begins in the year 2000, which a feed does not
// look beyond: there, Add activities that are dated by time.Now.
func WithRows(n int) Option { return func(c *config) { c.rows = n } }

// WithSeed makes the invented activities other ones. The same seed always makes the same. Default
// 1.
func WithSeed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// WithQuota replaces the quota of ten requests in any span of a minute. n of zero or less means
// none.
func WithQuota(n int, per time.Duration) Option {
	return func(c *config) { c.quota, c.quotaPer = n, per }
}

// WithoutQuota lets any number of requests through.
func WithoutQuota() Option { return WithQuota(0, 0) }

// RateHeaders is the form of the header X-RateLimit-Reset-Time, of which the vendor says no more
// than that it is in seconds (probe: opswat.headers).
type RateHeaders int

// The forms of WithRateHeaders.
const (
	NoRateHeaders RateHeaders = iota // no X-RateLimit headers at all, the default
	ResetInDelta                     // seconds from now
	ResetInEpoch                     // seconds since 1970; clients take only numbers above 1e9 for that, so not in a synctest bubble's first year
)

// WithRateHeaders makes every answer to an activity request carry X-RateLimit-Limit,
// X-RateLimit-Remaining and X-RateLimit-Reset-Time.
func WithRateHeaders(form RateHeaders) Option { return func(c *config) { c.rateHeaders = form } }

// WithFixedWindow counts the quota in windows that begin at multiples of its length, such as at
// each full minute. The default is any span of that length. The vendor does not say which it is
// (probe: opswat.window).
func WithFixedWindow() Option { return func(c *config) { c.fixedWindow = true } }

// WithTokensCounted lets requests for tokens count for the quota, which refuses them too. The
// default does not count them. The vendor does not say which it is (probe: opswat.token).
func WithTokensCounted() Option { return func(c *config) { c.tokensCounted = true } }

// WithHeaderToken also takes the access token from the header "Authorization: Bearer", in a request
// that has none in the URL. The default refuses such a header. The vendor documents the URL alone
// (probe: opswat.header).
func WithHeaderToken() Option { return func(c *config) { c.headerToken = true } }

// WithTokenLifetime replaces the 43,199 seconds for which access tokens are good.
func WithTokenLifetime(d time.Duration) Option { return func(c *config) { c.tokenLifetime = d } }

// WithEmptyPageAtEnd answers a page past the end with 200 and an empty array instead of 413, which
// is what the vendor documents (probe: opswat.end).
func WithEmptyPageAtEnd() Option { return func(c *config) { c.emptyEnd = true } }

// WithPageSizes puts at most sizes[0] activities on page 1, sizes[1] on page 2, and so on: 50, 49
// is a short page in the middle of pages of 50 (probe: opswat.short). Pages behind them, and those
// whose size is below one, hold what limit asks for. Nothing is left out: each page begins behind
// the one before.
func WithPageSizes(sizes ...int) Option {
	return func(c *config) { c.pageSizes = slices.Clone(sizes) }
}

// WithShuffledTies puts activities of one second, and those without a timestamp, into another order
// for each answer, so that walks by pages meet some twice and others never. The n-th order depends
// on the seed and n only.
func WithShuffledTies(seed uint64) Option {
	return func(c *config) { c.ties = fake.NewTies(seed) }
}

// WithExclusiveBounds leaves out activities of the day that is end_date. The default includes it.
// The vendor does not say which it is (probe: opswat.day).
func WithExclusiveBounds() Option { return func(c *config) { c.bodies.exclusive = true } }

// WithEqualDates takes an end_date that equals start_date, for the one day, which is empty with
// [WithExclusiveBounds]. The default refuses it with 400, since the vendor says that it must be
// greater (probe: opswat.equal).
func WithEqualDates() Option { return func(c *config) { c.bodies.equalDates = true } }

// WithLoneDates lets a start_date or an end_date that comes alone bound the list, without the
// default age. The default lets the age hold beside it: the vendor says that both dates are needed
// for the age to be skipped (probe: opswat.lone).
func WithLoneDates() Option { return func(c *config) { c.bodies.loneDates = true } }

// WithPageLimit replaces the 50 that are the largest limit.
func WithPageLimit(n int) Option { return func(c *config) { c.bodies.largest = n } }

// WithCappedLimit answers a limit above the largest with as many activities as that one, instead of
// 406. The vendor's pages contradict each other about 406 (probe: opswat.limit).
func WithCappedLimit() Option { return func(c *config) { c.bodies.capped = true } }

// WithMaxOffset refuses pages that begin beyond row n with 400. Default: none is refused.
func WithMaxOffset(n int) Option { return func(c *config) { c.maxOffset = n } }

// WithLocation makes the timestamps local times of a zone, such as those of a doubled hour at the
// end of daylight saving time: the fake writes them, and reads those of Raw, in that zone. The days
// of start_date and end_date stay days in UTC. Default: UTC, though the vendor names no zone
// (probe: opswat.zone).
func WithLocation(loc *time.Location) Option { return func(c *config) { c.location = loc } }

// NewServer makes a fake without activities, unless WithRows says otherwise.
func NewServer(opts ...Option) *Server {
	c := config{seed: 1, quota: 10, quotaPer: time.Minute, tokenLifetime: 43199 * time.Second, maxOffset: math.MaxInt, location: time.UTC,
		bodies: bodyRules{largest: maxLimit}}
	for _, opt := range opts {
		opt(&c)
	}
	s := &Server{config: c, tokens: fake.NewTokens("opswat", c.tokenLifetime), rows: fake.Rows{Ties: c.ties}}
	s.service = fake.NewServer(s.serve)
	s.service.TokenPath(func(path string) bool { return path == tokenPath })
	s.service.FixedWindows(c.fixedWindow)
	s.service.CountTokens(c.tokensCounted)
	s.service.SetQuota(c.quota, c.quotaPer, func(w http.ResponseWriter, _ time.Duration) {
		refuse(w, http.StatusTooManyRequests, "the quota of this API is used up")
	})
	s.service.RateHeaders(c.rateHeaders != NoRateHeaders)
	s.service.ResetEpoch(c.rateHeaders == ResetInEpoch)
	s.rows.Add(s.generate(c.rows, c.seed)...)
	return s
}

// Transport returns a round tripper that reaches the fake in memory, whatever the host.
func (s *Server) Transport() http.RoundTripper { return s.service.Transport() }

// URL returns the origin of a listener on the loopback interface, which the first call starts and
// Close ends.
func (s *Server) URL() string { return s.service.URL() }

// Close refuses connections from then on, in memory too. What was recorded stays readable.
func (s *Server) Close() { s.service.Close() }

// Credentials returns client credentials that the fake accepts. Each call makes a value of its own,
// with a limiter of its own: to share a quota between clients, share one value.
func (s *Server) Credentials() opswat.Credentials {
	return opswat.ClientCredentials(ClientKey, ClientSecret)
}

// Client makes a client that reaches the fake in memory, with Credentials of its own. Options come
// on top; it panics if they are bad.
func (s *Server) Client(opts ...activity.Option) *opswat.Client {
	client, err := opswat.New(s.Credentials(), slices.Concat([]activity.Option{activity.WithTransport(s.Transport())}, opts)...)
	if err != nil {
		panic("opswattest: the client cannot be made: " + err.Error())
	}
	return client
}

// AccessToken issues an access token, as if it had been requested, for opswat.AccessToken.
func (s *Server) AccessToken() string {
	token, _ := s.tokens.Issue()
	return token
}

// RefreshToken issues a refresh token for opswat.RefreshToken. It is good once: the answer to its
// use brings the next one.
func (s *Server) RefreshToken() string { return s.tokens.NewRefresh() }

// ExpireTokens makes all access tokens issued so far invalid. Refresh tokens stay good.
func (s *Server) ExpireTokens() { s.tokens.ExpireAll() }

// APIRequests returns Requests without those for tokens: what counts for the quota.
func (s *Server) APIRequests() []Request {
	return slices.DeleteFunc(s.Requests(), func(r Request) bool { return r.Path == tokenPath })
}

// MaxInWindow returns the largest number of requests that arrived within any span of length per;
// two that arrived exactly per apart are not in the same one. The quota was kept if
// MaxInWindow(server.APIRequests(), time.Minute) is at most 10.
func MaxInWindow(requests []Request, per time.Duration) int { return fake.MaxInWindow(requests, per) }

const (
	tokenPath      = "/o/oauth/token" //nolint:gosec // a path, not a token
	activitiesPath = "/o/api/v3/activities"
)

func (s *Server) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	switch path := r.URL.EscapedPath(); {
	case path != tokenPath && path != activitiesPath:
		refuse(w, http.StatusNotFound, "there is nothing at this path; want "+activitiesPath+" or "+tokenPath)
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, "want the method POST")
	case path == tokenPath:
		s.serveToken(w, r, body)
	default:
		s.serveActivities(w, r, body)
	}
}

// refuse answers an activity request with a failure.
func refuse(w http.ResponseWriter, status int, message string) {
	fake.WriteJSON(w, status, map[string]string{"error": message})
}
