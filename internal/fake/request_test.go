package fake_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/fake"
)

func TestRequestQuery(t *testing.T) {
	r := fake.Request{Method: "GET", Path: "/p", RawQuery: "a=1&b=%zz&c=3&c=4"}
	assert.Equal(t, url.Values{"a": {"1"}, "c": {"3", "4"}}, r.Query())
	assert.Equal(t, "GET /p?a=1&b=%zz&c=3&c=4", r.Line())
	assert.Equal(t, "GET /p", fake.Request{Method: "GET", Path: "/p"}.Line())
}

func TestMaxInWindow(t *testing.T) {
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		seconds []float64
		want    int
	}{
		"none":                        {nil, 0},
		"one":                         {[]float64{0}, 1},
		"exactly a window apart":      {[]float64{0, 60}, 1},
		"just less":                   {[]float64{0, 59.999}, 2},
		"same instant":                {[]float64{5, 5, 5}, 3},
		"across a minute of the wall": {[]float64{50, 55, 58, 61, 65, 109, 110}, 6},
		"out of order":                {[]float64{0, 120, 1, 121, 2}, 3},
		"later is denser":             {[]float64{0, 1, 100, 101, 102}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			var requests []fake.Request
			for _, s := range tc.seconds {
				requests = append(requests, fake.Request{Time: start.Add(time.Duration(s * float64(time.Second)))})
			}
			assert.Equal(t, tc.want, fake.MaxInWindow(requests, time.Minute))
		})
	}
	assert.Zero(t, fake.MaxInWindow([]fake.Request{{Time: start}}, 0), "an empty span holds nothing")
}
