package telemetry

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

const scope = "github.com/activity-sdk/activity/examples/collector"

func service() []attribute.KeyValue {
	return []attribute.KeyValue{attribute.String("service.name", "activity-collector")}
}

// Telemetry is the collector's instruments. Open makes it.
type Telemetry struct {
	providers providers
	tracer    trace.Tracer

	records  metric.Int64Counter
	failures metric.Int64Counter
	lag      metric.Float64Gauge
	storing  metric.Float64Histogram
	requests metric.Int64Counter
	retries  metric.Int64Counter
	took     metric.Float64Histogram
	waited   metric.Float64Histogram
}

// Open starts exporting. Where an exporter fails later, logger is told; the collector goes on.
func Open(ctx context.Context, export Export, out io.Writer, logger *slog.Logger) (*Telemetry, error) {
	p, err := open(ctx, export, out)
	if err != nil {
		return nil, err
	}
	if export != Off {
		otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { logger.Warn("telemetry is not delivered", "error", quiet(err)) }))
	}
	return instruments(p)
}

func instruments(p providers) (*Telemetry, error) {
	meter := p.metrics.Meter(scope)
	t := &Telemetry{providers: p, tracer: p.traces.Tracer(scope)}
	var errs [8]error
	t.records, errs[0] = meter.Int64Counter("collector.records", metric.WithUnit("{record}"), metric.WithDescription("Records stored."))
	t.failures, errs[1] = meter.Int64Counter("collector.failures", metric.WithUnit("{failure}"), metric.WithDescription("Rounds and writes that failed and are tried again."))
	t.lag, errs[2] = meter.Float64Gauge("collector.lag", metric.WithUnit("s"), metric.WithDescription("Now minus the time up to which a feed is stored."))
	t.storing, errs[3] = meter.Float64Histogram("collector.store.duration", metric.WithUnit("s"), metric.WithDescription("Writes to the sink."))
	t.requests, errs[4] = meter.Int64Counter("collector.requests", metric.WithUnit("{request}"), metric.WithDescription("Requests sent to a vendor, without those for tokens."))
	t.retries, errs[5] = meter.Int64Counter("collector.retries", metric.WithUnit("{request}"), metric.WithDescription("Requests that repeat another one."))
	t.took, errs[6] = meter.Float64Histogram("collector.request.duration", metric.WithUnit("s"), metric.WithDescription("From sending a request to the header of its answer."))
	t.waited, errs[7] = meter.Float64Histogram("collector.wait", metric.WithUnit("s"), metric.WithDescription("From the beginning of a call, or the attempt before, to its next request: waiting for a token, the quota, or to repeat it."))
	return t, errors.Join(errs[:]...)
}

// Close delivers what is left, for a moment at most.
func (t *Telemetry) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	if err := t.providers.shutdown(ctx); err != nil {
		return errors.New("telemetry: the last of it was not delivered: " + quiet(err))
	}
	return nil
}

// Stored counts what was stored.
func (t *Telemetry) Stored(ctx context.Context, feed store.FeedID, records int, lag time.Duration) {
	of := attributes(feed)
	t.records.Add(ctx, int64(records), of)
	t.lag.Record(ctx, lag.Seconds(), of)
}

// Failed counts what failed and is tried again.
func (t *Telemetry) Failed(ctx context.Context, feed store.FeedID) {
	t.failures.Add(ctx, 1, attributes(feed))
}

// Storing traces a write.
func (t *Telemetry) Storing(ctx context.Context, feed store.FeedID, records int) func(error) {
	begun := time.Now()
	ctx, span := t.tracer.Start(ctx, "store", trace.WithAttributes(append(describe(feed), attribute.Int("records", records))...))
	return func(err error) {
		t.storing.Record(ctx, time.Since(begun).Seconds(), attributes(feed))
		if err != nil {
			span.SetStatus(codes.Error, "the sink failed")
		}
		span.End()
	}
}

func describe(feed store.FeedID) []attribute.KeyValue {
	return []attribute.KeyValue{attribute.String("vendor", feed.Vendor), attribute.String("tenant", feed.Tenant), attribute.String("feed", feed.Feed)}
}

func attributes(feed store.FeedID) metric.MeasurementOption {
	return metric.WithAttributes(describe(feed)...)
}
