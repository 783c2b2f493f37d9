package snaplogictest

import (
	"math"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/snaplogic"
)

// The account of the fake: its organization, unless [WithOrganization] changes it, and the user for
// HTTP Basic.
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
	rows    fake.Rows // complete only after filledRows
	filled  sync.Once
}

// NewServer returns a fake without activities, unless [WithRows] adds some. It opens no socket.
func NewServer(opts ...Option) *Server {
	c := config{organization: Organization, seed: 1, tokenLifetime: time.Hour, maxOffset: math.MaxInt}
	for _, opt := range opts {
		opt(&c)
	}
	s := &Server{config: c, tokens: fake.NewTokens("snaplogic", c.tokenLifetime), rows: fake.Rows{Ties: c.ties}}
	s.service = fake.NewServer(s.serve)
	s.service.Quota = fake.Quota{Limit: c.quota, Per: c.quotaPer, Refuse: s.refuseOverQuota}
	return s
}

// Credentials returns new credentials that the fake accepts: [User] and [Password], or, if
// [WithBasicDisabled] is set, tokens of [Server.TokenSource].
func (s *Server) Credentials() snaplogic.Credentials {
	if s.config.basicDisabled {
		return snaplogic.Bearer(s.TokenSource())
	}
	return snaplogic.Basic(User, Password)
}

// Client returns a client that reaches the fake in memory, with new [Server.Credentials]. It panics
// if an option is invalid.
func (s *Server) Client(opts ...activity.Option) *snaplogic.Client {
	opts = append([]activity.Option{activity.WithTransport(s.Transport())}, opts...)
	client, err := snaplogic.New(s.config.organization, s.Credentials(), opts...)
	if err != nil {
		panic("snaplogictest: the client cannot be made: " + err.Error())
	}
	return client
}

// TokenSource returns access tokens that the fake accepts, for snaplogic.Bearer. Each call of Token
// returns a new one, with its expiry, as the customer's identity provider does.
func (s *Server) TokenSource() oauth2.TokenSource { return s.tokens.Source() }

// ExpireTokens makes all access tokens issued so far invalid.
func (s *Server) ExpireTokens() { s.tokens.ExpireAll() }

func (s *Server) refuseOverQuota(w http.ResponseWriter, wait time.Duration) {
	fake.SetRetryAfter(w, wait)
	s.refuse(w, http.StatusTooManyRequests, "too many requests")
}
