package asperatest

import (
	"bytes"
	"math"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/internal/fake"
)

// The account of the fake.
const (
	OrganizationID = "1023"     // the only organization
	Organization   = "acme"     // its subdomain
	UserID         = "40417"    // the user of the fake's credentials
	ClientID       = "fake-api" // the registered client
)

const (
	userEmail    = "ada.okafor@example.com"
	clientSecret = "fake-client-secret" //nolint:gosec // of the fake alone
)

// Server is the fake. It is safe for concurrent use.
type Server struct {
	service *fake.Server
	config  config
	tokens  *fake.Tokens
	tables  map[string]*fake.Rows // by the name of the list
	made    atomic.Int64          // the number of rows made so far
	errors  atomic.Int64          // the number of error answers so far
}

// NewServer returns a fake without records, unless [WithRows] adds some. It opens no socket.
func NewServer(opts ...Option) *Server {
	c := config{seed: 1, tokenLifetime: 86399 * time.Second, searchBy: "search", newest: defaultNewest, greatestLimit: math.MaxInt32}
	for _, opt := range opts {
		opt(&c)
	}
	s := &Server{config: c, tokens: fake.NewTokens("fake-token", c.tokenLifetime), tables: make(map[string]*fake.Rows)}
	for _, name := range []string{applicationEvents, egress, ingress, fileAccess, matches, transfers, transferFiles, volumes} {
		s.tables[name] = new(fake.Rows)
	}
	s.service = fake.NewServer(s.serve)
	s.service.TokenPath = isTokenPath
	s.service.Quota = fake.Quota{Limit: c.quota, Per: c.quotaPer, Refuse: s.refuseOverQuota}
	if c.rows > 0 {
		s.generate(c.rows)
	}
	return s
}

// Credentials returns credentials that the fake accepts, made of [Server.JWTConfig]. Each call
// returns new credentials, with their own access token.
func (s *Server) Credentials() aspera.Credentials { return aspera.JWT(s.JWTConfig()) }

// JWTConfig returns a configuration that the fake accepts. To be refused, change a field. The fake
// also accepts an empty ClientSecret: then the client authenticates by its id alone.
func (s *Server) JWTConfig() aspera.JWTConfig {
	return aspera.JWTConfig{
		Organization: Organization,
		ClientID:     ClientID,
		ClientSecret: clientSecret,
		PrivateKey:   bytes.Clone(signingKey().pem),
		User:         userEmail,
	}
}

// TokenSource returns access tokens that the fake accepts, for aspera.Bearer. Each call of Token
// returns a new one, with its expiry.
func (s *Server) TokenSource() oauth2.TokenSource { return s.tokens.Source() }

// ExpireTokens makes all access tokens issued so far invalid.
func (s *Server) ExpireTokens() { s.tokens.ExpireAll() }

// BaseURL returns the address for activity.WithBaseURL with which a client reaches the fake over a
// socket: URL with the path of the API. Like URL, it starts a listener.
func (s *Server) BaseURL() string { return s.URL() + basePath }

// Client returns a client that reaches the fake in memory, with new [Server.Credentials]. It panics
// if an option is invalid.
func (s *Server) Client(opts ...activity.Option) *aspera.Client {
	opts = append([]activity.Option{activity.WithTransport(s.Transport())}, opts...)
	client, err := aspera.New(s.Credentials(), opts...)
	if err != nil {
		panic("asperatest: the client cannot be made: " + err.Error())
	}
	return client
}

func (s *Server) refuseOverQuota(w http.ResponseWriter, wait time.Duration) {
	fake.SetRetryAfter(w, wait)
	s.refuse(w, http.StatusTooManyRequests, "too_many_requests", "the quota is used up")
}
