package activity

import (
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"reflect"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/activity-sdk/activity/internal/settings"
)

// Option changes one setting of a client that is being made. Options are made by the With functions
// of this package and passed to a vendor package's New, which returns what is wrong with them as an
// [*Error] with [ErrInvalid]. A later option overrides an earlier one, except for WithMiddleware,
// which adds.
type Option func(*settings.Settings) error

// longest is the most that a duration may be which a program sets.
const longest = 366 * 24 * time.Hour

func invalid(format string, args ...any) error {
	return &Error{Op: "new client", Kind: ErrInvalid, Message: fmt.Sprintf(format, args...)}
}

// isNil also finds the nil pointer inside an interface, which would panic only at the first
// request.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Chan, reflect.Interface, reflect.Slice:
		return r.IsNil()
	default:
		return false
	}
}

// WithBaseURL replaces the vendor's address, as the vendor's page writes it:
// "https://api.ibmaspera.com/analytics/v2" for Aspera, scheme and host for SnapLogic and OPSWAT. A
// path in front is allowed, for gateways. The address must be https unless its host is loopback
// (see [WithInsecureHTTP]), without user info, query or fragment. SD Elements, whose address is an
// argument of New, refuses this option.
func WithBaseURL(rawURL string) Option {
	return func(s *settings.Settings) error {
		if strings.TrimSpace(rawURL) == "" {
			return invalid("WithBaseURL: the address is empty")
		}
		s.BaseURL = rawURL
		return nil
	}
}

// WithTenant names the account that the client reads, such as "acme-prod": in errors, logs and
// [Call], and in cursors and checkpoints, which then belong to this account and to no other. A
// program that reads many accounts of a vendor should name each. The name is up to the program. It
// is shown as it is, so it must not be a secret. It has at most 128 bytes of printable text,
// without a blank at either end.
//
// Without a name, the tenant is the host of SD Elements' address (and the path in front of the API,
// if there is one), SnapLogic's organization, and the organization of an aspera.JWTConfig. What is
// read from Aspera is told apart by its path, too. OPSWAT has nothing to go by, so that only a name
// keeps two accounts apart.
//
// When a name or a host changes, what was stored under the old one does not fit any more: give
// WithTenant the old name.
func WithTenant(name string) Option {
	return func(s *settings.Settings) error {
		switch {
		case name == "":
			return invalid("WithTenant: the name is empty")
		case len(name) > settings.MaxTenant:
			return invalid("WithTenant: the name is longer than 128 bytes")
		case !settings.IsTenant(name):
			return invalid("WithTenant: the name has white space around it, or characters in it that do not print")
		}
		s.Tenant = settings.Tenant{Name: name}
		return nil
	}
}

// WithTransport replaces the connection pool that all clients share by default. It is the innermost
// layer: it sees every request as it goes out, **credentials included** (as does
// net/http/httptrace), so log there with care. Use [WithMiddleware] for what should not see them.
// Token requests go through it too. The SDK does not follow redirects, whatever the transport does.
//
// The default pool checks silent HTTP/2 connections by pings, and leaves all its connections after
// an attempt that ran out of time. A transport of your own is used as it is: set
// http.HTTP2Config.SendPingTimeout on it.
func WithTransport(rt http.RoundTripper) Option {
	return func(s *settings.Settings) error {
		if isNil(rt) {
			return invalid("WithTransport: the transport is nil")
		}
		s.Transport = rt
		return nil
	}
}

// WithMiddleware wraps every attempt of every API request, for tracing, metrics or extra headers.
// The first is the outermost; a second use of the option adds further inside. Middleware never sees
// a credential: requests are authorized behind it, the response's Request is the unauthorized one,
// and token requests do not pass here. A request that it sends to another origin is refused
// ([ErrForeignOrigin]). It may return while its next is still under way, but what it sends besides
// one request for each attempt is not counted against the limit of rate. An attempt keeps its slot
// of the limiter while middleware runs: a call of the same client in it waits for another slot, and
// for ever if there is just one. An error of its own counts as a failure of the network, and the
// attempt is repeated; if it is an [*Error], the call ends with it, temporary or not. A middleware
// that returns no RoundTripper is refused when the client is made.
func WithMiddleware(mw ...func(http.RoundTripper) http.RoundTripper) Option {
	return func(s *settings.Settings) error {
		for i, m := range mw {
			if m == nil {
				return invalid("WithMiddleware: number %d is nil", i+1)
			}
		}
		s.Middleware = append(s.Middleware, mw...)
		return nil
	}
}

// RetryPolicy bounds how a failed call is repeated. A field left zero keeps its default.
//
// Repeated is what is temporary ([Error.Temporary]): network failures, answers that break off, the
// statuses 408, 429 and 5xx except 501, and pages for people in place of JSON, also with status
// 200: a maintenance page goes away, and a login page or a wrong address costs the attempts before
// it is reported. The wait grows from MinWait by doubling to MaxWait, with jitter. Where the
// service sends Retry-After, in seconds or as a date, the wait is that, never less; if that is more
// than MaxRetryAfter or than the context's deadline leaves, the call ends at once with an [*Error]
// that carries it. No duration may be longer than 366 days.
type RetryPolicy struct {
	// MaxAttempts is how often a call is attempted at most, the first time included. Default 5; 1
	// means never to repeat. An attempt that is repeated with a renewed token, because the service
	// refused the old one, does not count. With requests for tokens, a call sends at most twice as
	// many requests, or four if that is more.
	MaxAttempts   int
	MinWait       time.Duration // before the first repetition; default 500 ms
	MaxWait       time.Duration // between two attempts, where the service does not ask for more; default 30 s
	MaxRetryAfter time.Duration // the longest Retry-After that is waited for; default 5 min
}

// WithRetry replaces the retry policy. Negative values, durations above 366 days and MinWait above
// MaxWait are refused; where only one of the two is given, the other's default is moved to fit.
func WithRetry(policy RetryPolicy) Option {
	return func(s *settings.Settings) error {
		p := policy // an option may be used for several clients at once
		if p.MaxAttempts < 0 || p.MinWait < 0 || p.MaxWait < 0 || p.MaxRetryAfter < 0 {
			return invalid("WithRetry: a value is negative")
		}
		if max(p.MinWait, p.MaxWait, p.MaxRetryAfter) > longest {
			return invalid("WithRetry: a duration is longer than 366 days")
		}
		d := settings.Default().Retry
		switch {
		case p.MinWait == 0 && p.MaxWait == 0:
			p.MinWait, p.MaxWait = d.MinWait, d.MaxWait
		case p.MinWait == 0:
			p.MinWait = min(d.MinWait, p.MaxWait)
		case p.MaxWait == 0:
			p.MaxWait = max(d.MaxWait, p.MinWait)
		case p.MinWait > p.MaxWait:
			return invalid("WithRetry: MinWait is above MaxWait")
		}
		if p.MaxAttempts == 0 {
			p.MaxAttempts = d.MaxAttempts
		}
		if p.MaxRetryAfter == 0 {
			p.MaxRetryAfter = d.MaxRetryAfter
		}
		s.Retry = settings.Retry(p)
		return nil
	}
}

// WithAttemptTimeout bounds one attempt, from sending until the whole answer is decoded. Default 60
// s, at most 366 days. Waiting for a limiter or before a retry does not count; to bound a whole
// call or walk, give its context a deadline.
func WithAttemptTimeout(d time.Duration) Option {
	return func(s *settings.Settings) error {
		if d <= 0 || d > longest {
			return invalid("WithAttemptTimeout: the duration is not positive, or longer than 366 days")
		}
		s.AttemptTimeout = d
		return nil
	}
}

// WithRateLimiter makes every attempt, retries included, wait for l. Share one l between clients to
// share a quota. On an OPSWAT client it replaces the default limiter of ten requests a minute; the
// others have none by default. An [AttemptLimiter] is also told how each attempt ended.
func WithRateLimiter(l RateLimiter) Option {
	return func(s *settings.Settings) error {
		if isNil(l) {
			return invalid("WithRateLimiter: the limiter is nil")
		}
		s.Limiter = l
		return nil
	}
}

// WithRateLimit is WithRateLimiter with a new token bucket: r requests a second on average, up to
// burst at once. rate.Inf sets no limit; fewer than one request in 366 days is refused. A bucket is
// not a window: for a quota of n per minute use [NewWindowLimiter].
func WithRateLimit(r rate.Limit, burst int) Option {
	return func(s *settings.Settings) error {
		if math.IsNaN(float64(r)) || float64(r) < 1/longest.Seconds() {
			return invalid("WithRateLimit: the rate is below one request in 366 days")
		}
		if burst < 1 {
			return invalid("WithRateLimit: the burst is below 1, which would let nothing through")
		}
		s.Limiter = rate.NewLimiter(r, burst)
		return nil
	}
}

// WithLogger sends what the SDK does to l: each attempt at debug level; retries, pauses and odd
// records as warnings. Queries, bodies and credentials are never logged. Default: nothing is
// logged.
func WithLogger(l *slog.Logger) Option {
	return func(s *settings.Settings) error {
		if l == nil {
			return invalid("WithLogger: the logger is nil")
		}
		s.Logger = l
		return nil
	}
}

// WithUserAgent puts product, such as "acme-siem/1.2", in front of the SDK's own name in the
// User-Agent header.
func WithUserAgent(product string) Option {
	return func(s *settings.Settings) error {
		if strings.TrimSpace(product) == "" {
			return invalid("WithUserAgent: the product is empty")
		}
		if strings.ContainsFunc(product, func(r rune) bool { return r < ' ' || r > '~' }) {
			return invalid("WithUserAgent: the product holds characters other than printable ASCII")
		}
		s.UserAgent = strings.TrimSpace(product) + " " + settings.Product
		return nil
	}
}

// WithMaxResponseBytes bounds one response body, in bytes after decompression. Default 128 MiB. A
// larger one ends the call with [ErrResponseTooLarge].
//
// So does one of which the records take more than six times the bound in memory, and more than 1
// MiB: a record that is written in two bytes takes hundreds. Real records take two or three times
// their bytes, so that a page ends a call for its memory only if it is about as large as the bound.
// All that is allocated for one answer, garbage included, is less than twenty-five times the bound,
// or less than 25 MiB.
//
// The answer to a request for a token has no more than 64 KiB, and an error's text is looked for in
// the first 64 KiB of its body.
func WithMaxResponseBytes(n int64) Option {
	return func(s *settings.Settings) error {
		if n <= 0 {
			return invalid("WithMaxResponseBytes: the bound is not positive")
		}
		s.MaxResponseBytes = n
		return nil
	}
}

// WithPrefetch loads up to that many pages, at most 256, ahead of the one being consumed, which
// bounds what is held in memory. Default 0: a page is requested when the one before is used up.
// Pages, their order, where a cursor leads and, while nothing changes, the number of requests stay
// the same. A walk that is ended early may have requested pages that nobody reads; what is still on
// its way then is given up.
//
// SnapLogic's pages are requested side by side, since its lists say how many records they have, and
// it can be checked that the pages fit together. Everywhere else each page is requested when the
// one before has arrived, so that one is loaded ahead and more than 1 changes nothing.
func WithPrefetch(pages int) Option {
	const most = 256
	return func(s *settings.Settings) error {
		if pages < 0 || pages > most {
			return invalid("WithPrefetch: the number of pages is outside 0 to %d", most)
		}
		s.Prefetch = pages
		return nil
	}
}

// WithInsecureHTTP allows plain http to hosts other than loopback. Everything, credentials
// included, is then readable on the way.
func WithInsecureHTTP() Option {
	return func(s *settings.Settings) error {
		s.InsecureHTTP = true
		return nil
	}
}
