package telemetry

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/activity-sdk/activity"
)

// Middleware counts, times and traces every attempt of a tenant's requests. It is for
// activity.WithMiddleware, which shows it no credential; it tells neither queries nor bodies.
func (t *Telemetry) Middleware(vendor, tenant string) func(http.RoundTripper) http.RoundTripper {
	of := []attribute.KeyValue{attribute.String("vendor", vendor), attribute.String("tenant", tenant)}
	return func(next http.RoundTripper) http.RoundTripper {
		return &requests{telemetry: t, of: of, next: next}
	}
}

type requests struct {
	telemetry *Telemetry
	of        []attribute.KeyValue
	next      http.RoundTripper
	failed    sync.Map // paths whose last attempt failed
}

func (r *requests) RoundTrip(req *http.Request) (*http.Response, error) {
	t, ctx := r.telemetry, req.Context()
	_, again := r.failed.LoadAndDelete(req.URL.Path)
	if again {
		t.retries.Add(ctx, 1, metric.WithAttributes(r.of...))
	}
	ctx, span := t.tracer.Start(ctx, req.Method+" "+r.of[0].Value.AsString(), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(r.of...),
		trace.WithAttributes(attribute.String("http.request.method", req.Method), attribute.String("server.address", req.URL.Hostname()),
			attribute.String("url.path", req.URL.Path), attribute.Bool("retry", again)))
	defer span.End()
	begun := time.Now()
	resp, err := r.next.RoundTrip(req.WithContext(ctx))
	status := 0
	if err == nil {
		status = resp.StatusCode
	}
	if err != nil || status >= http.StatusBadRequest {
		span.SetStatus(codes.Error, http.StatusText(status))
		r.failed.Store(req.URL.Path, nil)
	}
	span.SetAttributes(attribute.Int("http.response.status_code", status))
	seen := metric.WithAttributes(append(slices.Clip(r.of), attribute.Int("status", status))...)
	t.requests.Add(ctx, 1, seen)
	t.took.Record(ctx, time.Since(begun).Seconds(), seen)
	return resp, err
}

// Limiter measures how long a tenant's requests wait for l.
func (t *Telemetry) Limiter(vendor, tenant string, l activity.AttemptLimiter) activity.AttemptLimiter {
	return limiter{AttemptLimiter: l, telemetry: t, of: metric.WithAttributes(attribute.String("vendor", vendor), attribute.String("tenant", tenant))}
}

type limiter struct {
	activity.AttemptLimiter
	telemetry *Telemetry
	of        metric.MeasurementOption
}

func (l limiter) Begin(ctx context.Context) (func(activity.Attempt), error) {
	begun := time.Now()
	done, err := l.AttemptLimiter.Begin(ctx)
	l.telemetry.waited.Record(ctx, time.Since(begun).Seconds(), l.of)
	return done, err
}
