// Package transport sends one call of a vendor client, as often as it takes, and returns the whole
// answer or an *activity.Error. Read request.go first: it walks through one call from top to
// bottom.
//
//	client.go     options become a Client; what a Call and an Answer are
//	request.go    the retry loop: wait for the turn, send, decide, back off
//	operation.go  the state of one call and of its attempts
//	wait.go       what an attempt waits for: token, turn, pause, limiter
//	budget.go     how many requests one call may cost
//	authorize.go  attaches the credential, innermost
//	pool.go       the connections of clients without a transport of their own
//	body.go       reads a body: bounded, decompressed, in UTF-8 (readall.go, charset.go)
//	classify.go   what an answer or error means
//	failure.go    errors and log lines as the caller sees them
//
// What a request is made of: origin.go (which addresses may be contacted), path.go, params.go,
// places.go (links between pages), tenant.go (whose account it is).
//
// Secrets: credentials.go, token.go (tokens that are fetched), flight.go (one fetch at a time, for
// all who wait), grant.go (token requests of OAuth 2), sourceerror.go (errors of token sources).
// What nobody may see is removed by redact.go and view.go from texts, and by conceal.go from
// errors.
//
// Also here: problems of records (problems.go), clients that New did not make (unmade.go).
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
	Tenant      string       // the account, if it is known without an option
	Credentials *Credentials // nil: the user passed none
	// Explain fills an error from the vendor's error body. Default: the shapes that all vendors
	// share.
	Explain func(e *activity.Error, body []byte)
	// ContentType, if set, is sent with every API request, even without a body.
	ContentType string
	// Check, if set, is the vendor's own check. It runs before the credentials are bound to the
	// address.
	Check func(*Client) error
	// InnerStatus, if set, reads a second status from an answer's header; 0 if there is none.
	InnerStatus func(h http.Header) InnerStatus
	// QuotaWindow is the time over which the service counts requests, if it sends X-RateLimit
	// headers. 0: the headers are ignored.
	QuotaWindow time.Duration
}

// Client sends the calls of one vendor client. It is safe for concurrent use.
type Client struct {
	vendor      string
	base        *url.URL
	credentials *Credentials
	settings    settings.Settings // with the Tenant filled in
	explain     func(e *activity.Error, body []byte)
	contentType string
	innerStatus func(h http.Header) InnerStatus
	send        http.RoundTripper // middleware around authorize around the user's transport
	tokens      *Client           // the same without middleware, limiter and credentials, for token requests
	line        *turn.Line        // of those who wait for an attempt
	quotaWindow time.Duration
	unmade      bool // New did not make it
}

// New applies the options and checks what can be checked without sending a request. The first New
// with a Credentials value binds it to that client's origin.
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
			return nil, c.invalid(fmt.Sprintf("WithMiddleware: middleware %d returned nil", i+1))
		}
	}
	if c.Check != nil {
		if err := c.Check(client); err != nil {
			return nil, client.Reject("new client", err)
		}
	}
	if !c.Credentials.bind(client.Origin()) {
		return nil, client.Fail("new client", activity.ErrForeignOrigin, "the credentials are already used by a client "+
			"for another scheme, host or port; make separate credentials for each address")
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

// maxTokenAnswer bounds the answer to a token request, in bytes. A longer token would fit no
// header.
const maxTokenAnswer = 64 << 10

// forTokens removes what would see the form of a token request, or make it wait for the API's
// quota.
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

// adopt adds the vendor and the tenant to an error that was made without them.
func (c Config) adopt(err error) error {
	if e, ok := err.(*activity.Error); ok { //nolint:errorlint // only an error of the SDK itself, never one inside another
		e.Vendor, e.Tenant = c.Vendor, c.Tenant
		if e.Op == "" {
			e.Op = "new client"
		}
		return e
	}
	return &activity.Error{Vendor: c.Vendor, Tenant: c.Tenant, Op: "new client", Kind: activity.ErrInvalid, Err: err}
}

// Reject adds the vendor and the operation to an error that occurred before anything was sent.
func (c *Client) Reject(op string, err error) error {
	e, ok := errors.AsType[*activity.Error](err)
	if !ok {
		return &activity.Error{Vendor: c.vendor, Tenant: c.Tenant().Name, Op: op, Kind: activity.ErrInvalid, Err: err}
	}
	rejected := *e
	rejected.Vendor, rejected.Tenant, rejected.Op = c.vendor, c.Tenant().Name, op
	return &rejected
}

// Prefetch returns how many pages the user wants loaded ahead.
func (c *Client) Prefetch() int { return c.settings.Prefetch }

// Logger returns the user's logger, or one that discards everything.
func (c *Client) Logger() *slog.Logger { return c.settings.Logger }

// Call is one operation on the API.
type Call struct {
	Op          string // for errors and logs, such as "list activities"
	Method      string
	Path        string // below the base, escaped, with a leading slash
	Query       string // encoded, without credentials
	Body        []byte
	ContentType string // of Body; default: the vendor's
	// Read marks an operation that changes nothing on the service. Only those are repeated.
	Read bool
	// Decode reads the body of an answer with a 2xx status, in UTF-8. It is called once per such
	// answer. The reader fails when the attempt's time or the context ends. Decode returns
	//   - an error of package wire if the body is not what it should be,
	//   - an InnerStatus if the body says that the call failed, or
	//   - an *activity.Error, whose Message is not redacted and must contain nothing of the body.
	Decode func(r *wire.Reader) error
	// NoContent, if set, is decoded in place of the body that an answer with status 204 lacks: a
	// page without records. If it is nil, such an answer is activity.ErrMalformed.
	NoContent []byte
	// EndStatus, if not 0, is a status below 500 with which the service says that there is no such
	// page. It counts as success, and the body is not decoded.
	EndStatus int
	// Secrets are removed from every error, as those of the credentials are.
	Secrets []string
}

// InnerStatus is a status in the body or header of an answer whose own status is 2xx. It counts as
// if it were the answer's own.
type InnerStatus int

func (s InnerStatus) Error() string { return http.StatusText(int(s)) }

// Answer is a whole answer with a 2xx status, or with the Call's EndStatus.
type Answer struct {
	StatusCode int
	Header     http.Header
	Body       []byte // decompressed and in UTF-8; nil for a 204
}

// Date returns when the service answered, by its own clock; zero if there is no such header.
func (a *Answer) Date() time.Time {
	date, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return date.UTC()
}

// Do sends a call and repeats it as the retry policy allows. The error is an *activity.Error.
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

// url returns the address of a path below the base.
func (c *Client) url(path, query string) string {
	u := c.Origin().String() + c.base.EscapedPath() + path // String escapes the zone of an IPv6 address
	if query != "" {
		u += "?" + query
	}
	return u
}
