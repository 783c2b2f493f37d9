package activityreceiver

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
)

// scope is the instrumentation scope of the receiver's logs and metrics.
const scope = "github.com/activity-sdk/activity/examples/otelcol/activityreceiver"

// NewFactory returns the factory of the receiver. Its type is "activity", and it produces logs.
func NewFactory() receiver.Factory {
	return receiver.NewFactory(component.MustNewType("activity"), createDefaultConfig,
		receiver.WithLogs(createLogs, component.StabilityLevelAlpha))
}

func createDefaultConfig() component.Config {
	return &Config{
		Every:  Duration(time.Minute),
		Format: FormatRaw,
		Retry:  Retry{InitialInterval: Duration(time.Second), MaxInterval: Duration(time.Minute)},
	}
}

func createLogs(_ context.Context, set receiver.Settings, config component.Config, next consumer.Logs) (receiver.Logs, error) {
	c, ok := config.(*Config)
	if !ok {
		return nil, fmt.Errorf("the configuration is a %T, and the receiver's is a *Config", config)
	}
	return newReceiver(set, c, next, c.open)
}
