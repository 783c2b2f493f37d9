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

// The client credentials that the fake accepts.
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

// NewServer returns a fake without activities, unless [WithRows] adds some. It opens no socket.
func NewServer(opts ...Option) *Server {
	c := config{
		seed: 1, quota: 10, quotaPer: time.Minute, tokenLifetime: 43199 * time.Second, maxOffset: math.MaxInt, location: time.UTC,
		filterRules: filterRules{largestLimit: defaultLimit},
	}
	for _, opt := range opts {
		opt(&c)
	}
	s := &Server{config: c, tokens: fake.NewTokens("opswat", c.tokenLifetime), rows: fake.Rows{Ties: c.ties}}
	s.service = fake.NewServer(s.serve)
	s.service.TokenPath = func(path string) bool { return path == tokenPath }
	s.service.Quota = fake.Quota{
		Limit: c.quota, Per: c.quotaPer, Refuse: refuseOverQuota,
		FixedWindows: c.fixedWindow, CountTokens: c.tokensCounted,
		Headers: c.rateHeaders != NoRateHeaders, ResetEpoch: c.rateHeaders == ResetInEpoch,
	}
	s.rows.Add(s.generate(c.rows, c.seed)...)
	return s
}

// Credentials returns new client credentials that the fake accepts. Each call returns a value with
// its own limiter. Clients that share a quota must share one value.
func (s *Server) Credentials() opswat.Credentials {
	return opswat.ClientCredentials(ClientKey, ClientSecret)
}

// Client returns a client that reaches the fake in memory, with new [Server.Credentials]. It panics
// if an option is invalid.
func (s *Server) Client(opts ...activity.Option) *opswat.Client {
	opts = append([]activity.Option{activity.WithTransport(s.Transport())}, opts...)
	client, err := opswat.New(s.Credentials(), opts...)
	if err != nil {
		panic("opswattest: the client cannot be made: " + err.Error())
	}
	return client
}

// AccessToken returns a new access token, for opswat.AccessToken.
func (s *Server) AccessToken() string {
	token, _ := s.tokens.Issue()
	return token
}

// RefreshToken returns a new refresh token, for opswat.RefreshToken. It works once: the answer to
// its use contains the next one.
func (s *Server) RefreshToken() string { return s.tokens.NewRefresh() }

// ExpireTokens makes all access tokens issued so far invalid. Refresh tokens stay valid.
func (s *Server) ExpireTokens() { s.tokens.ExpireAll() }

// APIRequests returns Requests without those for tokens: the requests that count for the quota.
func (s *Server) APIRequests() []Request {
	return slices.DeleteFunc(s.Requests(), func(r Request) bool { return r.Path == tokenPath })
}

// MaxInWindow returns the largest number of requests that arrived within any span of length per.
// Two requests that arrived exactly per apart are not in the same span. A client kept the quota if
// MaxInWindow(server.APIRequests(), time.Minute) is at most 10.
func MaxInWindow(requests []Request, per time.Duration) int { return fake.MaxInWindow(requests, per) }

func refuseOverQuota(w http.ResponseWriter, _ time.Duration) {
	refuse(w, http.StatusTooManyRequests, "the quota of this API is used up")
}
