package telemetry_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/internal/telemetry"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

var feed = store.FeedID{Vendor: "opswat", Tenant: "acme", Feed: "activities"}

// buffer is written to by two exporters.
type buffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// use does a bit of everything with an OPSWAT tenant, and gives the token that was in its URLs.
func use(t *testing.T, tm *telemetry.Telemetry) (token string) {
	t.Helper()
	server := opswattest.NewServer(opswattest.WithRows(3))
	server.Fail(opswattest.Fault{Status: http.StatusServiceUnavailable})
	client := server.Client(activity.WithMiddleware(tm.Middleware), activity.WithTenant("acme"), activity.WithRetry(activity.RetryPolicy{MinWait: time.Millisecond}))
	got, err := client.Activities(opswat.ActivityQuery{StartDate: time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC), EndDate: time.Date(2018, 12, 1, 0, 0, 0, 0, time.UTC)}).Collect(t.Context(), 0)
	require.NoError(t, err)
	tm.Storing(t.Context(), feed, len(got))(nil)
	tm.Storing(t.Context(), feed, 0)(errors.New("canary"))
	tm.Stored(t.Context(), feed, len(got), 90*time.Second)
	tm.Failed(t.Context(), feed)
	_, token, _ = strings.Cut(server.APIRequests()[0].RawQuery, "access_token=")
	require.NotEmpty(t, token)
	return token
}

var names = []string{"collector.records", "collector.failures", "collector.lag", "collector.store.duration", "collector.requests", "collector.retries",
	"collector.request.duration", "collector.wait", "opswat list activities", "acme", "activity-collector"}

func TestEverythingIsToldButSecrets(t *testing.T) {
	var out buffer
	tm, err := telemetry.Open(t.Context(), telemetry.Stdout, &out, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	token := use(t, tm)
	require.NoError(t, tm.Close())
	for _, name := range names {
		assert.Contains(t, out.String(), name)
	}
	assert.Contains(t, out.String(), `{"Key":"status","Value":{"Type":"INT64","Value":503}}`)
	for _, secret := range []string{token, opswattest.ClientKey, opswattest.ClientSecret, "access_token", "canary"} {
		assert.NotContains(t, out.String(), secret)
	}
}

func TestOTLP(t *testing.T) {
	var mu sync.Mutex
	received := map[string][]byte{}
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		mu.Lock()
		defer mu.Unlock()
		received[r.URL.Path] = append(received[r.URL.Path], body...)
	}))
	defer endpoint.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.URL)
	export, err := telemetry.Parse("")
	require.NoError(t, err)
	require.Equal(t, telemetry.OTLP, export)
	tm, err := telemetry.Open(t.Context(), export, io.Discard, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	use(t, tm)
	require.NoError(t, tm.Close())
	assert.Contains(t, string(received["/v1/metrics"]), "collector.lag")
	assert.Contains(t, string(received["/v1/traces"]), "opswat list activities")
}

func TestAnEndpointThatIsAwayIsToldOfWithoutItsPassword(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:canary@127.0.0.1:1")
	tm, err := telemetry.Open(t.Context(), telemetry.OTLP, io.Discard, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	use(t, tm)
	begun := time.Now()
	err = tm.Close()
	require.ErrorContains(t, err, "was not delivered")
	assert.NotContains(t, err.Error(), "canary")
	assert.Less(t, time.Since(begun), time.Second)
}

func TestOffByDefault(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	export, err := telemetry.Parse("")
	require.NoError(t, err)
	require.Equal(t, telemetry.Off, export)
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://localhost:1")
	t.Setenv("OTEL_SDK_DISABLED", "true")
	export, err = telemetry.Parse("")
	require.NoError(t, err)
	require.Equal(t, telemetry.Off, export)

	var out buffer
	tm, err := telemetry.Open(t.Context(), export, &out, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	use(t, tm)
	require.NoError(t, tm.Close())
	assert.Empty(t, out.String())
}
