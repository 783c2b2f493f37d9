package sdelementstest

import (
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/sdelements"
)

// The credentials that the fake accepts.
const (
	Key      = "5de0example0key0of0the0fake0service00001"
	User     = "auditor@example.com"
	Password = "example-password"
)

// Me is the id of the user that paths name "me", whatever the credentials.
const Me = 1

// BaseURL is the address of the clients of [Server.Client]. It works only in memory.
const BaseURL = "https://example.sdelements.example.com"

// Server is the fake. It is safe for concurrent use.
type Server struct {
	service *fake.Server
	config  config
	rows    fake.Rows
}

// NewServer returns a fake without activities, unless [WithRows] adds some. It opens no socket.
func NewServer(opts ...Option) *Server {
	c := config{seed: 1, linkOrigin: "http://internal.example.com", maxOffset: math.MaxInt, maxPageSize: 1_000_000}
	for _, opt := range opts {
		opt(&c)
	}
	s := &Server{config: c, rows: fake.Rows{Ties: c.ties}}
	s.service = fake.NewServer(s.serve)
	s.service.Quota = fake.Quota{Limit: c.quota, Per: c.quotaPer, Refuse: refuseOverQuota}
	s.Add(generate(c.rows, c.seed)...)
	return s
}

// Credentials returns new credentials that the fake accepts. It accepts sdelements.Basic(User,
// Password) too.
func (s *Server) Credentials() sdelements.Credentials { return sdelements.Token(Key) }

// Client returns a client that reaches the fake in memory, with new [Server.Credentials]. It panics
// if an option is invalid.
func (s *Server) Client(opts ...activity.Option) *sdelements.Client {
	opts = append([]activity.Option{activity.WithTransport(s.Transport())}, opts...)
	client, err := sdelements.New(BaseURL, s.Credentials(), opts...)
	if err != nil {
		panic("sdelementstest: the client cannot be made: " + err.Error())
	}
	return client
}

// Maintenance returns the answer of the service's proxy while the service is down: 503 with an HTML
// page, and without Retry-After.
func Maintenance() Fault {
	return Fault{
		Status: http.StatusServiceUnavailable,
		Body:   "<!DOCTYPE html><html><head><title>Down for maintenance</title></head><body><h1>Back soon</h1></body></html>",
	}
}

func refuseOverQuota(w http.ResponseWriter, wait time.Duration) {
	fake.SetRetryAfter(w, wait)
	refuse(w, http.StatusTooManyRequests, fmt.Sprintf("Request was throttled. Expected available in %d seconds.", fake.WholeSeconds(wait)))
}
