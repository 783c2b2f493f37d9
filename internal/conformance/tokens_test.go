package conformance_test

import (
	"context"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// A token that is refused is renewed once, whichever login it came from. A service that refuses
// every token is not asked for ever.
func TestRefusedTokens(t *testing.T) {
	everyLogin(t, anyone, func(t *testing.T, s *service, l login) {
		c := s.clientWith(t, l.credentials())
		require.Len(t, collect(t, c.list(bounded(5))), 13)
		if l.renews {
			s.ResetRequests()
			s.expire()
			assert.Equal(t, down(13, 1), collect(t, c.list(bounded(5))))
			refused := 0
			for _, r := range s.calls() {
				if r.Status == http.StatusUnauthorized {
					refused++
				}
			}
			assert.Equal(t, 1, refused)
		}
		s.ResetRequests()
		s.answers(401, `{"message":"no"}`)
		_, err := idsUntil(t.Context(), c.list(bounded(5)), "")
		require.ErrorIs(t, err, activity.ErrUnauthorized)
		assert.Equal(t, 1, failure(t, s.adapter, err).Attempts)
		if l.renews {
			assert.Len(t, s.calls(), 2)
		} else {
			assert.Len(t, s.calls(), 1)
		}
	})
}

// Clients that share credentials share their token.
func TestTokenIsShared(t *testing.T) {
	everyLogin(t, anyone, func(t *testing.T, s *service, l login) {
		credentials := l.credentials()
		readers(6, func(int) {
			_, err := s.clientWith(t, credentials).list(bounded(20)).Page(t.Context(), "")
			assert.NoError(t, err)
		})
		tokens := map[string]bool{}
		for _, r := range s.calls() {
			tokens[r.Header.Get("Authorization")+r.Query().Get("access_token")] = true
		}
		assert.Len(t, tokens, 1)
		asked := len(s.Requests()) - len(s.calls())
		assert.Equal(t, l.asks, asked == 1, "asked %d times", asked)
	})
}

// A token is renewed before it expires, so that the service never has to refuse one.
func TestTokenIsRenewedInTime(t *testing.T) {
	everyLogin(t, anyone, func(t *testing.T, s *service, l login) {
		list := s.clientWith(t, l.credentials()).list(bounded(20))
		for range 100 {
			collect(t, list)
			<-time.After(17 * time.Minute)
		}
		for _, r := range s.Requests() {
			require.NotEqual(t, http.StatusUnauthorized, r.Status)
		}
	})
}

// However many need a token, it is asked for once. The caller that asked for it may be cancelled
// without harm to the others.
func TestTokenIsAskedForOnce(t *testing.T) {
	everyLogin(t, asking, func(t *testing.T, s *service, l login) {
		s.Fail(fake.Fault{Token: true, Delay: 10 * time.Second})
		list := s.clientWith(t, l.credentials()).list(bounded(20))
		start := time.Now()
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		readers(6, func(i int) {
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

// A token that cannot be had ends the call with an error that says so, without a request to the
// API. The next call tries again.
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
			everyLogin(t, asking, func(t *testing.T, s *service, l login) {
				c.fault.Token = true
				s.FailWith(func(fake.Request) *fake.Fault { return &c.fault })
				list := s.clientWith(t, l.credentials(), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3})).list(bounded(20))
				_, err := list.Page(t.Context(), "")
				e := failure(t, s.adapter, err)
				assert.Equal(t, "get token", e.Op)
				assert.Equal(t, c.kind, e.Kind)
				assert.Equal(t, c.code, e.Code)
				assert.Len(t, s.Requests(), c.requests)
				assert.Empty(t, s.calls())
				assert.Equal(t, s.Requests()[0].Path, e.Path)
				assert.NotContains(t, texts(err), "canary")
				s.FailWith(nil)
				_, err = list.Page(t.Context(), "")
				require.NoError(t, err)
			})
		})
	}
}

func anyone(login) bool { return true }

func asking(l login) bool { return l.asks }

// everyLogin runs a test for each login that a fake knows. It has 13 records.
func everyLogin(t *testing.T, which func(l login) bool, test func(t *testing.T, s *service, l login)) {
	t.Helper()
	for _, a := range adapters {
		for i, l := range a.newService(misbehaviour{}).logins {
			if !which(l) {
				continue
			}
			t.Run(a.String()+", "+l.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := a.fill(13)
					test(t, s, s.logins[i])
				})
			})
		}
	}
}

// A token endpoint that asks for a pause is left alone by all who use the credentials, as the
// service itself is.
func TestTokenEndpointAsksForAPause(t *testing.T) {
	everyLogin(t, asking, func(t *testing.T, s *service, l login) {
		credentials := l.credentials()
		pause := func(seconds string) fake.Fault {
			return fake.Fault{Token: true, Status: 429, Header: http.Header{"Retry-After": {seconds}}}
		}
		s.Fail(pause("60"))
		begun := time.Now()
		readers(3, func(i int) {
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
			assert.Equal(t, time.Hour, failure(t, s.adapter, err).RetryAfter)
		}
		assert.Empty(t, s.Requests(), "nothing is sent before the hour is over")
		<-time.After(time.Hour)
		collect(t, s.clientWith(t, credentials).list(bounded(20)))
	})
}

// However the service and its token endpoint fail in turns, what is sent for one call is bounded.
func TestRequestsOfACall(t *testing.T) {
	everyLogin(t, anyone, func(t *testing.T, s *service, l login) {
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

// Calls that were given up leave nothing behind while the token endpoint is silent, unless what was
// sent may have replaced a refresh token: then the answer is waited for.
func TestSilentTokenEndpoint(t *testing.T) {
	everyLogin(t, asking, func(t *testing.T, s *service, l login) {
		s.FailWith(func(r fake.Request) *fake.Fault { return &fake.Fault{Token: true, Delay: time.Hour} })
		before := runtime.NumGoroutine()
		readers(200, func(int) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := s.clientWith(t, l.credentials()).list(bounded(20)).Page(ctx, "")
			assert.ErrorIs(t, err, context.DeadlineExceeded)
		})
		synctest.Wait()
		left := runtime.NumGoroutine() - before
		if l.rotates {
			assert.Greater(t, left, 180) // runtime.NumGoroutine counts those of others, which may end meanwhile
			<-time.After(time.Hour)      // it ends with its last attempt
		} else {
			assert.Less(t, left, 20)
		}
	})
}

// Clients of the same credentials do not fail because of each other's settings.
func TestImpatientClient(t *testing.T) {
	everyLogin(t, asking, func(t *testing.T, s *service, l login) {
		s.FailWith(func(r fake.Request) *fake.Fault { return &fake.Fault{Token: true, Delay: time.Second} })
		credentials := l.credentials()
		impatient := s.clientWith(t, credentials, activity.WithAttemptTimeout(50*time.Millisecond),
			activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}))
		patient := s.clientWith(t, credentials)
		readers(2, func(i int) {
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
