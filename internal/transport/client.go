// Package transport sends one request of a vendor client, as often as it takes, and gives back the
// whole answer or an *activity.Error. The steps stand in files of their own, in the order in which
// a request meets them:
//
//	client.go     the options become a client; a Call becomes a request
//	tenant.go     whose account it is
//	origin.go     which addresses may be contacted, and path.go: how a path is built
//	admit.go      token, turn, pause, limiter: what every attempt waits for, and budget.go: of how many
//	attempt.go    one attempt: time limit, middleware, whole body
//	authorize.go  the innermost step attaches the credential
//	pool.go       the connections of clients that have no transport of their own
//	body.go       reads the body, bounded and decompressed, gather.go: into how much memory, and charset.go: in UTF-8
//	classify.go   what the outcome means
//	retry.go      whether and when to try again
//	failure.go    what the caller gets to see, and redact.go: what nobody does
//
// Credentials are in credentials.go, tokens that are fetched in token.go, flight.go (one at a time,
// for all who wait) and grant.go, the pause after a 429 in pause.go.
package transport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/settings"
	"github.com/activity-sdk/activity/internal/turn"
	"github.com/activity-sdk/activity/internal/wire"
)

// Config is what a vendor package knows before the user's options are applied.
type Config struct {
	Vendor      string
	BaseURL     string       // the vendor's own address; an option may replace it unless FixedBase is set
	FixedBase   bool         // the address is an argument of the vendor's New, and names the account
	Tenant      string       // the account, as far as it is known without an option; "": it is not
	Credentials *Credentials // nil: the user gave none
	// Explain fills an error from the vendor's error body; nil: the shapes that all vendors share.
	Explain func(e *activity.Error, body []byte)
	// ContentType is sent with every API request, also with one that has no body; "": only with
	// those that have one.
	ContentType string
	// Check is what else the vendor has to check, before the credentials are bound to the address;
	// nil: nothing.
	Check func(*Client) error
	// InnerStatus reads a status that an answer's header has beside its own; 0: it has none. nil:
	// the vendor has no such header.
	InnerStatus func(h http.Header) InnerStatus
	// QuotaWindow is the span in which the service counts requests, for one that says in
	// X-RateLimit headers what is left and when that changes. 0: the headers are ignored.
	QuotaWindow time.Duration
}

// Client sends the calls of one vendor client. It is safe for concurrent use.
type Client struct {
	vendor      string
	base        *url.URL
	credentials *Credentials
	settings    settings.Settings // of which the Tenant is filled in
	explain     func(e *activity.Error, body []byte)
	contentType string
	innerStatus func(h http.Header) InnerStatus
	send        http.RoundTripper // middleware around authorize around the user's transport
	tokens      *Client           // the same without middleware, limiter and credentials, for token requests
	line        *turn.Line        // of those who wait for an attempt
	quotaWindow time.Duration
	unmade      bool // New did not make it
}

// New applies the options and checks everything that can be checked without sending a request. The
// credentials are bound to the origin of the first client that was made with them.
func New(c Config, opts ...activity.Option) (*Client, error) {
	s := settings.Default()
	c.Tenant = clip(printable(c.Tenant), settings.MaxTenant)
	for _, opt := range opts {
		if opt == nil {
			return nil, c.invalid("an option is nil")
		}
		if err := opt(&s); err != nil {
			return nil, c.adopt(err)
		}
	}
	c.Tenant = cmp.Or(s.Tenant.Name, c.Tenant)
	if c.Credentials == nil {
		return nil, c.invalid("the credentials are missing")
	}
	if c.Credentials.problem != "" {
		return nil, c.invalid(c.Credentials.problem)
	}
	switch {
	case s.BaseURL == "":
		s.BaseURL = c.BaseURL
	case c.FixedBase:
		return nil, c.invalid("WithBaseURL: the address is the first argument of New")
	}
	base, err := parseBase(s.BaseURL, s.InsecureHTTP)
	if err != nil {
		return nil, c.adopt(err)
	}
	if s.Transport == nil {
		s.Transport = sharedPool
	}
	c.name(&s, base)
	line := new(turn.Line)
	if s.Limiter == nil {
		s.Limiter, line = c.Credentials.limiter, c.Credentials.line
	}
	if c.Explain == nil {
		c.Explain = explain
	}
	client := newClient(c, base, s)
	client.tokens, client.line = newClient(c.forTokens(), base, forTokens(s)), line
	for i, wrap := range slices.Backward(s.Middleware) {
		if client.send = wrap(client.send); client.send == nil {
			return nil, c.invalid(fmt.Sprintf("WithMiddleware: number %d gives no RoundTripper", i+1))
		}
	}
	if c.Check != nil {
		if err := c.Check(client); err != nil {
			return nil, client.Reject("new client", err)
		}
	}
	if !c.Credentials.bind(client.Origin()) {
		return nil, client.Fail("new client", activity.ErrForeignOrigin, "the credentials belong to another scheme, host or port, "+
			"with which a client was made before; make credentials of their own for each address")
	}
	return client, nil
}

func newClient(c Config, base *url.URL, s settings.Settings) *Client {
	client := &Client{
		vendor:      c.Vendor,
		base:        base,
		credentials: c.Credentials,
		settings:    s,
		explain:     c.Explain,
		contentType: c.ContentType,
		innerStatus: c.InnerStatus,
		line:        new(turn.Line),
		quotaWindow: c.QuotaWindow,
	}
	client.send = authorizer{next: s.Transport}
	return client
}

// maxTokenAnswer bounds the answer to a token request. A longer token fits no header.
const maxTokenAnswer = 64 << 10

// forTokens leaves out what would show a token request's form, or make it wait for the API's quota.
func forTokens(s settings.Settings) settings.Settings {
	s.Middleware, s.Limiter = nil, nil
	s.MaxResponseBytes = min(s.MaxResponseBytes, maxTokenAnswer)
	return s
}

func (c Config) forTokens() Config {
	c.Credentials, c.Explain, c.ContentType, c.InnerStatus, c.QuotaWindow = NoCredentials(), explainGrant, "", nil, 0
	return c
}

func (c Config) invalid(message string) error {
	return &activity.Error{Vendor: c.Vendor, Tenant: c.Tenant, Op: "new client", Kind: activity.ErrInvalid, Message: message}
}

// adopt names the vendor in an error that was made without knowing it.
func (c Config) adopt(err error) error {
	if e, ok := err.(*activity.Error); ok { //nolint:errorlint // only an error of our own making, never one inside another
		e.Vendor, e.Tenant = c.Vendor, c.Tenant
		if e.Op == "" {
			e.Op = "new client"
		}
		return e
	}
	return &activity.Error{Vendor: c.Vendor, Tenant: c.Tenant, Op: "new client", Kind: activity.ErrInvalid, Err: err}
}

// Reject names the vendor and the operation in an error that was found before anything was sent.
func (c *Client) Reject(op string, err error) error {
	e, ok := errors.AsType[*activity.Error](err)
	if !ok {
		return &activity.Error{Vendor: c.vendor, Tenant: c.Tenant().Name, Op: op, Kind: activity.ErrInvalid, Err: err}
	}
	rejected := *e
	rejected.Vendor, rejected.Tenant, rejected.Op = c.vendor, c.Tenant().Name, op
	return &rejected
}

// Prefetch is how many pages the user wants loaded ahead.
func (c *Client) Prefetch() int { return c.settings.Prefetch }

// Logger is the user's logger, or one that discards.
func (c *Client) Logger() *slog.Logger { return c.settings.Logger }

// Call is one operation on the API.
type Call struct {
	Op          string // for errors and logs, such as "list activities"
	Method      string
	Path        string // escaped, from the base on, with a leading slash
	Query       string // encoded, without credentials
	Body        []byte
	ContentType string // of Body; "": the vendor's
	// Read marks an operation that changes nothing on the service. Only those are repeated.
	Read bool
	// Decode reads the body of an answer with a 2xx status, in UTF-8. It is called once per such
	// answer, within the attempt's time: the reader ends when that, or the context, does. It
	// returns an error of package wire where the body is not what it should be, an InnerStatus
	// where the body says that the call failed, or an *activity.Error whose Message is the SDK's
	// own words: it is shown as it is, so that nothing of the body may stand in it.
	Decode func(r *wire.Reader) error
	// NoContent, if set, is what Decode reads in place of the body that an answer with status 204
	// does not have: a page without records. Where it is nil, such an answer is
	// activity.ErrMalformed.
	NoContent []byte
	// EndStatus, if not 0, is a status below 500 with which the service says that there is no such
	// page. It counts as success, and the body is not decoded.
	EndStatus int
	// Secrets are removed from every error, beside the credentials'.
	Secrets []string
}

// InnerStatus is a status that stands in the body or the header of an answer whose own status is
// 2xx. It counts as if it were the answer's.
type InnerStatus int

func (s InnerStatus) Error() string { return http.StatusText(int(s)) }

// Answer is a whole answer with a 2xx status, or with the Call's EndStatus.
type Answer struct {
	StatusCode int
	Header     http.Header
	Body       []byte // decompressed and in UTF-8; nil for a 204
}

// Date is when the service answered, by its own clock; zero: it does not say.
func (a *Answer) Date() time.Time {
	date, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return date.UTC()
}

// Do sends a call, repeated as the retry policy allows. The error is an *activity.Error.
func (c *Client) Do(ctx context.Context, call Call) (*Answer, error) {
	if err := c.Made(); err != nil {
		return nil, c.Reject(call.Op, err)
	}
	return c.do(ctx, call, newBudget(c.settings.Retry.MaxAttempts))
}

func (c *Client) do(ctx context.Context, call Call, b *budget) (*Answer, error) {
	o := &operation{Call: call, client: c, ctx: ctx, budget: b, place: c.line.Ticket(), idle: time.Now(), endAttempt: func() {}}
	if err := o.run(); err != nil {
		return nil, o.failure(err)
	}
	return &Answer{StatusCode: o.last.status, Header: o.last.header, Body: o.last.body}, nil
}

// url gives the address of a path below the base.
func (c *Client) url(path, query string) string {
	u := c.Origin().String() + c.base.EscapedPath() + path // String escapes the zone of an IPv6 address
	if query != "" {
		u += "?" + query
	}
	return u
}
