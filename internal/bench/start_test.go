package bench

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// startRows counts the requests before the first record, and with it.
func startRows(t *testing.T, s scale) []row {
	requests := 0
	client, err := newClient(service(t)(s.records, false), activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			requests++
			return next.RoundTrip(r)
		})
	}))
	require.NoError(t, err)
	list := client.Activities(snaplogic.ActivityQuery{PageSize: pageSize})
	before := requests
	for _, err := range list.All(t.Context()) {
		require.NoError(t, err)
		break
	}
	return []row{
		{what: "requests of New and of making a list", measured: float64(before), limit: 0, exact: true},
		{what: "requests until the first record", measured: float64(requests), limit: 1, exact: true},
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
