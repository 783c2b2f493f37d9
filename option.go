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

// Option changes one setting of a client. The With functions of this package make options, and New
// of a vendor package takes them. New returns [ErrInvalid] for a value that makes no sense. A later
// option overrides an earlier one, except WithMiddleware, which adds to it.
type Option func(*settings.Settings) error

// longest is the longest duration that a program may set.
const longest = 366 * 24 * time.Hour

func invalid(format string, args ...any) error {
	return &Error{Op: "new client", Kind: ErrInvalid, Message: fmt.Sprintf(format, args...)}
}

// isNil also returns true for an interface that holds a nil pointer, which would panic only at the
// first request.
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

// WithBaseURL replaces the address of the service: "https://api.ibmaspera.com/analytics/v2" for
// Aspera, scheme and host for SnapLogic and OPSWAT. A path in front is allowed, for gateways. The
// address must be https unless its host is loopback (see [WithInsecureHTTP]), and must have no user
// info, query or fragment. SD Elements, whose address is an argument of New, refuses this option.
func WithBaseURL(rawURL string) Option {
	return func(s *settings.Settings) error {
		if strings.TrimSpace(rawURL) == "" {
			return invalid("WithBaseURL: the address is empty")
		}
		s.BaseURL = rawURL
		return nil
	}
}

// WithTenant names the account that the client reads, such as "acme-prod". The name is in errors,
// logs and [Call]. It is in cursors and checkpoints as well, which then fit this account only. A
// program that reads several accounts of a vendor should name each.
//
// Any name of up to 128 bytes of printable text will do, without a blank at either end. It is shown
// as it is, so it must not be a secret.
//
// Without this option, the tenant is the host of SD Elements' address (and the path in front of the
// API, if there is one), SnapLogic's organization, or the organization of an aspera.JWTConfig.
// OPSWAT's clients then have no tenant, so a cursor or checkpoint of one account also fits another.
// Cursors and checkpoints of Aspera also fit only the Resource that they were made for.
//
// If a name or a host changes, stored cursors and checkpoints do not fit any more. To go on with
// them, pass the old name to WithTenant.
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

// WithTransport replaces the connection pool that all clients share by default. It gets every
// request, even those for tokens, as it is sent: credentials included. So does net/http/httptrace.
// Log there with care, and use [WithMiddleware] for what should not see credentials. The SDK does
// not follow redirects, whatever the transport does.
//
// The default pool pings HTTP/2 connections that are silent. After an attempt that ran out of time,
// it opens new connections for all further attempts. A transport of your own is used as it is: set
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
// The first middleware is the outermost. A second use of the option adds more inside.
//
// Middleware never sees a credential: requests are authorized after it, the response's Request has
// no credentials, and token requests do not pass through it. A request that it sends to another
// origin fails with [ErrForeignOrigin].
//
// An error of a middleware counts as a failure of the network, and the attempt is repeated. If it
// is an [*Error], the call ends with it, temporary or not. New returns [ErrInvalid] for a
// middleware that returns nil.
//
// An attempt keeps its slot of the limiter while middleware runs. If middleware calls the same
// client, that call needs a second slot, and hangs if there is only one. Middleware may return
// before the RoundTripper that it called does. The limiter counts one request for each attempt,
// whatever else middleware sends.
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

// RetryPolicy bounds how a failed call is retried. A field left zero keeps its default. No duration
// may be longer than 366 days.
//
// Failures that are temporary are retried ([Error.Temporary]): network failures, truncated
// responses, the statuses 408, 429 and 5xx except 501, and HTML in place of JSON, even with status
// 200. HTML may be a maintenance page, which goes away. A login page or a wrong address costs all
// attempts.
//
// The wait doubles from MinWait to MaxWait, with jitter. If the service sends Retry-After, in
// seconds or as a date, the wait is at least that. If that is longer than MaxRetryAfter, or than
// the context's deadline allows, the call ends at once with an [*Error] that has it.
type RetryPolicy struct {
	// MaxAttempts is how many attempts a call makes at most, the first one included. Default 5; 1
	// means no retry. An attempt that is repeated with a renewed token, because the service refused
	// the old one, does not count. Token requests included, a call sends at most twice MaxAttempts
	// requests, or four if that is more.
	MaxAttempts   int
	MinWait       time.Duration // before the first retry; default 500 ms
	MaxWait       time.Duration // between two attempts, unless the service asks for more; default 30 s
	MaxRetryAfter time.Duration // the longest Retry-After that a call waits for; default 5 min
}

// WithRetry replaces the retry policy. New returns [ErrInvalid] for negative values, durations
// above 366 days, and MinWait above MaxWait. If only one of MinWait and MaxWait is set and the
// other's default conflicts with it, both get the value that was set.
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

// WithAttemptTimeout bounds one attempt, from sending the request until the whole response is
// decoded. Default 60 s, at most 366 days. Waiting for a limiter or before a retry does not count.
// To bound a whole call or list, set a deadline on its context.
func WithAttemptTimeout(d time.Duration) Option {
	return func(s *settings.Settings) error {
		if d <= 0 || d > longest {
			return invalid("WithAttemptTimeout: the duration is not positive, or longer than 366 days")
		}
		s.AttemptTimeout = d
		return nil
	}
}

// WithRateLimiter makes every attempt, retries included, wait for l. Clients that share a quota
// should share l. On an OPSWAT client it replaces the default limiter of ten requests a minute. The
// other clients have no limiter by default. An [AttemptLimiter] learns how each attempt ended.
//
// Within an attempt, net/http may send a GET twice without asking l; see [WindowLimiter].
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
// burst at once. rate.Inf sets no limit. New returns [ErrInvalid] for a rate below one request in
// 366 days. A token bucket is not a window: for a quota of n requests a minute use
// [NewWindowLimiter].
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

// WithLogger makes the client log to l: each attempt at debug level; retries, pauses and records
// with problems as warnings. Queries, bodies and credentials are never logged. By default nothing
// is logged.
func WithLogger(l *slog.Logger) Option {
	return func(s *settings.Settings) error {
		if l == nil {
			return invalid("WithLogger: the logger is nil")
		}
		s.Logger = l
		return nil
	}
}

// WithUserAgent puts product, such as "acme-siem/1.2", before the SDK's own name in the User-Agent
// header.
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
// larger body ends the call with [ErrResponseTooLarge].
//
// So does a body whose records take more memory than six times the bound, or 1 MiB if that is more:
// a made-up record of two bytes can take hundreds of bytes. Real records take at most about 3.5
// times their bytes. Reading one response allocates less than twenty-five times the bound, garbage
// included, or less than 25 MiB if that is more.
//
// Responses to token requests are bounded by 64 KiB. The message of an error is taken from the
// first 64 KiB of the response.
func WithMaxResponseBytes(n int64) Option {
	return func(s *settings.Settings) error {
		if n <= 0 {
			return invalid("WithMaxResponseBytes: the bound is not positive")
		}
		s.MaxResponseBytes = n
		return nil
	}
}

// WithPrefetch loads up to that many pages ahead of the one that is used, at most 256. They are
// held in memory. Default 0: a page is requested when the one before is used up.
//
// The pages, their order and their cursors stay the same. So does the number of requests, while
// nothing changes at the service. A range that ends early may have requested pages that nobody
// reads. Requests that are still on their way then are given up.
//
// SnapLogic's pages are requested side by side: its lists say how many records they have, and the
// client can check that the pages fit together. Every other client requests a page when the one
// before has arrived, so 1 is as good as more.
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

// WithInsecureHTTP allows plain http to hosts other than loopback. Everything that is sent,
// including credentials, can then be read on the way.
func WithInsecureHTTP() Option {
	return func(s *settings.Settings) error {
		s.InsecureHTTP = true
		return nil
	}
}
