package conformance_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// service is a fake with records that the tests know by numbers. The first login is the usual one.
type service struct {
	fakeServer
	adapter *adapter
	logins  []login
	add     func(records ...any)
	remove  func(id int)
	// expire makes all access tokens invalid that were issued so far.
	expire func()
}

// fakeServer is what the fakes of all vendors have in common.
type fakeServer interface {
	Transport() http.RoundTripper
	Requests() []fake.Request
	ResetRequests()
	Fail(faults ...fake.Fault)
	FailWith(fault func(r fake.Request) *fake.Fault)
	OnRequest(hook func(r fake.Request))
}

// publicServer is what a vendor's fake offers to programs, with types of its own.
type publicServer[R fake.AnyRequest, F fake.AnyFault] interface {
	Transport() http.RoundTripper
	Requests() []R
	ResetRequests()
	Fail(faults ...F)
	FailWith(fault func(r R) *F)
	OnRequest(hook func(r R))
}

type adaptedServer[R fake.AnyRequest, F fake.AnyFault] struct{ publicServer[R, F] }

// adapted returns a vendor's fake with the types of internal/fake.
func adapted[R fake.AnyRequest, F fake.AnyFault](s publicServer[R, F]) fakeServer {
	return adaptedServer[R, F]{s}
}

func (s adaptedServer[R, F]) Requests() []fake.Request {
	return fake.Requests[fake.Request](s.publicServer.Requests())
}

func (s adaptedServer[R, F]) Fail(faults ...fake.Fault) {
	s.publicServer.Fail(fake.Faults[F](faults)...)
}

func (s adaptedServer[R, F]) FailWith(fault func(r fake.Request) *fake.Fault) {
	s.publicServer.FailWith(fake.Decision[R, F](fault))
}

func (s adaptedServer[R, F]) OnRequest(hook func(r fake.Request)) {
	s.publicServer.OnRequest(fake.Hook[R](hook))
}

// adder returns a fake's Add for records of any type.
func adder[T any](add func(records ...T)) func(records ...any) {
	return func(records ...any) {
		for _, r := range records {
			add(r.(T))
		}
	}
}

// fill returns a fake with n records, each a second older than the one before. The newest one has
// the number n and is an hour old, so that every query finds it.
func (a *adapter) fill(n int) *service { return a.fillWith(n, faults{}) }

func (a *adapter) fillWith(n int, f faults) *service {
	s := a.newService(f)
	s.adapter = a
	records := make([]any, n)
	for i := range records {
		records[i] = a.record(n-i, newest().Add(-time.Duration(i)*time.Second))
	}
	s.add(records...)
	return s
}

// newest returns the time of the newest record of fill.
func newest() time.Time { return time.Date(1999, 12, 31, 23, 0, 0, 0, time.UTC) }

// bounded returns a query for all records of fill whose time range has ended.
func bounded(pageSize int) query {
	return query{from: newest().AddDate(0, 0, -2), to: newest().Add(30 * time.Minute), pageSize: pageSize}
}

// client returns a client with the usual login.
func (s *service) client(t *testing.T, opts ...activity.Option) *client {
	t.Helper()
	return s.clientWith(t, s.logins[0].credentials(), opts...)
}

// clientWith returns a client without the vendor's default limiter.
func (s *service) clientWith(t *testing.T, credentials any, opts ...activity.Option) *client {
	t.Helper()
	unlimited := activity.WithRateLimit(rate.Inf, 1)
	c, err := s.adapter.newClient(credentials, append([]activity.Option{activity.WithTransport(s.Transport()), unlimited}, opts...)...)
	require.NoError(t, err)
	return c
}

func isTokenRequest(r fake.Request) bool {
	return r.Header.Get("Content-Type") == "application/x-www-form-urlencoded"
}

// calls returns the requests so far except those for tokens.
func (s *service) calls() []fake.Request {
	var calls []fake.Request
	for _, r := range s.Requests() {
		if !isTokenRequest(r) {
			calls = append(calls, r)
		}
	}
	return calls
}

// onCall has the fake call a function for each request except those for tokens: one call at a time,
// some time after the request was sent. n counts from 1.
func (s *service) onCall(after time.Duration, hook func(n int)) {
	n := 0
	var mu sync.Mutex
	s.OnRequest(func(r fake.Request) {
		if !isTokenRequest(r) {
			<-time.After(after)
			mu.Lock()
			defer mu.Unlock()
			n++
			hook(n)
		}
	})
}

// failAll has the fake answer all requests with a fault.
func (s *service) failAll(fault fake.Fault) {
	s.FailWith(func(fake.Request) *fake.Fault { return &fault })
}

// respond has the fake answer all requests to the API with a body.
func (s *service) respond(status int, body string) {
	s.failAll(fake.Fault{Status: status, Body: body, ContentType: "application/json"})
}

// rewrite has the fake change the body of each answer.
func (s *service) rewrite(change func(body []byte) []byte) { s.failAll(fake.Fault{Damage: change}) }

// setClock has the service's clock run ahead of the local one. The difference can change later.
func (s *service) setClock(ahead *time.Duration) {
	s.FailWith(func(fake.Request) *fake.Fault {
		return &fake.Fault{Header: http.Header{"Date": {time.Now().Add(*ahead).UTC().Format(http.TimeFormat)}}}
	})
}
