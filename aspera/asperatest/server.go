package asperatest

import (
	"bytes"
	"math"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/internal/fake"
)

// Who the fake's credentials belong to.
const (
	OrganizationID = "1023"     // the only organization that there is
	Organization   = "acme"     // its subdomain
	UserID         = "40417"    // the user in whose name the credentials act
	ClientID       = "fake-api" // the registered client
)

const (
	userEmail    = "ada.okafor@example.com"
	clientSecret = "fake-client-secret" //nolint:gosec // of the fake alone
)

// Server is the fake. It is safe for concurrent use.
type Server struct {
	service  *fake.Server
	settings settings
	tokens   *fake.Tokens
	tables   map[string]*fake.Rows // by the name of the list
	made     atomic.Int64          // how many rows were made of records
	refusals atomic.Int64
}

// settings do not change once the server is made.
type settings struct {
	rows          int
	seed          uint64
	lifetime      time.Duration
	quota         int
	per           time.Duration
	pageLimit     int
	pageSizes     fake.PageSizes
	ties          *fake.Ties
	exclusive     bool
	exclusiveStop bool
	emptyPages    bool
	lastPage      LastPage
	wrapped       bool
	searchBy      string
	least, widest time.Duration

	newest                  time.Time
	startBounds, stopBounds TransferTime
	order                   Order
	total                   Total
	greatestLimit           int
	lenient                 bool
	filtersIgnored          bool
	uploadsSent             bool
	noFileAccess            bool
}

// Option changes how [NewServer] makes a server.
type Option func(*settings)

// WithRows fills the fake with n rows in each list, and with what belongs to them, invented but
// realistic: bursts by the hour, few users who do most, a session that comes once sent and once
// received, some that fail and some that still run. The same seed makes the same rows, none of
// which begins after 2025-11-14T17:30:00Z, or another time: see [WithNewest]. The clock of a
// testing/synctest bubble begins in the year 2000, which a feed does not look beyond: there, Add
// transfers that are dated by time.Now.
func WithRows(n int) Option { return func(s *settings) { s.rows = n } }

// WithSeed changes which rows [WithRows] invents. Default 1.
func WithSeed(seed uint64) Option { return func(s *settings) { s.seed = seed } }

// WithTokenLifetime sets for how long access tokens are good. Default 86399 s, as in the vendor's
// example. Time is that of package time, and so virtual in a testing/synctest bubble.
func WithTokenLifetime(d time.Duration) Option { return func(s *settings) { s.lifetime = d } }

// WithQuota refuses what goes beyond n requests in any span of length per, with 429 and
// Retry-After. Token requests do not count. Default: no quota, as no limits of the service are
// known.
func WithQuota(n int, per time.Duration) Option {
	return func(s *settings) { s.quota, s.per = n, per }
}

// WithPageLimit puts no more than n records on a page, however many are asked for, so that pages in
// the middle are short.
func WithPageLimit(n int) Option { return func(s *settings) { s.pageLimit = n } }

// WithPageSizes puts at most sizes[0] records on the first page of each list, sizes[1] on the
// second, and so on: 50, 49 is a short page in the middle of pages of 50. Pages behind them, and
// those whose size is below one, hold as many as are asked for. Nothing is left out: each page
// begins behind the one before.
func WithPageSizes(sizes ...int) Option {
	return func(s *settings) { s.pageSizes = slices.Clone(sizes) }
}

// WithShuffledTies puts the records of one instant on a page, and those without a time, into
// another order for each answer. The link to the next page keeps its place: each record comes once.
// The n-th order depends on the seed and n only.
func WithShuffledTies(seed uint64) Option {
	return func(s *settings) { s.ties = fake.NewTies(seed) }
}

// WithExclusiveBounds leaves out records of the very instants of start_time and stop_time. The
// default includes both. The vendor does not say which it is (probe: aspera.start, aspera.stop).
func WithExclusiveBounds() Option { return func(s *settings) { s.exclusive = true } }

// WithEmptyPages puts a page without records, but with a link to the next, in front of every page
// but the first.
func WithEmptyPages() Option { return func(s *settings) { s.emptyPages = true } }

// LastPage is what stands on the last page of a list in place of the link to the next. Which it is
// at the real service is not documented (probe: aspera.last).
type LastPage int

// The forms of a last page.
const (
	NoNext        LastPage = iota // no member next at all; the default
	NullNext                      // "next": null
	ObjectNext                    // "next": {}
	NoHrefNext                    // "next": {"href": null}
	EmptyHrefNext                 // "next": {"href": ""}
)

// WithLastPage chooses the form of the last page.
func WithLastPage(form LastPage) Option { return func(s *settings) { s.lastPage = form } }

// WithWrappedTransfer answers a request for one transfer with an object around it. Which it is at
// the real service is not documented (probe: aspera.transfer).
func WithWrappedTransfer() Option { return func(s *settings) { s.wrapped = true } }

// WithSearchParameter is how the parameter of a search is called. Default "search"; its name at the
// real service is not documented (probe: aspera.search).
func WithSearchParameter(name string) Option { return func(s *settings) { s.searchBy = name } }

// WithSpan refuses a start and stop that are less than least or more than most apart, as the manual
// of IBM's aspera-cli says of less than 5 minutes and more than 6 months (probe: aspera.window).
// Default: any span is good.
func WithSpan(least, most time.Duration) Option {
	return func(s *settings) { s.least, s.widest = least, most }
}

// NewServer makes a fake, empty except for what [WithRows] puts in. It opens no socket.
func NewServer(opts ...Option) *Server {
	s := &Server{
		settings: settings{seed: 1, lifetime: 86399 * time.Second, searchBy: "search",
			newest: defaultNewest, greatestLimit: math.MaxInt32},
		tables: make(map[string]*fake.Rows),
	}
	for _, opt := range opts {
		opt(&s.settings)
	}
	for _, name := range []string{applicationEvents, egress, ingress, fileAccess, matches, transfers, transferFiles, volumes} {
		s.tables[name] = new(fake.Rows)
	}
	s.tokens = fake.NewTokens("fake-token", s.settings.lifetime)
	s.service = fake.NewServer(s.serve)
	s.service.TokenPath(isTokenPath)
	s.service.SetQuota(s.settings.quota, s.settings.per, s.overQuota)
	if s.settings.rows > 0 {
		s.generate(s.settings.rows)
	}
	return s
}

// Transport returns a round tripper that reaches the fake in memory, whatever the host.
func (s *Server) Transport() http.RoundTripper { return s.service.Transport() }

// URL returns the origin of a listener on the loopback interface, which the first call starts and
// Close ends.
func (s *Server) URL() string { return s.service.URL() }

// Close refuses connections from then on, in memory too. What was recorded stays readable.
func (s *Server) Close() { s.service.Close() }

// Credentials returns credentials that the fake accepts, with a token of their own: those of
// JWTConfig.
func (s *Server) Credentials() aspera.Credentials { return aspera.JWT(s.JWTConfig()) }

// JWTConfig returns a configuration whose credentials the fake accepts. Change a field to be
// refused, or leave ClientSecret empty: the fake lets the client in by its id alone, too.
func (s *Server) JWTConfig() aspera.JWTConfig {
	return aspera.JWTConfig{
		Organization: Organization,
		ClientID:     ClientID,
		ClientSecret: clientSecret,
		PrivateKey:   bytes.Clone(keyPair().pem),
		User:         userEmail,
	}
}

// TokenSource returns access tokens that the fake accepts, for aspera.Bearer: a new one each time,
// with its expiry.
func (s *Server) TokenSource() oauth2.TokenSource { return tokenSource{s.tokens} }

type tokenSource struct{ tokens *fake.Tokens }

func (t tokenSource) Token() (*oauth2.Token, error) {
	token, lifetime := t.tokens.Issue()
	return &oauth2.Token{AccessToken: token, Expiry: time.Now().Add(time.Duration(lifetime) * time.Second)}, nil
}

// ExpireTokens makes every access token issued so far invalid.
func (s *Server) ExpireTokens() { s.tokens.ExpireAll() }

// BaseURL is what activity.WithBaseURL wants in order to reach the fake through a socket: URL with
// the path of the API. It starts a listener on the loopback interface, which runs until Close.
func (s *Server) BaseURL() string { return s.URL() + basePath }

// Client returns a client that reaches the fake in memory, with the fake's credentials. It panics
// if an option is wrong.
func (s *Server) Client(opts ...activity.Option) *aspera.Client {
	client, err := aspera.New(s.Credentials(), append([]activity.Option{activity.WithTransport(s.Transport())}, opts...)...)
	if err != nil {
		panic("asperatest: no client can be made with these options: " + err.Error())
	}
	return client
}

func (s *Server) overQuota(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.FormatInt(fake.WholeSeconds(wait), 10))
	s.refuse(w, http.StatusTooManyRequests, "too_many_requests", "the quota is used up")
}
