package fake_test

import (
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/fake"
)

func refuse(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.FormatInt(fake.WholeSeconds(wait), 10))
	fake.WriteJSON(w, http.StatusTooManyRequests, "slow down")
}

// rate is what the rate headers say.
func rate(h http.Header) []string {
	return []string{h.Get("X-RateLimit-Limit"), h.Get("X-RateLimit-Remaining"), h.Get("X-RateLimit-Reset-Time")}
}

func TestQuotaIsASlidingWindowOverArrivals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(echo)
		s.SetQuota(3, time.Minute, refuse)
		s.RateHeaders(true)
		for _, step := range []struct {
			sleep      time.Duration // virtual
			status     int
			rate       []string
			retryAfter string
		}{
			{0, 200, []string{"3", "2", "60"}, ""},
			{10500 * time.Millisecond, 200, []string{"3", "1", "50"}, ""}, // 49.5 s, rounded up
			{20 * time.Second, 200, []string{"3", "0", "30"}, ""},
			{0, 429, []string{"3", "0", "30"}, "30"},
			{29499 * time.Millisecond, 429, []string{"3", "0", "1"}, "1"}, // a refused one was not counted
			{time.Millisecond, 200, []string{"3", "0", "11"}, ""},         // exactly a minute after the first
			{0, 429, []string{"3", "0", "11"}, "11"},
			{2 * time.Minute, 200, []string{"3", "2", "60"}, ""},
		} {
			<-time.After(step.sleep)
			resp, _ := get(t, s.Transport(), base)
			assert.Equal(t, step.status, resp.StatusCode)
			assert.Equal(t, step.rate, rate(resp.Header))
			assert.Equal(t, step.retryAfter, resp.Header.Get("Retry-After"))
		}
	})
}

func TestQuotaAtArrivalNotAtTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(echo)
		s.SetQuota(1, time.Minute, refuse)
		s.Fail(fake.Fault{Delay: 50 * time.Second}, fake.Fault{Delay: 30 * time.Second})
		get(t, s.Transport(), base)            // arrives at 0, answered at 50 s
		resp, _ := get(t, s.Transport(), base) // arrives at 50 s, answered at 80 s
		assert.Equal(t, 429, resp.StatusCode)
		assert.Equal(t, "10", resp.Header.Get("Retry-After"))
	})
}

func TestQuotaSparesTheTokenEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(echo)
		s.TokenPath(func(path string) bool { return path == "/token" })
		s.SetQuota(1, time.Minute, refuse)
		s.RateHeaders(true)
		for _, path := range []string{"/token", "/a", "/token", "/b"} {
			resp, _ := get(t, s.Transport(), base+path)
			assert.Equal(t, path == "/token", resp.Header.Get("X-RateLimit-Limit") == "")
		}
		assert.Equal(t, []int{200, 200, 200, 429}, statuses(s.Requests()))
	})
}

func TestQuotaAndFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(echo)
		s.SetQuota(2, time.Minute, refuse)
		s.RateHeaders(true)
		s.Fail(fake.Fault{Reset: true}, fake.Fault{Status: 500}, fake.Fault{Status: 503}, fake.Fault{Truncate: 2})
		meet(t, s.Transport(), http.MethodGet, base)
		resp, _ := get(t, s.Transport(), base)
		assert.Equal(t, []string{"2", "0", "60"}, rate(resp.Header), "a request that meets a fault is counted")
		for range 3 {
			resp, _ = get(t, s.Transport(), base)
			assert.Equal(t, []string{"2", "0", "60"}, rate(resp.Header))
		}
		assert.Equal(t, []int{0, 500, 503, 429, 429}, statuses(s.Requests()))
	})
}

func TestQuotaSwitches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(echo)
		ask := func() (int, []string) {
			resp, _ := get(t, s.Transport(), base)
			return resp.StatusCode, rate(resp.Header)
		}
		silent := []string{"", "", ""}
		check := func(wantStatus int, wantRate []string) {
			t.Helper()
			status, rate := ask()
			assert.Equal(t, wantStatus, status)
			assert.Equal(t, wantRate, rate)
		}
		s.RateHeaders(true)
		check(200, silent) // there is no quota to speak of
		s.SetQuota(1, time.Minute, nil)
		check(200, []string{"1", "0", "60"})
		check(429, []string{"1", "0", "60"})
		s.RateHeaders(false)
		check(429, silent)
		s.SetQuota(1, time.Minute, refuse) // begins again
		check(200, silent)
		check(429, silent)
		s.SetQuota(0, time.Minute, refuse)
		check(200, silent)
	})
}

func TestWholeSeconds(t *testing.T) {
	for d, want := range map[time.Duration]int64{
		0: 0, 1: 1, time.Second: 1, time.Second + 1: 2, time.Minute: 60,
	} {
		assert.Equal(t, want, fake.WholeSeconds(d), d)
	}
}

func TestQuotaInFixedWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(echo)
		s.FixedWindows(true)
		s.SetQuota(2, time.Minute, nil)
		s.RateHeaders(true)
		for _, step := range []struct {
			sleep  time.Duration // virtual, from a full minute on
			status int
			rate   []string
		}{
			{50 * time.Second, 200, []string{"2", "1", "10"}},
			{9 * time.Second, 200, []string{"2", "0", "1"}},
			{0, 429, []string{"2", "0", "1"}},
			{time.Second, 200, []string{"2", "1", "60"}}, // the next window
			{59 * time.Second, 200, []string{"2", "0", "1"}},
		} {
			<-time.After(step.sleep)
			resp, _ := get(t, s.Transport(), base)
			assert.Equal(t, step.status, resp.StatusCode)
			assert.Equal(t, step.rate, rate(resp.Header))
		}
	})
}

func TestQuotaCountsTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(echo)
		s.TokenPath(func(path string) bool { return path == "/token" })
		s.SetQuota(3, time.Minute, nil)
		s.CountTokens(true)
		s.RateHeaders(true)
		for i, path := range []string{"/token", "/a", "/token", "/b", "/token"} {
			resp, _ := get(t, s.Transport(), base+path)
			assert.Equal(t, []string{"", "1", "", "0", ""}[i], resp.Header.Get("X-RateLimit-Remaining"))
		}
		assert.Equal(t, []int{200, 200, 200, 429, 429}, statuses(s.Requests()))
	})
}
