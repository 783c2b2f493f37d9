package telemetry_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/status"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/internal/telemetry"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

var feed = store.FeedID{Vendor: "opswat", Tenant: "acme", Feed: "activities"}

func scrape(t *testing.T, tm *telemetry.Telemetry) string {
	t.Helper()
	answer := httptest.NewRecorder()
	tm.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
	return answer.Body.String()
}

// A feed that has not stored anything yet has all its series, so that an alert can fire.
func TestMetricsOfNewFeed(t *testing.T) {
	tm, err := telemetry.New("v1.2.3")
	require.NoError(t, err)
	board := status.NewBoard([]store.FeedID{feed}, time.Now().Add(-2*time.Hour), time.Hour, slog.New(slog.DiscardHandler))
	require.NoError(t, tm.Watch(board))
	const of = `{feed="activities",tenant="acme",vendor="opswat"}`
	text := scrape(t, tm)
	assert.Regexp(t, `(?m)^collector_lag_seconds`+of+` 720\d\.`, text)
	assert.Contains(t, text, "collector_records_total"+of+" 0\n")
	assert.Contains(t, text, "collector_failures_total"+of+" 0\n")
	assert.Contains(t, text, `collector_feed_state{feed="activities",state="starting",tenant="acme",vendor="opswat"} 1`)
	assert.Contains(t, text, `service_version="v1.2.3"`)

	board.Stored(feed, 3, time.Now(), time.Minute)
	board.Failed(feed, status.Refused, errors.New("canary"))
	text = scrape(t, tm)
	assert.Regexp(t, `(?m)^collector_lag_seconds`+of+` 60\.`, text)
	assert.Contains(t, text, "collector_records_total"+of+" 3\n")
	assert.Contains(t, text, "collector_failures_total"+of+" 1\n")
	assert.Contains(t, text, `collector_feed_state{feed="activities",state="starting",tenant="acme",vendor="opswat"} 0`)
	assert.Contains(t, text, `collector_feed_state{feed="activities",state="refused",tenant="acme",vendor="opswat"} 1`)
	assert.NotContains(t, text, "canary")
}

func TestRequestMetrics(t *testing.T) {
	tm, err := telemetry.New("v1.2.3")
	require.NoError(t, err)
	server := opswattest.NewServer(opswattest.WithRows(3))
	defer server.Close()
	server.Fail(opswattest.Fault{Status: http.StatusServiceUnavailable})
	client := server.Client(activity.WithMiddleware(tm.Middleware), activity.WithTenant("acme"), activity.WithRetry(activity.RetryPolicy{MinWait: time.Millisecond}))
	_, err = client.Activities(opswat.ActivityQuery{StartDate: time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC), EndDate: time.Date(2018, 12, 1, 0, 0, 0, 0, time.UTC)}).Collect(t.Context(), 0)
	require.NoError(t, err)
	text := scrape(t, tm)
	for _, series := range []string{
		`collector_requests_total{op="list activities",status="503",tenant="acme",vendor="opswat"} 1`,
		`collector_requests_total{op="list activities",status="200",tenant="acme",vendor="opswat"} 1`,
		`collector_retries_total{op="list activities",tenant="acme",vendor="opswat"} 1`,
		`collector_request_duration_seconds_count{op="list activities",status="503",tenant="acme",vendor="opswat"} 1`,
		`collector_wait_seconds_count{op="list activities",tenant="acme",vendor="opswat"} `,
		"process_resident_memory_bytes", "go_goroutines",
	} {
		assert.Contains(t, text, series)
	}
	for _, secret := range []string{opswattest.ClientKey, opswattest.ClientSecret, "access_token"} {
		assert.NotContains(t, text, secret)
	}
}
