// Package telemetry has the collector's metrics: OpenTelemetry's instruments, read by Prometheus.
// They contain no secrets: the middleware sees requests before they are authorized, and no label
// contains a URL.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/resource"

	"github.com/activity-sdk/activity/examples/collector/internal/status"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Telemetry has the collector's instruments. Use New to make it.
type Telemetry struct {
	registry *prometheus.Registry
	meter    metric.Meter

	requests metric.Int64Counter
	retries  metric.Int64Counter
	took     metric.Float64Histogram
	waited   metric.Float64Histogram
}

// seconds has few bounds, since each adds a series for every tenant.
var seconds = metric.WithExplicitBucketBoundaries(0.1, 1, 10, 60)

// New returns the instruments of a collector of the given version.
func New(version string) (*Telemetry, error) {
	t := &Telemetry{registry: prometheus.NewRegistry()}
	reader, err := exporter.New(exporter.WithRegisterer(t.registry), exporter.WithoutScopeInfo())
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	about := resource.NewSchemaless(attribute.String("service.name", "activity-collector"), attribute.String("service.version", version))
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithResource(about),
		sdkmetric.WithExemplarFilter(exemplar.AlwaysOffFilter))
	t.meter = provider.Meter("github.com/activity-sdk/activity/examples/collector")
	var errs [6]error
	errs[0] = t.registry.Register(collectors.NewGoCollector())
	errs[1] = t.registry.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	t.requests, errs[2] = t.meter.Int64Counter("collector.requests", metric.WithUnit("{request}"),
		metric.WithDescription("Requests sent to a vendor, without those for tokens."))
	t.retries, errs[3] = t.meter.Int64Counter("collector.retries", metric.WithUnit("{request}"),
		metric.WithDescription("Requests that were retries."))
	t.took, errs[4] = t.meter.Float64Histogram("collector.request.duration", metric.WithUnit("s"), seconds,
		metric.WithDescription("From sending a request to the header of its response."))
	t.waited, errs[5] = t.meter.Float64Histogram("collector.wait", metric.WithUnit("s"), seconds,
		metric.WithDescription("Wait before a request: for a token, the quota, or a retry."))
	return t, errors.Join(errs[:]...)
}

// Watch adds the metrics of all feeds of a board.
func (t *Telemetry) Watch(board *status.Board) error {
	var errs [4]error
	records, err := t.meter.Int64ObservableCounter("collector.records", metric.WithUnit("{record}"),
		metric.WithDescription("Records stored, including repeated ones."))
	errs[0] = err
	failures, err := t.meter.Int64ObservableCounter("collector.failures", metric.WithUnit("{failure}"),
		metric.WithDescription("Failed rounds and writes, which are retried."))
	errs[1] = err
	lag, err := t.meter.Float64ObservableGauge("collector.lag", metric.WithUnit("s"),
		metric.WithDescription("Now minus the time up to which a feed is stored."))
	errs[2] = err
	state, err := t.meter.Int64ObservableGauge("collector.feed.state",
		metric.WithDescription("1 for the current state of a feed, 0 for the other states."))
	errs[3] = err
	if err := errors.Join(errs[:]...); err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	_, err = t.meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for _, feed := range board.Feeds() {
			of := describe(feed.ID)
			o.ObserveInt64(records, feed.Records, metric.WithAttributes(of...))
			o.ObserveInt64(failures, feed.Failures, metric.WithAttributes(of...))
			o.ObserveFloat64(lag, feed.Lag.Seconds(), metric.WithAttributes(of...))
			for _, s := range status.States {
				is := int64(0)
				if feed.State == s {
					is = 1
				}
				o.ObserveInt64(state, is, metric.WithAttributes(append(describe(feed.ID), attribute.String("state", string(s)))...))
			}
		}
		return nil
	}, records, failures, lag, state)
	return err
}

func describe(feed store.FeedID) []attribute.KeyValue {
	return []attribute.KeyValue{attribute.String("vendor", feed.Vendor), attribute.String("tenant", feed.Tenant), attribute.String("feed", feed.Feed)}
}

// Handler answers a scrape, in the text format of Prometheus or in OpenMetrics.
func (t *Telemetry) Handler() http.Handler {
	return promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{})
}
