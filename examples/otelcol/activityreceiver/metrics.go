package activityreceiver

import (
	"context"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// metrics are the receiver's metrics, in addition to those of every receiver.
type metrics struct {
	receiver        string
	meter           metric.Meter
	behind          metric.Float64ObservableGauge
	failures, drops metric.Int64Counter
}

// cause is the kind of a failure.
type cause string

const (
	causeRound   cause = "round"   // a round failed; the next one reads the same records
	causeEnd     cause = "end"     // following failed; somebody may have to fix something
	causeStorage cause = "storage" // a checkpoint was not stored
)

func newMetrics(set receiver.Settings) (*metrics, error) {
	meter := set.MeterProvider.Meter(scope)
	behind, err := meter.Float64ObservableGauge("otelcol_activity_receiver_lag", metric.WithUnit("s"),
		metric.WithDescription("Now minus the time up to which a feed was delivered."))
	if err != nil {
		return nil, err
	}
	failures, err := meter.Int64Counter("otelcol_activity_receiver_failures", metric.WithUnit("{failures}"),
		metric.WithDescription("Failures of reading, and of storing a checkpoint."))
	if err != nil {
		return nil, err
	}
	drops, err := meter.Int64Counter("otelcol_activity_receiver_dropped_log_records", metric.WithUnit("{records}"),
		metric.WithDescription("Records that the pipeline refused permanently."))
	if err != nil {
		return nil, err
	}
	return &metrics{set.ID.String(), meter, behind, failures, drops}, nil
}

// sourceMetrics are the metrics of a source.
type sourceMetrics struct {
	*metrics
	attributes []attribute.KeyValue
	upTo       atomic.Int64 // the time up to which it was delivered, in nanoseconds since 1970
}

func (m *metrics) of(s source) *sourceMetrics {
	return &sourceMetrics{metrics: m, attributes: []attribute.KeyValue{
		attribute.String("receiver", m.receiver), attribute.String("vendor", s.vendor), attribute.String("tenant", s.tenant), attribute.String("feed", s.feed),
	}}
}

// watch measures the lag of the sources when metrics are read, until stop is called. The lag grows
// while nothing is delivered.
func (m *metrics) watch(sources []*sourceMetrics) (stop func() error, err error) {
	registration, err := m.meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for _, s := range sources {
			o.ObserveFloat64(m.behind, time.Since(time.Unix(0, s.upTo.Load())).Seconds(), metric.WithAttributes(s.attributes...))
		}
		return nil
	}, m.behind)
	if err != nil {
		return nil, err
	}
	return registration.Unregister, nil
}

func (m *sourceMetrics) delivered(upTo time.Time) { m.upTo.Store(upTo.UnixNano()) }

func (m *sourceMetrics) failed(ctx context.Context, c cause) {
	m.failures.Add(ctx, 1, metric.WithAttributes(m.attributes...), metric.WithAttributes(attribute.String("cause", string(c))))
}

func (m *sourceMetrics) dropped(ctx context.Context, records int) {
	m.drops.Add(ctx, int64(records), metric.WithAttributes(m.attributes...))
}
