package asperatest_test

import (
	"maps"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/internal/fake/faketest"
)

const base = "https://api.ibmaspera.com"

// send sends a request with a valid token, unless header has other credentials.
func send(t *testing.T, s *asperatest.Server, method, target string, body string, header http.Header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, base+target, strings.NewReader(body))
	require.NoError(t, err)
	token, err := s.TokenSource().Token()
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	req.Header.Set("Accept", "application/json")
	maps.Copy(req.Header, header)
	resp, text := faketest.Do(t, s.Transport(), req)
	return resp.StatusCode, text
}

func organization(s *asperatest.Server) aspera.Resource {
	return s.Client().Organization(asperatest.OrganizationID)
}

var noon = time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)

func TestClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // since the client retries
		s := asperatest.NewServer()
		s.Close()
		_, err := s.Client().OrganizationID(t.Context())
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		assert.Empty(t, s.Requests())
	})
}

func TestTokensExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := asperatest.NewServer(asperatest.WithTokenLifetime(time.Minute))
		token, err := s.TokenSource().Token()
		require.NoError(t, err)
		assert.Equal(t, time.Minute, time.Until(token.Expiry))
		header := http.Header{"Authorization": {"Bearer " + token.AccessToken}}
		status, _ := send(t, s, "GET", "/api/v1/self", "", header)
		assert.Equal(t, 200, status)
		<-time.NewTimer(time.Minute).C
		status, _ = send(t, s, "GET", "/api/v1/self", "", header)
		assert.Equal(t, 401, status)
	})
}

func TestConcurrentUse(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(50))
	r := s.Client().Organization(asperatest.OrganizationID)
	var users sync.WaitGroup
	for range 8 {
		users.Go(func() {
			s.Add(aspera.Transfer{UUID: "x"})
			_, err := r.Transfers(aspera.TransferQuery{PageSize: 7}).Collect(t.Context(), 0)
			assert.NoError(t, err)
			s.Delete("x")
		})
	}
	users.Wait()
	s.Delete("x")
	assert.Equal(t, 50, s.Len())
}

// TestNightOfTokens runs what the example of virtual time shows: an example has no *testing.T to
// run it with.
func TestNightOfTokens(t *testing.T) { nightOfTokens(t) }
