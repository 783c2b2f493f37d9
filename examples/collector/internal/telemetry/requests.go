package telemetry

import (
	"net/http"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/activity-sdk/activity"
)

// Middleware counts, times and traces every attempt of a client's requests. It is for
// activity.WithMiddleware, which shows it no credential; it tells neither queries nor bodies.
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
	of := []attribute.KeyValue{attribute.String("vendor", call.Vendor), attribute.String("tenant", call.Tenant), attribute.String("op", call.Op)}
	t.waited.Record(ctx, call.Waited.Seconds(), metric.WithAttributes(of...))
	if call.Attempt > 1 {
		t.retries.Add(ctx, 1, metric.WithAttributes(of...))
	}
	ctx, span := t.tracer.Start(ctx, call.Vendor+" "+call.Op, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(of...),
		trace.WithAttributes(attribute.String("http.request.method", req.Method), attribute.String("server.address", req.URL.Hostname()),
			attribute.String("url.path", req.URL.Path), attribute.Int("attempt", call.Attempt)))
	defer span.End()
	begun := time.Now()
	resp, err := r.next.RoundTrip(req.WithContext(ctx))
	status := 0
	if err == nil {
		status = resp.StatusCode
	}
	if err != nil || status >= http.StatusBadRequest {
		span.SetStatus(codes.Error, http.StatusText(status))
	}
	span.SetAttributes(attribute.Int("http.response.status_code", status))
	seen := metric.WithAttributes(append(slices.Clip(of), attribute.Int("status", status))...)
	t.requests.Add(ctx, 1, seen)
	t.took.Record(ctx, time.Since(begun).Seconds(), seen)
	return resp, err
}
