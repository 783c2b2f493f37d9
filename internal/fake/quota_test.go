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
	fake.SetRetryAfter(w, wait)
	fake.WriteJSON(w, http.StatusTooManyRequests, "slow down")
}

// rate returns the rate headers.
func rate(h http.Header) []string {
	return []string{h.Get("X-RateLimit-Limit"), h.Get("X-RateLimit-Remaining"), h.Get("X-RateLimit-Reset-Time")}
}

func TestQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(echo)
		s.Quota = fake.Quota{Limit: 3, Per: time.Minute, Refuse: refuse, Headers: true}
		for _, step := range []struct {
			sleep      time.Duration // of virtual time
			status     int
			rate       []string
			retryAfter string
		}{
			{0, 200, []string{"3", "2", "60"}, ""},
			{10500 * time.Millisecond, 200, []string{"3", "1", "50"}, ""}, // 49.5 s, rounded up
			{20 * time.Second, 200, []string{"3", "0", "30"}, ""},
			{0, 429, []string{"3", "0", "30"}, "30"},
			{29499 * time.Millisecond, 429, []string{"3", "0", "1"}, "1"}, // a refused request does not count
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

func TestQuotaCountsArrivals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(echo)
		s.Quota = fake.Quota{Limit: 1, Per: time.Minute, Refuse: refuse}
		s.Fail(fake.Fault{Delay: 50 * time.Second}, fake.Fault{Delay: 30 * time.Second})
		get(t, s.Transport(), base)            // arrives at 0, answered at 50 s
		resp, _ := get(t, s.Transport(), base) // arrives at 50 s, answered at 80 s
		assert.Equal(t, 429, resp.StatusCode)
		assert.Equal(t, "10", resp.Header.Get("Retry-After"))
	})
}

func TestQuotaIgnoresTokenRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(echo)
		s.TokenPath = func(path string) bool { return path == "/token" }
		s.Quota = fake.Quota{Limit: 1, Per: time.Minute, Refuse: refuse, Headers: true}
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
		s.Quota = fake.Quota{Limit: 2, Per: time.Minute, Refuse: refuse, Headers: true}
		s.Fail(fake.Fault{Reset: true}, fake.Fault{Status: 500}, fake.Fault{Status: 503}, fake.Fault{Truncate: 2})
		send(t, s.Transport(), http.MethodGet, base)
		resp, _ := get(t, s.Transport(), base)
		assert.Equal(t, []string{"2", "0", "60"}, rate(resp.Header), "a request with a fault counts")
		for range 3 {
			resp, _ = get(t, s.Transport(), base)
			assert.Equal(t, []string{"2", "0", "60"}, rate(resp.Header))
		}
		assert.Equal(t, []int{0, 500, 503, 429, 429}, statuses(s.Requests()))
	})
}

func TestQuotaHeaders(t *testing.T) {
	const epoch = 946_684_800 // at which a bubble begins
	for name, tc := range map[string]struct {
		quota      fake.Quota
		status     int // of the second request
		rate       []string
		retryAfter string
	}{
		"no quota":        {fake.Quota{Headers: true}, 200, []string{"", "", ""}, ""},
		"default refusal": {fake.Quota{Limit: 1, Per: time.Minute, Headers: true}, 429, []string{"1", "0", "60"}, ""},
		"no headers":      {fake.Quota{Limit: 1, Per: time.Minute, Refuse: refuse}, 429, []string{"", "", ""}, "60"},
		"reset as a time": {
			fake.Quota{Limit: 1, Per: time.Minute, Refuse: refuse, Headers: true, ResetEpoch: true},
			429, []string{"1", "0", strconv.Itoa(epoch + 60)}, "60",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := fake.NewServer(echo)
				s.Quota = tc.quota
				for _, status := range []int{200, tc.status} {
					resp, _ := get(t, s.Transport(), base)
					assert.Equal(t, status, resp.StatusCode)
					assert.Equal(t, tc.rate, rate(resp.Header))
					if status == 429 {
						assert.Equal(t, tc.retryAfter, resp.Header.Get("Retry-After"))
					}
				}
			})
		})
	}
}

func TestWholeSeconds(t *testing.T) {
	for d, want := range map[time.Duration]int64{
		0: 0, 1: 1, time.Second: 1, time.Second + 1: 2, time.Minute: 60,
	} {
		assert.Equal(t, want, fake.WholeSeconds(d), d)
	}
}

func TestQuotaFixedWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(echo)
		s.Quota = fake.Quota{Limit: 2, Per: time.Minute, FixedWindows: true, Headers: true}
		for _, step := range []struct {
			sleep  time.Duration // of virtual time, which begins at a full minute
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
		s.TokenPath = func(path string) bool { return path == "/token" }
		s.Quota = fake.Quota{Limit: 3, Per: time.Minute, CountTokens: true, Headers: true}
		for i, path := range []string{"/token", "/a", "/token", "/b", "/token"} {
			resp, _ := get(t, s.Transport(), base+path)
			assert.Equal(t, []string{"", "1", "", "0", ""}[i], resp.Header.Get("X-RateLimit-Remaining"))
		}
		assert.Equal(t, []int{200, 200, 200, 429, 429}, statuses(s.Requests()))
	})
}
