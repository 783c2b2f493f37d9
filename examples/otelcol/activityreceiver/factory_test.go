package activityreceiver

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

func TestFactory(t *testing.T) {
	f := NewFactory()
	assert.Equal(t, "activity", f.Type().String())
	require.NoError(t, componenttest.CheckConfigStruct(f.CreateDefaultConfig()))
}

// The collector's own checks of every component.
func TestLifecycle(t *testing.T) {
	f := NewFactory()
	create := func(t *testing.T) receiver.Logs {
		t.Helper()
		config := f.CreateDefaultConfig().(*Config)
		config.Since = "2010-01-01"
		for _, vendor := range vendorNames() {
			config.Tenants = append(config.Tenants, Tenant{Name: vendor, Vendor: vendor, Demo: true})
		}
		require.NoError(t, config.Validate())
		r, err := f.CreateLogs(t.Context(), receivertest.NewNopSettings(f.Type()), config, consumertest.NewNop())
		require.NoError(t, err)
		return r
	}
	t.Run("shutdown", func(t *testing.T) {
		require.NoError(t, create(t).Shutdown(t.Context()))
	})
	t.Run("lifecycle", func(t *testing.T) {
		for range 2 {
			r := create(t)
			require.NoError(t, r.Start(t.Context(), componenttest.NewNopHost()))
			require.NoError(t, r.Shutdown(t.Context()))
		}
	})
}

func TestStartWithoutStorage(t *testing.T) {
	f := NewFactory()
	config := f.CreateDefaultConfig().(*Config)
	config.Storage = &storageID
	r, err := f.CreateLogs(t.Context(), receivertest.NewNopSettings(f.Type()), config, consumertest.NewNop())
	require.NoError(t, err)
	require.EqualError(t, r.Start(t.Context(), componenttest.NewNopHost()), `storage: there is no extension "disk"`)
	require.NoError(t, r.Shutdown(t.Context()))
}

// The collector's own test of the contract between receivers and consumers: temporarily refused
// batches are retried, permanently refused ones are not, and nothing else is lost or duplicated.
func TestConsumeContract(t *testing.T) {
	g := &generator{}
	f := receiver.NewFactory(NewFactory().Type(), createDefaultConfig, receiver.WithLogs(
		func(_ context.Context, set receiver.Settings, config component.Config, next consumer.Logs) (receiver.Logs, error) {
			named, err := consumer.NewLogs(func(ctx context.Context, logs plog.Logs) error {
				name(logs)
				return next.ConsumeLogs(ctx, logs)
			})
			if err != nil {
				return nil, err
			}
			return newReceiver(set, config.(*Config), named, g.open)
		}, component.StabilityLevelAlpha))
	config := createDefaultConfig().(*Config)
	config.Retry = Retry{InitialInterval: Duration(time.Millisecond), MaxInterval: Duration(5 * time.Millisecond)}
	receivertest.CheckConsumeContract(receivertest.CheckConsumeContractParams{
		T: t, Factory: f, Signal: pipeline.SignalLogs, Config: config, Generator: g, GenerateCount: 100,
	})
}

// name sets the attribute by which the collector's test identifies records.
func name(logs plog.Logs) {
	for _, resource := range logs.ResourceLogs().All() {
		for _, scoped := range resource.ScopeLogs().All() {
			for _, record := range scoped.LogRecords().All() {
				uid, _ := record.Attributes().Get("log.record.uid")
				record.Attributes().PutStr(receivertest.UniqueIDAttrName, uid.Str())
			}
		}
	}
}

// generator adds events to a service that is followed with a short interval.
type generator struct {
	made    atomic.Int64
	service atomic.Pointer[fakeService]
}

func (g *generator) open(logger *slog.Logger) ([]source, func(), error) {
	g.service.Store(&fakeService{})
	sources, stop, err := openerOf(g.service.Load())(logger)
	sources[0].options.Every = 5 * time.Millisecond
	return sources, stop, err
}

func (g *generator) Start() {}
func (g *generator) Stop()  {}

func (g *generator) Generate() []receivertest.UniqueIDAttrVal {
	id := fmt.Sprint(g.made.Add(1))
	g.service.Load().add(id)
	return []receivertest.UniqueIDAttrVal{receivertest.UniqueIDAttrVal(id)}
}
