package opswat_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// tokenStore stores refresh tokens, or fails.
type tokenStore struct {
	mu     sync.Mutex
	stored []string
	asked  []string
	fail   func(token string) error
	during func(ctx context.Context)
}

func (k *tokenStore) rotated(ctx context.Context, token string) error {
	if k.during != nil {
		k.during(ctx)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked = append(k.asked, token)
	if k.fail != nil {
		return k.fail(token)
	}
	k.stored = append(k.stored, token)
	return nil
}

func refreshing(s *opswattest.Server, k *tokenStore) opswat.Credentials {
	return opswat.RefreshToken(opswattest.ClientKey, opswattest.ClientSecret, s.RefreshToken(), k.rotated)
}

// usedTokens returns the refresh tokens that were sent, in order.
func usedTokens(t *testing.T, s *opswattest.Server) []string {
	t.Helper()
	var out []string
	for _, r := range s.Requests() {
		if r.Path == "/o/oauth/token" {
			var token string
			_, err := fmt.Sscanf(string(r.Body), "client_id=example-client-key&client_secret=example-client-secret&grant_type=refresh_token&refresh_token=%s", &token)
			require.NoError(t, err, string(r.Body))
			out = append(out, token)
		}
	}
	return out
}

// Each new refresh token is stored once, before it or its access token is used.
func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer(opswattest.WithTokenLifetime(time.Hour))
		k := &tokenStore{}
		first := server.RefreshToken()
		list := newClient(t, server.Transport(), opswat.RefreshToken(opswattest.ClientKey, opswattest.ClientSecret, first, k.rotated)).
			Activities(opswat.ActivityQuery{})
		server.OnRequest(func(r opswattest.Request) {
			k.mu.Lock()
			defer k.mu.Unlock()
			used := usedTokens(t, server)
			if r.Path == "/o/oauth/token" {
				assert.Len(t, k.stored, len(used)-1, "a refresh token is used that is not stored")
			} else {
				assert.Len(t, k.stored, len(used), "an access token is used before its refresh token is stored")
			}
		})
		for range 10 {
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					_, err := list.Collect(t.Context(), 0)
					assert.NoError(t, err)
				})
			}
			wg.Wait()
			<-time.After(2 * time.Hour)
		}
		used := usedTokens(t, server)
		require.Len(t, used, 10)
		assert.Equal(t, first, used[0])
		assert.Equal(t, used[1:], k.stored[:9], "each once, in order")
		assert.Len(t, k.stored, 10)
		assert.Equal(t, k.stored, k.asked)
	})
}

// Without a new token, or with the same one again, nothing is stored.
func TestRefreshWithoutRotation(t *testing.T) {
	for _, member := range []string{"", `,"refresh_token":""`, `,"refresh_token":"the-only-one"`, `,"refresh_token":null`} {
		synctest.Test(t, func(t *testing.T) {
			server := opswattest.NewServer()
			k := &tokenStore{}
			var sent []string
			rt := roundTrip(func(req *http.Request) (*http.Response, error) {
				if isTokenRequest(req) {
					require.NoError(t, req.ParseForm())
					sent = append(sent, req.PostForm.Get("refresh_token"))
					return answer(req, 200, `{"access_token":"`+server.AccessToken()+`","expires_in":60`+member+`}`), nil
				}
				return server.Transport().RoundTrip(req)
			})
			list := newClient(t, rt, opswat.RefreshToken("k-e-y", "s-e-c-r-e-t", "the-only-one", k.rotated)).Activities(opswat.ActivityQuery{})
			for range 3 {
				_, err := list.Collect(t.Context(), 0)
				require.NoError(t, err)
				<-time.After(time.Hour)
			}
			assert.Equal(t, []string{"the-only-one", "the-only-one", "the-only-one"}, sent)
			assert.Empty(t, k.asked)
		})
	}
}

func TestRotatedTokenNotStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer(opswattest.WithTokenLifetime(time.Hour))
		full := errors.New("the disk is full")
		failing := func(string) error { return full }
		k := &tokenStore{fail: failing}
		list := newClient(t, server.Transport(), refreshing(server, k)).Activities(opswat.ActivityQuery{})

		for range 3 {
			_, err := list.Collect(t.Context(), 0)
			require.ErrorIs(t, err, full)
			e := kindOf(t, err)
			assert.Equal(t, "opswat: get token: the rotated refresh token could not be stored; the next call tries again: the disk is full", err.Error())
			assert.True(t, e.Temporary())
			assert.Empty(t, server.APIRequests(), "the access token is not used either")
		}
		require.Len(t, k.asked, 3)
		assert.Equal(t, []string{k.asked[0], k.asked[0]}, k.asked[1:], "the same token again")
		assert.Len(t, server.Requests(), 1, "nothing is sent before it is stored")

		k.fail = nil
		_, err := list.Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, k.asked, 4)
		assert.Len(t, server.Requests(), 2, "its access token is still valid")

		// The next refresh token is stored too late: its access token has expired.
		<-time.After(2 * time.Hour)
		k.fail = failing
		_, err = list.Collect(t.Context(), 0)
		require.ErrorIs(t, err, full)
		<-time.After(2 * time.Hour)
		k.fail = nil
		_, err = list.Collect(t.Context(), 0)
		require.NoError(t, err)
		used := usedTokens(t, server)
		require.Len(t, used, 3)
		assert.Equal(t, append([]string{used[1]}, used[2]), k.stored[:2], "stored before it is used")
		assert.Len(t, k.stored, 3)
		for _, r := range server.APIRequests() {
			assert.Equal(t, http.StatusRequestEntityTooLarge, r.Status, "no expired access token is used")
		}
	})
}

// The callback runs once for all calls that wait. It does not end with their contexts, and a call
// whose context ends does not wait for it.
func TestRotationCallbackIsDetached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		server := opswattest.NewServer()
		k := &tokenStore{during: func(ctx context.Context) {
			assert.Equal(t, "value", ctx.Value(key{}))
			_, hasDeadline := ctx.Deadline()
			assert.False(t, hasDeadline)
			<-time.After(time.Minute)
			assert.NoError(t, ctx.Err())
		}}
		list := newClient(t, server.Transport(), refreshing(server, k)).Activities(opswat.ActivityQuery{})
		var wg sync.WaitGroup
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "value"), time.Second)
			defer cancel()
			_, err := list.Collect(ctx, 0)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, time.Second, sinceStart())
		})
		synctest.Wait()
		for range 3 {
			wg.Go(func() {
				_, err := list.Collect(t.Context(), 0)
				assert.NoError(t, err)
			})
		}
		wg.Wait()
		assert.Equal(t, time.Minute, sinceStart())
		assert.Len(t, k.asked, 1)
	})
}

// A refused refresh token is an error that is not retried.
func TestRefreshTokenRejected(t *testing.T) {
	server := opswattest.NewServer()
	k := &tokenStore{}
	client := newClient(t, server.Transport(), opswat.RefreshToken(opswattest.ClientKey, opswattest.ClientSecret, "canary-used-up", k.rotated))
	_, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrUnauthorized)
	assert.Equal(t, "invalid_grant", kindOf(t, err).Code)
	assert.False(t, kindOf(t, err).Temporary())
	assert.NotContains(t, err.Error(), "canary")
	assert.Empty(t, k.asked)
	assert.Len(t, server.Requests(), 1)
}

// No error contains a refresh token, not even in the texts of the callback and the server.
func TestRotatedTokensAreRedacted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer(opswattest.WithTokenLifetime(time.Minute))
		k := &tokenStore{}
		first := server.RefreshToken()
		client := newClient(t, server.Transport(), opswat.RefreshToken(opswattest.ClientKey, opswattest.ClientSecret, first, k.rotated))
		list := client.Activities(opswat.ActivityQuery{})
		for range 20 {
			_, err := list.Collect(t.Context(), 0)
			require.NoError(t, err)
			<-time.After(time.Hour)
		}
		held := append([]string{first}, k.stored...)
		require.Len(t, held, 21)
		text := fmt.Sprint(held)

		check := func(err error) {
			t.Helper()
			require.Error(t, err)
			e := kindOf(t, err)
			for _, token := range append(held, k.asked...) {
				for _, said := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err), string(e.Body), e.Message} {
					assert.NotContains(t, said, token)
				}
			}
			assert.Contains(t, err.Error(), "[redacted]")
		}
		server.Fail(opswattest.Fault{Token: true, Status: 400, Body: `{"error":"` + text + `"}`})
		_, err := list.Collect(t.Context(), 0)
		check(err)

		server.Fail(opswattest.Fault{Status: 400, Body: `{"error":"` + text + `"}`})
		_, err = list.Collect(t.Context(), 0)
		check(err)

		<-time.After(time.Hour)
		k.fail = func(token string) error { return fmt.Errorf("cannot insert %s beside %s", token, text) }
		_, err = list.Collect(t.Context(), 0)
		check(err)
	})
}

// A callback that uses the client would wait for itself, so it gets an error.
func TestRotationCallbackUsesClient(t *testing.T) {
	for name, with := range map[string]func(ctx context.Context) context.Context{
		"its context": func(ctx context.Context) context.Context { return ctx },
		"another":     func(context.Context) context.Context { return context.Background() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := opswattest.NewServer(opswattest.WithRows(3))
				var client *opswat.Client
				k := &tokenStore{}
				k.during = func(ctx context.Context) {
					_, err := client.Activities(opswat.ActivityQuery{}).Page(with(ctx), "")
					assert.ErrorIs(t, err, activity.ErrInvalid)
					assert.ErrorContains(t, err, "uses a client that needs this token")
				}
				client = newClient(t, s.Transport(), refreshing(s, k))
				_, err := client.Activities(opswat.ActivityQuery{}).Page(t.Context(), "")
				require.NoError(t, err)
				assert.Len(t, k.stored, 1)
			})
		})
	}
}
