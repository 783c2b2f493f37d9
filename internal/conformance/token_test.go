package conformance_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// TestTokenIsShared checks that clients which share credentials share a token.
func TestTokenIsShared(t *testing.T) {
	everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
		credentials := l.credentials()
		concurrently(6, func(int) {
			_, err := s.clientWith(t, credentials).list(bounded(20)).Page(t.Context(), "")
			assert.NoError(t, err)
		})
		tokens := map[string]bool{}
		for _, r := range s.calls() {
			tokens[r.Header.Get("Authorization")+r.Query().Get("access_token")] = true
		}
		assert.Len(t, tokens, 1)
		requested := len(s.Requests()) - len(s.calls())
		assert.Equal(t, l.fetchesToken, requested == 1, "requested %d times", requested)
	})
}

// TestTokenIsRenewedInTime checks that a token is renewed before it expires.
func TestTokenIsRenewedInTime(t *testing.T) {
	everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
		list := s.clientWith(t, l.credentials()).list(bounded(20))
		for range 100 {
			readAll(t, list)
			<-time.After(17 * time.Minute)
		}
		for _, r := range s.Requests() {
			require.NotEqual(t, http.StatusUnauthorized, r.Status)
		}
	})
}

// TestRefusedTokens checks that a refused token is renewed once, with every login that can renew
// it. If the service refuses the new one too, the call ends.
func TestRefusedTokens(t *testing.T) {
	everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
		c := s.clientWith(t, l.credentials())
		require.Len(t, readAll(t, c.list(bounded(5))), 13)
		if l.renewsToken {
			s.ResetRequests()
			s.expire()
			assert.Equal(t, descending(13, 1), readAll(t, c.list(bounded(5))))
			refused := 0
			for _, r := range s.calls() {
				if r.Status == http.StatusUnauthorized {
					refused++
				}
			}
			assert.Equal(t, 1, refused)
			for _, fault := range falseEncodings {
				begun := time.Now()
				fault.Status = http.StatusUnauthorized
				s.Fail(fault)
				assert.Equal(t, descending(13, 1), readAll(t, c.list(bounded(5))))
				assert.Zero(t, time.Since(begun), "a token is renewed at once, also if the body cannot be read")
			}
		}
		s.ResetRequests()
		s.respond(401, `{"message":"no"}`)
		_, err := readIDs(t.Context(), c.list(bounded(5)), "")
		require.ErrorIs(t, err, activity.ErrUnauthorized)
		assert.Equal(t, 1, asError(t, s.adapter, err).Attempts)
		if l.renewsToken {
			assert.Len(t, s.calls(), 2)
		} else {
			assert.Len(t, s.calls(), 1)
		}
	})
}

// TestTokenIsFetchedOnce checks that concurrent calls share one request for a token, and that
// cancelling the call which sent it does not affect the others.
func TestTokenIsFetchedOnce(t *testing.T) {
	everyLogin(t, fetchesToken, func(t *testing.T, s *service, l login) {
		s.Fail(fake.Fault{Token: true, Delay: 10 * time.Second})
		list := s.clientWith(t, l.credentials()).list(bounded(20))
		start := time.Now()
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		concurrently(6, func(i int) {
			if i == 0 {
				_, err := list.Page(impatient, "")
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, time.Second, time.Since(start))
				return
			}
			<-time.After(100 * time.Millisecond)
			_, err := list.Page(t.Context(), "")
			assert.NoError(t, err)
		})
		assert.Equal(t, 10*time.Second, time.Since(start))
		assert.Len(t, s.Requests(), 1+5)
	})
}

// TestTokenEndpointFails checks the error of a call that gets no token. No request goes to the API,
// and the next call tries again.
func TestTokenEndpointFails(t *testing.T) {
	for name, c := range map[string]struct {
		fault    fake.Fault
		kind     error
		code     string
		requests int
	}{
		"a wrong client":  {fake.Fault{Status: 401, Body: `{"error":"invalid_client"}`}, activity.ErrUnauthorized, "invalid_client", 1},
		"a wrong grant":   {fake.Fault{Status: 400, Body: `{"error":"invalid_grant"}`}, activity.ErrUnauthorized, "invalid_grant", 1},
		"access denied":   {fake.Fault{Status: 403, Body: `{"error":"locked"}`}, activity.ErrUnauthorized, "locked", 1},
		"not there":       {fake.Fault{Status: 404}, activity.ErrNotFound, "", 1},
		"HTML":            {fake.Fault{Body: "<html>login</html>"}, activity.ErrMalformed, "", 3},
		"no access token": {fake.Fault{Body: `{"token_type":"bearer"}`}, activity.ErrMalformed, "", 1},
		"a broken token":  {fake.Fault{Body: `{"access_token":"canary a b"}`}, activity.ErrMalformed, "", 1},
		"a huge token":    {fake.Fault{Body: `{"access_token":"` + strings.Repeat("canary", 16<<10/6+1) + `"}`}, activity.ErrMalformed, "", 1},
		"a huge refresh":  {fake.Fault{Body: `{"access_token":"T","refresh_token":"` + strings.Repeat("canary", 16<<10/6+1) + `"}`}, activity.ErrMalformed, "", 1},
		"another shape":   {fake.Fault{Body: `["canary"]`}, activity.ErrMalformed, "", 1},
		"another type":    {fake.Fault{Body: `{"access_token":"canary","token_type":"mac"}`}, activity.ErrMalformed, "", 1},
		"half an answer":  {fake.Fault{Body: `{"access_token":"canary","refresh_token":"canary","tok`}, activity.ErrMalformed, "", 3},
		"unavailable":     {fake.Fault{Status: 503}, activity.ErrServer, "", 3},
		"no answer":       {fake.Fault{Delay: time.Hour}, nil, "", 3},
		"no connection":   {fake.Fault{Reset: true}, nil, "", 3},
		"no content":      {fake.Fault{Status: 204}, activity.ErrMalformed, "", 1},
		"refused by 200":  {fake.Fault{Body: `{"error":"invalid_client"}`}, activity.ErrUnauthorized, "invalid_client", 1},
		"away, by 200":    {fake.Fault{Body: `{"error":"temporarily_unavailable"}`}, activity.ErrServer, "temporarily_unavailable", 3},
		"elsewhere": {fake.Fault{Status: 302, Header: http.Header{"Location": {"https://evil.example.com/"}}},
			activity.ErrForeignOrigin, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			everyLogin(t, fetchesToken, func(t *testing.T, s *service, l login) {
				c.fault.Token = true
				s.FailWith(func(fake.Request) *fake.Fault { return &c.fault })
				list := s.clientWith(t, l.credentials(), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3})).list(bounded(20))
				_, err := list.Page(t.Context(), "")
				e := asError(t, s.adapter, err)
				assert.Equal(t, "get token", e.Op)
				assert.Equal(t, c.kind, e.Kind)
				assert.Equal(t, c.code, e.Code)
				assert.Len(t, s.Requests(), c.requests)
				assert.Empty(t, s.calls())
				assert.Equal(t, s.Requests()[0].Path, e.Path)
				assert.NotContains(t, printed(err), "canary")
				s.FailWith(nil)
				_, err = list.Page(t.Context(), "")
				require.NoError(t, err)
			})
		})
	}
}

// TestTokenEndpointRetryAfter checks that after a 429 of the token endpoint all clients that share
// the credentials wait, as after one of the API.
func TestTokenEndpointRetryAfter(t *testing.T) {
	everyLogin(t, fetchesToken, func(t *testing.T, s *service, l login) {
		credentials := l.credentials()
		pause := func(seconds string) fake.Fault {
			return fake.Fault{Token: true, Status: 429, Header: http.Header{"Retry-After": {seconds}}}
		}
		s.Fail(pause("60"))
		begun := time.Now()
		concurrently(3, func(i int) {
			<-time.After(time.Duration(i) * time.Second)
			c := s.clientWith(t, credentials, activity.WithAttemptTimeout(time.Duration(i+1)*time.Minute))
			_, err := c.list(bounded(20)).Page(t.Context(), "")
			assert.NoError(t, err)
		})
		for i, r := range s.Requests() {
			assert.Equal(t, i > 0, r.Time.Sub(begun) >= time.Minute, "request %d after %v", i, r.Time.Sub(begun))
		}

		s.expire()
		s.Fail(pause("3600"))
		for range 2 {
			s.ResetRequests()
			_, err := s.clientWith(t, credentials).list(bounded(20)).Page(t.Context(), "")
			require.ErrorIs(t, err, activity.ErrRateLimited)
			assert.Equal(t, time.Hour, asError(t, s.adapter, err).RetryAfter)
		}
		assert.Empty(t, s.Requests(), "nothing is sent before the hour is over")
		<-time.After(time.Hour)
		readAll(t, s.clientWith(t, credentials).list(bounded(20)))
	})
}

// TestRequestsOfACall checks that a call sends at most twice as many requests as it may make
// attempts, in whatever turns the service and its token endpoint fail.
func TestRequestsOfACall(t *testing.T) {
	everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
		for attempts, most := range map[int]int{1: 4, 5: 10} {
			s.ResetRequests()
			calls, grants := 0, 0
			s.FailWith(func(r fake.Request) *fake.Fault {
				if isTokenRequest(r) {
					if grants++; grants%4 != 0 {
						return &fake.Fault{Token: true, Status: 503}
					}
					return nil
				}
				calls++
				return &fake.Fault{Status: []int{503, 401}[calls%2]}
			})
			c := s.clientWith(t, l.credentials(), activity.WithRetry(activity.RetryPolicy{MaxAttempts: attempts}))
			_, err := c.list(bounded(20)).Page(t.Context(), "")
			require.Error(t, err)
			assert.LessOrEqual(t, len(s.Requests()), most)
		}
	})
}

// TestSilentTokenEndpoint checks that calls which were cancelled leave no request for a token
// behind, except if the request may have replaced a refresh token: then the SDK waits for the
// answer.
func TestSilentTokenEndpoint(t *testing.T) {
	everyLogin(t, fetchesToken, func(t *testing.T, s *service, l login) {
		s.failAll(fake.Fault{Token: true, Delay: time.Hour})
		left := countGoroutines(t, func(ctx context.Context) {
			concurrently(200, func(int) {
				ctx, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				_, err := s.clientWith(t, l.credentials()).list(bounded(20)).Page(ctx, "")
				assert.ErrorIs(t, err, context.DeadlineExceeded)
			})
		})
		if l.rotates {
			assert.GreaterOrEqual(t, left, 200)
			<-time.After(time.Hour) // each request ends with its last attempt
		} else {
			assert.Zero(t, left)
		}
	})
}

// TestImpatientClient checks that the short timeout of one client does not fail another client with
// the same credentials.
func TestImpatientClient(t *testing.T) {
	everyLogin(t, fetchesToken, func(t *testing.T, s *service, l login) {
		s.failAll(fake.Fault{Token: true, Delay: time.Second})
		credentials := l.credentials()
		impatient := s.clientWith(t, credentials, activity.WithAttemptTimeout(50*time.Millisecond),
			activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}))
		patient := s.clientWith(t, credentials)
		concurrently(2, func(i int) {
			if i == 0 {
				_, err := impatient.list(bounded(20)).Page(t.Context(), "")
				assert.Error(t, err)
				return
			}
			<-time.After(10 * time.Millisecond)
			_, err := patient.list(bounded(20)).Page(t.Context(), "")
			assert.NoError(t, err)
		})
	})
}

// TestTokenResponseTooLarge checks that the response of a token endpoint has a limit of its own,
// however large pages may be.
func TestTokenResponseTooLarge(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		for _, l := range a.logins(newSecrets(t)) {
			if !l.fetchesToken {
				continue
			}
			sent := 0
			transport := roundTripper(func(*http.Request) (*http.Response, error) {
				sent++
				return response(200, "application/json", `{"access_token":"`+strings.Repeat("x", 64<<10)+`"}`)
			})
			c, err := a.newClient(l.credentials(), activity.WithTransport(transport))
			require.NoError(t, err)
			_, err = c.list(query{}).Page(t.Context(), "")
			require.ErrorIs(t, err, activity.ErrResponseTooLarge, l.name)
			assert.Equal(t, "the token answer is too large", asError(t, a, err).Message)
			assert.Equal(t, 1, sent)
		}
	})
}
