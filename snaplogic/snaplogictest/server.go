package snaplogictest

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/snaplogic"
)

// What the fake knows unless it is told otherwise: its organization, and the account for HTTP
// Basic.
const (
	Organization = "Example Organization"
	User         = "auditor@example.com"
	Password     = "example-password"
)

// Server is the fake. It is safe for concurrent use.
type Server struct {
	service *fake.Server
	config  config
	tokens  *fake.Tokens
	rows    fake.Rows // not without those of WithRows: see held
	filled  sync.Once
}

// Option configures a server that is being made.
type Option func(*config)

type config struct {
	organization  string
	rows          int
	seed          uint64
	quota         int
	quotaPer      time.Duration
	tokenLifetime time.Duration
	pageLimit     int
	pageSizes     fake.PageSizes
	ties          *fake.Ties
	maxOffset     int
	bare          bool
	totalless     bool
	noBasic       bool
	choices
}

// WithRows fills the server with n activities, newest first: the one of the vendor's page, from 4
// July 2018, and older invented ones.
//
// A clock that shows an earlier time, as in a testing/synctest bubble, has them all moved back by
// as many whole days as bring the newest before that time: only create_time changes, and keeps its
// time of day. The clock is read once, at the first request, or at the first call of InsertAt,
// Delete, DeleteFunc or Len if that comes before it; NewServer and Add may be called outside of the
// bubble.
func WithRows(n int) Option { return func(c *config) { c.rows = n } }

// WithSeed makes the invented activities other ones. The same seed always makes the same. Default
// 1.
func WithSeed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// WithOrganization replaces the name of the only organization that there is.
func WithOrganization(name string) Option { return func(c *config) { c.organization = name } }

// WithQuota refuses what goes beyond n requests in any span of length per, with 429 and
// Retry-After. Default: no quota, as the vendor publishes none.
func WithQuota(n int, per time.Duration) Option {
	return func(c *config) { c.quota, c.quotaPer = n, per }
}

// WithTokenLifetime is how long a token of [Server.TokenSource] is good. Default one hour.
func WithTokenLifetime(d time.Duration) Option { return func(c *config) { c.tokenLifetime = d } }

// WithBareEnvelope answers with total, offset, limit and entries alone, as a later page of the
// vendor's shows it, instead of wrapping them in response_map (probe: snaplogic.envelope).
func WithBareEnvelope() Option { return func(c *config) { c.bare = true } }

// WithBasicDisabled answers HTTP Basic with 403, as an organization does that switched it off.
func WithBasicDisabled() Option { return func(c *config) { c.noBasic = true } }

// WithPageLimit serves no more than n activities at once, however many are asked for, so that pages
// in the middle are short.
func WithPageLimit(n int) Option { return func(c *config) { c.pageLimit = n } }

// WithPageSizes answers a request whose offset lies in the first sizes[0] activities with at most
// that many, one whose offset lies in the next sizes[1] with at most that many, and so on: 50, 49
// is a short page in the middle of pages of 50. Later ones, and those whose size is below one, get
// what they ask for. Nothing is left out: an offset behind what came is served.
func WithPageSizes(sizes ...int) Option {
	return func(c *config) { c.pageSizes = slices.Clone(sizes) }
}

// WithShuffledTies puts activities of one instant, and those without a time, into another order for
// each answer, so that walks by offset meet some twice and others never. The n-th order depends on
// the seed and n only. Whether the service keeps their order is unknown (probe: snaplogic.ties).
func WithShuffledTies(seed uint64) Option {
	return func(c *config) { c.ties = fake.NewTies(seed) }
}

// WithMaxOffset refuses requests with an offset beyond n with 400. Default: none is refused. What
// the service does is unknown (probe: snaplogic.offset).
func WithMaxOffset(n int) Option { return func(c *config) { c.maxOffset = n } }

// WithoutTotal leaves total out of the answers.
func WithoutTotal() Option { return func(c *config) { c.totalless = true } }

// NewServer makes a fake without activities, unless WithRows says otherwise.
func NewServer(opts ...Option) *Server {
	c := config{organization: Organization, seed: 1, tokenLifetime: time.Hour, maxOffset: math.MaxInt}
	for _, opt := range opts {
		opt(&c)
	}
	s := &Server{config: c, tokens: fake.NewTokens("snaplogic", c.tokenLifetime), rows: fake.Rows{Ties: c.ties}}
	s.service = fake.NewServer(s.serve)
	s.service.SetQuota(c.quota, c.quotaPer, func(w http.ResponseWriter, wait time.Duration) {
		w.Header().Set("Retry-After", strconv.FormatInt(fake.WholeSeconds(wait), 10))
		s.refuse(w, http.StatusTooManyRequests, "too many requests")
	})
	return s
}

// Transport returns a round tripper that reaches the fake in memory, whatever the host.
func (s *Server) Transport() http.RoundTripper { return s.service.Transport() }

// URL returns the origin of a listener on the loopback interface, which the first call starts and
// Close ends.
func (s *Server) URL() string { return s.service.URL() }

// Close refuses connections from then on, in memory too. What was recorded stays readable.
func (s *Server) Close() { s.service.Close() }

// Credentials returns credentials that the fake accepts: [User] and [Password], or tokens of
// [Server.TokenSource] if Basic is disabled. Each call makes a value of its own.
func (s *Server) Credentials() snaplogic.Credentials {
	if s.config.noBasic {
		return snaplogic.Bearer(s.TokenSource())
	}
	return snaplogic.Basic(User, Password)
}

// Client makes a client that reaches the fake in memory, with Credentials of its own. Options come
// on top; it panics if they are bad.
func (s *Server) Client(opts ...activity.Option) *snaplogic.Client {
	opts = slices.Concat([]activity.Option{activity.WithTransport(s.Transport())}, opts)
	client, err := snaplogic.New(s.config.organization, s.Credentials(), opts...)
	if err != nil {
		panic("snaplogictest: the client cannot be made: " + err.Error())
	}
	return client
}

// TokenSource returns tokens that the fake accepts, for snaplogic.Bearer, as the customer's
// identity provider would: a new one each time, with its expiry.
func (s *Server) TokenSource() oauth2.TokenSource { return tokenSource{s.tokens} }

// ExpireTokens makes all tokens given so far invalid.
func (s *Server) ExpireTokens() { s.tokens.ExpireAll() }

type tokenSource struct{ tokens *fake.Tokens }

func (t tokenSource) Token() (*oauth2.Token, error) {
	token, lifetime := t.tokens.Issue()
	return &oauth2.Token{AccessToken: token, Expiry: time.Now().Add(time.Duration(lifetime) * time.Second)}, nil
}
