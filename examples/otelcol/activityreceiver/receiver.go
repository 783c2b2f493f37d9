package activityreceiver

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.uber.org/zap/exp/zapslog"
)

// shutdownGrace limits the delivery of a batch that is under way at a shutdown.
const shutdownGrace = 5 * time.Second

// logsReceiver follows each source independently.
type logsReceiver struct {
	set     receiver.Settings
	config  *Config
	next    consumer.Logs
	open    opener
	obs     *receiverhelper.ObsReport
	metrics *metrics

	stopFollowing, stopDelivering context.CancelFunc
	stopSources                   func() error
	running                       sync.WaitGroup
}

func newReceiver(set receiver.Settings, config *Config, next consumer.Logs, open opener) (*logsReceiver, error) {
	obs, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{ReceiverID: set.ID, Transport: "http", ReceiverCreateSettings: set})
	if err != nil {
		return nil, err
	}
	m, err := newMetrics(set)
	if err != nil {
		return nil, err
	}
	return &logsReceiver{set: set, config: config, next: next, open: open, obs: obs, metrics: m}, nil
}

// Start starts following the tenants' feeds.
func (r *logsReceiver) Start(ctx context.Context, host component.Host) error {
	logger := slog.New(zapslog.NewHandler(r.set.Logger.Core()))
	store, err := openCheckpoints(ctx, host, r.config.Storage, r.set.ID)
	if err != nil {
		return err
	}
	sources, stop, err := r.open(logger)
	if err != nil {
		return errors.Join(err, store.close(ctx))
	}
	if r.config.Storage == nil {
		r.set.Logger.Warn("no storage for checkpoints is configured: the next start begins at since again")
	}
	followers, measured := make([]*follower, len(sources)), make([]*sourceMetrics, len(sources))
	h := newHealth(host)
	for i, s := range sources {
		followers[i] = r.follower(s, store, h, logger)
		measured[i] = followers[i].metrics
	}
	stopMeasuring, err := r.metrics.watch(measured)
	if err != nil {
		stop()
		return errors.Join(err, store.close(ctx))
	}
	r.stopSources = func() error {
		stop()
		return errors.Join(stopMeasuring(), store.close(context.WithoutCancel(ctx)))
	}
	// The context of Start may end when Start returns.
	delivering, stopDelivering := context.WithCancel(context.WithoutCancel(ctx))
	following, stopFollowing := context.WithCancel(delivering)
	r.stopFollowing, r.stopDelivering = stopFollowing, stopDelivering
	for _, f := range followers {
		r.running.Go(func() { f.run(following, delivering) })
	}
	return nil
}

// follower returns the follower of a source.
func (r *logsReceiver) follower(s source, store *checkpoints, h *health, logger *slog.Logger) *follower {
	m := r.metrics.of(s)
	m.delivered(s.options.Since)
	return &follower{
		source:  s,
		store:   store,
		health:  h,
		metrics: m,
		log:     logger.With("vendor", s.vendor, "tenant", s.tenant, "feed", s.feed),
		deliver: delivery{next: r.next, obs: r.obs, retry: r.config.Retry, source: s, version: r.set.BuildInfo.Version},
	}
}

// Shutdown ends following at once. A batch that is being delivered may still be accepted within
// shutdownGrace, or within half of the time to the context's deadline if that is shorter. The next
// start delivers again what was not accepted.
func (r *logsReceiver) Shutdown(ctx context.Context) error {
	if r.stopFollowing == nil {
		return nil // it was not started
	}
	r.stopFollowing()
	defer r.stopDelivering()
	ended := make(chan error, 1)
	go func() {
		r.running.Wait()
		ended <- r.stopSources()
	}()
	wait := shutdownGrace
	if deadline, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(deadline)/2)
	}
	for _, end := range []func(){r.stopDelivering, func() {}} {
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
		case <-time.After(wait):
		}
		end()
	}
	return errors.New("the pipeline has not returned from a batch")
}
