package conformance_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// TestRetryUntilSuccess checks that a temporary failure is retried on any page until it has passed,
// and ends the list if it does not pass.
func TestRetryUntilSuccess(t *testing.T) {
	for name, fault := range map[string]fake.Fault{
		"no connection":  {Reset: true},
		"a cut answer":   {CutBody: 10},
		"half an answer": {Truncate: 10},
		"an empty one":   {Status: http.StatusOK, ContentType: "application/json"},
		"no answer":      {Delay: 2 * time.Minute},
		"408":            {Status: 408},
		"429":            {Status: 429},
		"500":            {Status: 500, Body: "[]"},
		"a cut refusal":  {Status: 404, Body: `{"message":"not there"}`, CutBody: 5},
		"503 in HTML":    {Status: 503, Body: "<html><title>Maintenance</title></html>"},
	} {
		t.Run(name, func(t *testing.T) {
			everyVendor(t, func(t *testing.T, a *adapter) {
				s := a.fill(13)
				l := s.client(t).list(bounded(5))
				for before := range 3 {
					s.ResetRequests()
					for range before {
						s.Fail(fake.Fault{})
					}
					s.Fail(fault, fault)
					assert.Equal(t, descending(13, 1), readAll(t, l))
					assert.Len(t, s.calls(), a.requests(13, 5)+2)
				}
				s.failAll(fault)
				_, err := readIDs(t.Context(), l, "")
				e := asError(t, a, err)
				assert.Equal(t, 5, e.Attempts)
				assert.True(t, e.Temporary(), "%v", e)
			})
		})
	}
}

// TestRetryAfter checks that no request is sent before Retry-After has passed, and that a wait
// which is too long ends the call at once. The header of a refusal counts whatever becomes of its
// body.
func TestRetryAfter(t *testing.T) {
	refusals := map[string]fake.Fault{"empty": {}, "whole": {Body: `{"message":"wait"}`}, "cut": {Body: `{"message":"wait"}`, CutBody: 5}}
	maps.Copy(refusals, falseEncodings)
	for name, header := range map[string]string{"seconds": "60", "a date": "date"} {
		for _, status := range []int{429, 503} {
			for body, fault := range refusals {
				t.Run(fmt.Sprint(status, " with ", name, ", ", body), func(t *testing.T) {
					everyVendor(t, func(t *testing.T, a *adapter) {
						s := a.fill(3)
						c := s.client(t)
						require.Len(t, readAll(t, c.list(bounded(5))), 3)
						value := header
						if value == "date" {
							value = time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)
						}
						s.Fail(refusal(fault, status, value))
						start := time.Now()
						assert.Len(t, readAll(t, c.list(bounded(5))), 3)
						assert.Equal(t, time.Minute, time.Since(start))

						s.Fail(refusal(fault, status, "3600"))
						_, err := readIDs(t.Context(), c.list(bounded(5)), "")
						e := asError(t, a, err)
						assert.Equal(t, time.Hour, e.RetryAfter)
						assert.Equal(t, 1, e.Attempts)
						assert.True(t, e.Temporary())
						assert.Equal(t, status == 429, errors.Is(err, activity.ErrRateLimited), "%v", err)
						assert.Equal(t, time.Minute, time.Since(start))
					})
				})
			}
		}
	}
}

// refusal returns a fault with a status and a Retry-After.
func refusal(fault fake.Fault, status int, retryAfter string) fake.Fault {
	fault.Status, fault.Header = status, maps.Clone(fault.Header)
	if fault.Header == nil {
		fault.Header = http.Header{}
	}
	fault.Header.Set("Retry-After", retryAfter)
	return fault
}

// TestRetryAfterOfNoRefusal checks that Retry-After counts for refusals alone: a page that was cut
// is soon requested again.
func TestRetryAfterOfNoRefusal(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(3)
		c := s.client(t)
		readAll(t, c.list(bounded(5))) // with a token
		s.Fail(fake.Fault{CutBody: 10, Header: http.Header{"Retry-After": {"3600"}}})
		start := time.Now()
		assert.Equal(t, descending(3, 1), readAll(t, c.list(bounded(5))))
		assert.LessOrEqual(t, time.Since(start), time.Second)
	})
}

// stalled is longer than the timeout of an attempt.
const stalled = 90 * time.Second

// TestOneRequestInFourFails reads a list to its end while a quarter of the requests fail, in every
// way in which requests fail.
func TestOneRequestInFourFails(t *testing.T) {
	for i, a := range adapters {
		for _, prefetch := range []int{0, 8} {
			t.Run(fmt.Sprintf("%s, prefetch %d", a, prefetch), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					n := 250
					s := a.fill(n)
					expired := ""
					if s.expire != nil && s.logins[0].renewsToken {
						expired = `{"message":"token expired"}`
					}
					faults := fake.NewRandomFaults(uint64(i), stalled, expired)
					s.FailWith(faults.Fault)
					opts := []activity.Option{activity.WithRetry(activity.RetryPolicy{MaxAttempts: 14}), activity.WithPrefetch(prefetch)}
					ids, err := readIDs(t.Context(), s.client(t, opts...).list(bounded(2)), "")
					require.NoError(t, err)
					assert.Equal(t, descending(n, 1), ids)
					counts := faults.Counts()
					failed := -counts["requests"]
					for _, count := range counts {
						failed += count
					}
					assert.InDelta(t, 0.25, float64(failed)/float64(counts["requests"]), 0.08)
				})
			})
		}
	}
}
