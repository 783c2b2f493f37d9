package telemetry

import (
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/activity-sdk/activity"
)

// Middleware counts and times every attempt of a client's requests. Pass it to
// activity.WithMiddleware, which calls it before the request has credentials.
func (t *Telemetry) Middleware(next http.RoundTripper) http.RoundTripper {
	return requests{telemetry: t, next: next}
}

type requests struct {
	telemetry *Telemetry
	next      http.RoundTripper
}

func (r requests) RoundTrip(req *http.Request) (*http.Response, error) {
	t, ctx := r.telemetry, req.Context()
	call, _ := activity.CallFrom(ctx)
	of := attribute.NewSet(attribute.String("vendor", call.Vendor), attribute.String("tenant", call.Tenant), attribute.String("op", call.Op))
	t.waited.Record(ctx, call.Waited.Seconds(), metric.WithAttributeSet(of))
	if call.Attempt > 1 {
		t.retries.Add(ctx, 1, metric.WithAttributeSet(of))
	}
	begun := time.Now()
	resp, err := r.next.RoundTrip(req)
	status := 0 // no answer
	if err == nil {
		status = resp.StatusCode
	}
	answered := metric.WithAttributes(attribute.Int("status", status))
	t.requests.Add(ctx, 1, metric.WithAttributeSet(of), answered)
	t.took.Record(ctx, time.Since(begun).Seconds(), metric.WithAttributeSet(of), answered)
	return resp, err
}
