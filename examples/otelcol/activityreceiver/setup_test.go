package activityreceiver

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/activity-sdk/activity"
)

// entry is a record of a service.
type entry struct {
	id string
	at time.Time
}

func (e entry) Event() activity.Event {
	return activity.Event{Time: e.at, Kind: activity.KindLogin, Action: "signed_in", Raw: fmt.Appendf(nil, `{"id":%q}`, e.id)}
}

// fakeService is a service that a feed reads, page by page.
type fakeService struct {
	tenant string

	mu      sync.Mutex
	entries []entry
	refusal error
	asked   []time.Time
}

const pageSize = 10

func (s *fakeService) Feed() activity.FeedInfo {
	return activity.FeedInfo{Vendor: "fake", Tenant: s.tenant, Name: "activities"}
}

func (s *fakeService) Between(_ context.Context, from, to time.Time) iter.Seq2[activity.Page[activity.Record[entry]], error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, time.Now())
	pages := []activity.Page[activity.Record[entry]]{{}}
	for _, e := range s.entries {
		if e.at.Before(from) || e.at.After(to) {
			continue
		}
		if last := &pages[len(pages)-1]; len(last.Items) == pageSize {
			last.Next = activity.Cursor(fmt.Sprint(len(pages)))
			pages = append(pages, activity.Page[activity.Record[entry]]{})
		}
		last := &pages[len(pages)-1]
		last.Items = append(last.Items, activity.Record[entry]{Key: e.id, Item: e, Time: e.at})
	}
	refusal := s.refusal
	return func(yield func(activity.Page[activity.Record[entry]], error) bool) {
		if refusal != nil {
			yield(activity.Page[activity.Record[entry]]{}, refusal)
			return
		}
		for _, page := range pages {
			if !yield(page, nil) {
				return
			}
		}
	}
}

// add adds entries with the current time.
func (s *fakeService) add(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		s.entries = append(s.entries, entry{id, time.Now().UTC()})
	}
}

// refuse makes the service return err, or records again if err is nil.
func (s *fakeService) refuse(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = err
}

// waits returns the times between the rounds so far.
func (s *fakeService) waits() (out []time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.asked[1:] {
		out = append(out, s.asked[i+1].Sub(s.asked[i]))
	}
	return out
}

// every is the time between two rounds in these tests.
const every = 10 * time.Second

func (s *fakeService) source() source {
	return source{
		vendor: "fake", tenant: s.tenant, feed: "activities", format: FormatRaw,
		events:  activity.Events(activity.NewFeed(s)),
		options: activity.FollowOptions{Since: time.Now().Add(-time.Hour), Every: every, Settle: -1},
	}
}

// sink is the next consumer. It accepts a batch unless refuse returns an error.
type sink struct {
	refuse func(ctx context.Context, ids []string) error

	mu       sync.Mutex
	offered  [][]string
	at       []time.Time
	accepted []string
}

func (p *sink) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

func (p *sink) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	ids := uids(logs)
	logs.ResourceLogs().RemoveIf(func(plog.ResourceLogs) bool { return true }) // a consumer may change its logs
	p.mu.Lock()
	p.offered, p.at = append(p.offered, ids), append(p.at, time.Now())
	refuse := p.refuse
	p.mu.Unlock()
	if refuse != nil {
		if err := refuse(ctx, ids); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.accepted = append(p.accepted, ids...)
	return nil
}

func (p *sink) acceptedIDs() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.accepted...)
}

func uids(logs plog.Logs) (ids []string) {
	for _, resource := range logs.ResourceLogs().All() {
		for _, scoped := range resource.ScopeLogs().All() {
			for _, record := range scoped.LogRecords().All() {
				uid, _ := record.Attributes().Get("log.record.uid")
				ids = append(ids, uid.Str())
			}
		}
	}
	return ids
}

// memoryStorage is a storage extension that outlives receivers.
type memoryStorage struct {
	component.StartFunc
	component.ShutdownFunc

	mu     sync.Mutex
	values map[string][]byte
	onSet  func() error
	closed int
}

var storageID = component.MustNewID("disk")

func (d *memoryStorage) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return d, nil
}

func (d *memoryStorage) Get(_ context.Context, key string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.values[key], nil
}

func (d *memoryStorage) Set(_ context.Context, key string, value []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.onSet != nil {
		if err := d.onSet(); err != nil {
			return err
		}
	}
	if d.values == nil {
		d.values = map[string][]byte{}
	}
	d.values[key] = value
	return nil
}

func (d *memoryStorage) Delete(context.Context, string) error               { return nil }
func (d *memoryStorage) Batch(context.Context, ...*storage.Operation) error { return nil }

func (d *memoryStorage) Close(context.Context) error {
	d.closed++
	return nil
}

func (d *memoryStorage) content() map[string][]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.values)
}

// host has the storage, and keeps the statuses that are reported to it.
type host struct {
	storage *memoryStorage

	mu       sync.Mutex
	statuses []componentstatus.Status
}

func (h *host) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{storageID: h.storage}
}

func (h *host) Report(e *componentstatus.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.statuses = append(h.statuses, e.Status())
}

func (h *host) reported() []componentstatus.Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]componentstatus.Status{}, h.statuses...)
}

// testReceiver is a receiver with its host, sink and telemetry.
type testReceiver struct {
	*logsReceiver
	host      *host
	sink      *sink
	telemetry *componenttest.Telemetry
}

// start starts a receiver for services. A nil disk is an empty one.
func start(t *testing.T, d *memoryStorage, p *sink, services ...*fakeService) testReceiver {
	t.Helper()
	if d == nil {
		d = &memoryStorage{}
	}
	r := testReceiver{host: &host{storage: d}, sink: p, telemetry: componenttest.NewTelemetry()}
	set := receivertest.NewNopSettings(NewFactory().Type())
	set.TelemetrySettings = r.telemetry.NewTelemetrySettings()
	config := createDefaultConfig().(*Config)
	config.Storage = &storageID
	var err error
	r.logsReceiver, err = newReceiver(set, config, p, openerOf(services...))
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context(), r.host))
	return r
}

// openerOf returns an opener of existing services.
func openerOf(services ...*fakeService) opener {
	return func(*slog.Logger) (sources []source, stop func(), err error) {
		for _, s := range services {
			sources = append(sources, s.source())
		}
		return sources, func() {}, nil
	}
}

func (r testReceiver) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, r.Shutdown(context.WithoutCancel(t.Context())))
}
