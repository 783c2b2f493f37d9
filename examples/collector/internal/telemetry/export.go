// Package telemetry gives the collector's metrics and traces to OpenTelemetry. It sees no secret:
// requests are seen before they are authorized, and of a URL only host and path are told.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/exporters/stdout/stdoutmetric"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
)

// Export tells where metrics and traces go.
type Export string

// The values of Export. OTLP is configured by the variables that OpenTelemetry defines, such as
// OTEL_EXPORTER_OTLP_ENDPOINT.
const (
	Off    Export = "off"
	OTLP   Export = "otlp"   // OTLP over HTTP
	Stdout Export = "stdout" // JSON, for a look at what there is
)

// Parse reads an Export. "" is Off, unless the environment names an OTLP endpoint.
func Parse(text string) (Export, error) {
	switch e := Export(text); e {
	case Off, OTLP, Stdout:
		return e, nil
	case "":
		if os.Getenv("OTEL_SDK_DISABLED") != "true" && endpointSet() {
			return OTLP, nil
		}
		return Off, nil
	}
	return "", fmt.Errorf("telemetry %q: want off, otlp or stdout", text)
}

func endpointSet() bool {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}

// providers are where instruments and tracers come from.
type providers struct {
	metrics  metric.MeterProvider
	traces   trace.TracerProvider
	shutdown func(context.Context) error
}

func open(ctx context.Context, export Export, out io.Writer) (providers, error) {
	var metrics sdkmetric.Exporter
	var spans sdktrace.SpanExporter
	var err, spansErr error
	switch export {
	case OTLP:
		metrics, err = otlpmetrichttp.New(ctx)
		spans, spansErr = otlptracehttp.New(ctx)
	case Stdout:
		metrics, err = stdoutmetric.New(stdoutmetric.WithWriter(out))
		spans, spansErr = stdouttrace.New(stdouttrace.WithWriter(out))
	default:
		return providers{metricnoop.NewMeterProvider(), tracenoop.NewTracerProvider(), func(context.Context) error { return nil }}, nil
	}
	if err := errors.Join(err, spansErr); err != nil {
		return providers{}, fmt.Errorf("telemetry: %w", err)
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(service()...), resource.WithFromEnv())
	if err != nil {
		return providers{}, fmt.Errorf("telemetry: OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithResource(about), sdkmetric.WithReader(sdkmetric.NewPeriodicReader(metrics)),
		sdkmetric.WithExemplarFilter(exemplar.AlwaysOffFilter))
	tracers := sdktrace.NewTracerProvider(sdktrace.WithResource(about), sdktrace.WithBatcher(spans))
	return providers{meters, tracers, func(ctx context.Context) error {
		return errors.Join(meters.Shutdown(ctx), tracers.Shutdown(ctx))
	}}, nil
}

// flushTime bounds what Close may take: an interrupted collector ends within a second.
const flushTime = 700 * time.Millisecond

// quiet keeps the address out of what an exporter complains of, where it has a password in it.
func quiet(err error) string {
	text := err.Error()
	if i := strings.Index(text, "://"); i >= 0 && strings.Contains(text[i:], "@") {
		return "the OTLP endpoint does not take what it is sent (its address has a password and is not repeated here)"
	}
	return text
}
