package opswattest_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake/faketest"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

const base = "https://gears.opswat.com"

// send sends a request.
func send(t *testing.T, s *opswattest.Server, method, target, body string, header map[string]string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, base+target, strings.NewReader(body))
	require.NoError(t, err)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	return faketest.Do(t, s.Transport(), req)
}

func jsonHeader() map[string]string {
	return map[string]string{"Accept": "application/json", "Content-Type": "application/json"}
}

func formHeader() map[string]string {
	return map[string]string{"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
}

// list sends a request for activities with a valid token.
func list(t *testing.T, s *opswattest.Server, body string) (*http.Response, string) {
	t.Helper()
	return send(t, s, "POST", "/o/api/v3/activities?access_token="+s.AccessToken(), body, jsonHeader())
}

func ids(items []opswat.Activity) string {
	var out []string
	for _, a := range items {
		out = append(out, a.DeviceID)
	}
	return strings.Join(out, " ")
}

func TestClient(t *testing.T) {
	s := opswattest.NewServer()
	assert.PanicsWithValue(t, "opswattest: the client cannot be made: opswat: new client: invalid request: "+
		"WithLogger: the logger is nil", func() { s.Client(activity.WithLogger(nil)) })

	source := opswat.RefreshToken(opswattest.ClientKey, opswattest.ClientSecret, s.RefreshToken(), func(context.Context, string) error { return nil })
	client, err := opswat.New(source, activity.WithTransport(s.Transport()))
	require.NoError(t, err)
	_, err = client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, s.Requests(), 2)
	assert.Len(t, s.APIRequests(), 1)
}

func TestURL(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithRows(60))
	defer s.Close()
	client, err := opswat.New(s.Credentials(), activity.WithBaseURL(s.URL()))
	require.NoError(t, err)
	got, err := client.Activities(everything()).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 60)
}

func TestQuota(t *testing.T) {
	tests := map[string]struct {
		options []opswattest.Option
		lets    int
	}{
		"default": {nil, 10},
		"another": {[]opswattest.Option{opswattest.WithQuota(3, time.Minute)}, 3},
		"none":    {[]opswattest.Option{opswattest.WithoutQuota()}, 25},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := opswattest.NewServer(append(tt.options, opswattest.WithEmptyPageAtEnd())...)
				passed := 0
				for range 25 {
					resp, text := list(t, s, "{}")
					if resp.StatusCode == 200 {
						passed++
						continue
					}
					assert.Equal(t, http.StatusTooManyRequests, resp.StatusCode)
					assert.Equal(t, `{"error":"the quota of this API is used up"}`, text)
					assert.Empty(t, resp.Header.Get("Retry-After"), "the vendor does not mention it")
				}
				assert.Equal(t, tt.lets, passed)
				<-time.After(time.Minute)
				resp, _ := list(t, s, "{}")
				assert.Equal(t, 200, resp.StatusCode)
				assert.Equal(t, 25, opswattest.MaxInWindow(s.APIRequests(), time.Minute))
			})
		})
	}
}

func TestRateHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		resp, _ := list(t, opswattest.NewServer(), "{}")
		for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset-Time"} {
			assert.Empty(t, resp.Header.Values(name))
		}
		for _, form := range []opswattest.RateHeaders{opswattest.ResetInDelta, opswattest.ResetInEpoch} {
			s := opswattest.NewServer(opswattest.WithQuota(2, time.Minute), opswattest.WithRateHeaders(form))
			begun := time.Now()
			for i, remaining := range []string{"1", "0", "0"} {
				resp, _ := list(t, s, "{}")
				assert.Equal(t, "2", resp.Header.Get("X-RateLimit-Limit"))
				assert.Equal(t, remaining, resp.Header.Get("X-RateLimit-Remaining"))
				reset, err := strconv.Atoi(resp.Header.Get("X-RateLimit-Reset-Time"))
				require.NoError(t, err)
				if form == opswattest.ResetInDelta {
					assert.Equal(t, 60-10*i, reset)
				} else {
					assert.EqualValues(t, begun.Add(time.Minute).Unix(), reset)
				}
				<-time.After(10 * time.Second)
			}
		}
	})
}

// TestKeepsTheQuota and TestFixedWindows run what the examples of virtual time show: an example has
// no *testing.T to run it with.
func TestKeepsTheQuota(t *testing.T) { keepsTheQuota(t) }

func TestFixedWindows(t *testing.T) { fixedWindows(t) }
