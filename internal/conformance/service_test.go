package conformance_test

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// every runs a test for each adapter, in virtual time, which begins with the year 2000.
func every(t *testing.T, test func(t *testing.T, a *adapter)) {
	t.Helper()
	each(t, adapters, test)
}

func each(t *testing.T, adapters []*adapter, test func(t *testing.T, a *adapter)) {
	t.Helper()
	for _, a := range adapters {
		t.Run(a.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, a) })
		})
	}
}

// those are the adapters to which a test applies.
func those(applies func(a *adapter) bool) []*adapter {
	return slices.DeleteFunc(slices.Clone(adapters), func(a *adapter) bool { return !applies(a) })
}

// fill makes a fake with records of which each is a second older than the one before. The newest
// has the highest number and is an hour old, so that every query finds them.
func (a *adapter) fill(n int) *service { return a.fillWith(n, misbehaviour{}) }

func (a *adapter) fillWith(n int, m misbehaviour) *service {
	s := a.newService(m)
	s.adapter = a
	records := make([]any, n)
	for i := range records {
		records[i] = a.record(n-i, newest().Add(-time.Duration(i)*time.Second))
	}
	s.add(records...)
	return s
}

func newest() time.Time { return time.Date(1999, 12, 31, 23, 0, 0, 0, time.UTC) }

// bounded asks for all the records of fill, with an end that has passed.
func bounded(pageSize int) query {
	return query{from: newest().AddDate(0, 0, -2), to: newest().Add(30 * time.Minute), pageSize: pageSize}
}

// client makes a client with the usual login.
func (s *service) client(t *testing.T, opts ...activity.Option) *client {
	t.Helper()
	return s.clientWith(t, s.logins[0].credentials(), opts...)
}

// clientWith makes a client that has no limiter of its vendor's own.
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

// calls are the requests so far except those for tokens.
func (s *service) calls() []fake.Request {
	var calls []fake.Request
	for _, r := range s.Requests() {
		if !isTokenRequest(r) {
			calls = append(calls, r)
		}
	}
	return calls
}

// onCall has a function called for each request that is not for a token, one at a time, some time
// after it was sent. n counts from 1.
func (s *service) onCall(after time.Duration, hook func(n int)) {
	n := 0
	var one sync.Mutex
	s.OnRequest(func(r fake.Request) {
		if !isTokenRequest(r) {
			<-time.After(after)
			one.Lock()
			defer one.Unlock()
			n++
			hook(n)
		}
	})
}

// answers has the fake answer all requests to the API with a body.
func (s *service) answers(status int, body string) {
	s.FailWith(func(fake.Request) *fake.Fault {
		return &fake.Fault{Status: status, Body: body, ContentType: "application/json"}
	})
}

// collect reads a list to its end.
func collect(t *testing.T, l list) []int {
	t.Helper()
	ids, err := idsUntil(t.Context(), l, "")
	require.NoError(t, err)
	return ids
}

// idsUntil reads a list to its end or its error.
func idsUntil(ctx context.Context, l list, from activity.Cursor) (ids []int, err error) {
	for r, err := range l.All(ctx, from) {
		if err != nil {
			return ids, err
		}
		ids = append(ids, r.id)
	}
	return ids, nil
}

// down are the numbers from one down to another.
func down(from, to int) []int {
	var ids []int
	for id := from; id >= to; id-- {
		ids = append(ids, id)
	}
	return ids
}

func idsOf(records []record) []int {
	var ids []int
	for _, r := range records {
		ids = append(ids, r.id)
	}
	return ids
}

// failure is the error that every call fails with.
func failure(t *testing.T, a *adapter, err error) *activity.Error {
	t.Helper()
	var e *activity.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, a.vendor, e.Vendor)
	require.NotEmpty(t, e.Op)
	return e
}

func marshaled(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
