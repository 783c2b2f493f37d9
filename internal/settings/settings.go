// Package settings holds the resolved options of one client. The root package's options write them,
// the transport and the vendor packages read them. It imports no other package of the module.
package settings

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Settings are the resolved options of one client.
type Settings struct {
	BaseURL          string // as the user set it, unchecked; "": the vendor's own
	Tenant           Tenant
	Transport        http.RoundTripper
	Middleware       []func(http.RoundTripper) http.RoundTripper
	Retry            Retry
	AttemptTimeout   time.Duration
	Limiter          Limiter // nil: the vendor's default, if it has one
	Logger           *slog.Logger
	UserAgent        string
	MaxResponseBytes int64
	Prefetch         int
	InsecureHTTP     bool
}

// Tenant names the account that a client reads.
type Tenant struct {
	Name string // "": unknown
	Host bool   // Name is the host of the service's address, since nobody named the account
}

// OfAnotherTenant returns the end of the error for a cursor or checkpoint of another tenant.
func OfAnotherTenant(name string) string {
	if name == "" {
		return "; to go on with it, use the options and credentials that it was stored with, which named none"
	}
	return "; if that is the same account, whose name or host changed, give WithTenant the old name"
}

// MaxTenant bounds a tenant's name, in bytes.
const MaxTenant = 128

// IsTenant reports whether a text is a valid tenant's name, or "".
func IsTenant(name string) bool {
	return len(name) <= MaxTenant && utf8.ValidString(name) && strings.TrimSpace(name) == name &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// CallKey is the key of the root package's Call in the context of an attempt.
type CallKey struct{}

// Limiter is the root package's RateLimiter, which this package cannot import.
type Limiter interface {
	Wait(ctx context.Context) error
}

// Retry is the root package's RetryPolicy with every zero replaced.
type Retry struct {
	MaxAttempts   int
	MinWait       time.Duration
	MaxWait       time.Duration
	MaxRetryAfter time.Duration
}

// Product is the SDK's name in the User-Agent header.
const Product = "activity-sdk-go"

// Default returns the settings of a client without options.
func Default() Settings {
	return Settings{
		Retry: Retry{
			MaxAttempts:   5,
			MinWait:       500 * time.Millisecond,
			MaxWait:       30 * time.Second,
			MaxRetryAfter: 5 * time.Minute,
		},
		AttemptTimeout:   time.Minute,
		Logger:           slog.New(slog.DiscardHandler),
		UserAgent:        Product,
		MaxResponseBytes: 128 << 20,
	}
}
