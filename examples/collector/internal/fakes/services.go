// Package fakes runs the four services' fakes together and keeps their records for comparison. The
// collector collects them if it has no configuration, and its tests use them.
package fakes

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// Tenant is the name of the only tenant of each service.
const Tenant = "demo"

// The feeds of that tenant.
var (
	AsperaTransfers         = store.FeedID{Vendor: "aspera", Tenant: Tenant, Feed: "transfers"}
	AsperaApplicationEvents = store.FeedID{Vendor: "aspera", Tenant: Tenant, Feed: "application_events"}
	SnapLogicActivities     = store.FeedID{Vendor: "snaplogic", Tenant: Tenant, Feed: "activities"}
	OPSWATActivities        = store.FeedID{Vendor: "opswat", Tenant: Tenant, Feed: "activities"}
	SDElementsActivities    = store.FeedID{Vendor: "sdelements", Tenant: Tenant, Feed: "activities"}

	Feeds = []store.FeedID{AsperaTransfers, AsperaApplicationEvents, SnapLogicActivities, OPSWATActivities, SDElementsActivities}
)

// The quota of the OPSWAT fake is the vendor's, a thousand times faster.
const (
	QuotaRequests = 10
	QuotaPer      = time.Minute / 1000
)

// Services are the four fakes, with one tenant each. New makes them, without records.
type Services struct {
	Tenant     string // name in a store
	Aspera     *asperatest.Server
	SnapLogic  *snaplogictest.Server
	OPSWAT     *opswattest.Server
	SDElements *sdelementstest.Server

	mu         sync.Mutex
	lastNumber int64           // of the last record of each feed
	access     opswat.Activity // the last one
	records    map[store.FeedID][][]byte
}

// New makes the four fakes. The number of their first record is after+1. They open no socket until
// their URL is requested.
func New(after int64) *Services { return newServices(Tenant, after) }

func newServices(tenant string, after int64) *Services {
	return &Services{
		Tenant:     tenant,
		Aspera:     asperatest.NewServer(),
		SnapLogic:  snaplogictest.NewServer(),
		OPSWAT:     opswattest.NewServer(opswattest.WithQuota(QuotaRequests, QuotaPer)),
		SDElements: sdelementstest.NewServer(),
		lastNumber: after,
		records:    map[store.FeedID][][]byte{},
	}
}

// Feeds returns the feeds of the services.
func (s *Services) Feeds() []store.FeedID {
	feeds := slices.Clone(Feeds)
	for i := range feeds {
		feeds[i].Tenant = s.Tenant
	}
	return feeds
}

// Add adds n records to each feed, evenly between two times; the last has the time to.
func (s *Services) Add(n int, from, to time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := batch{access: s.access}
	for i := range n {
		s.lastNumber++
		b.invent(s.lastNumber, from.Add(part(to.Sub(from), i+1, n)))
	}
	s.access = b.access
	s.Aspera.Add(b.transfers...)
	s.Aspera.AddApplicationEvents(b.events...)
	s.SnapLogic.Add(b.snaplogic...)
	s.OPSWAT.Add(b.opswat...)
	s.SDElements.Add(b.sdelements...)
	for feed, raws := range b.raws() {
		feed.Tenant = s.Tenant
		s.records[feed] = append(s.records[feed], raws...)
	}
}

// part returns i/n of a span. It divides before it multiplies, since i times a span of days can
// overflow a time.Duration.
func part(span time.Duration, i, n int) time.Duration {
	whole, rest := span/time.Duration(n), span%time.Duration(n)
	return whole*time.Duration(i) + rest*time.Duration(i)/time.Duration(n)
}

// Grow adds perSecond records to each feed every second, until it has added total or ctx ends.
func (s *Services) Grow(ctx context.Context, perSecond float64, total int) {
	const step = 20 * time.Millisecond
	tick := time.NewTicker(step)
	defer tick.Stop()
	begun, last, added := time.Now(), time.Now(), 0
	for added < total {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			due := min(total, int(now.Sub(begun).Seconds()*perSecond))
			if due > added {
				s.Add(due-added, last, now)
				last, added = now, due
			}
			s.forget()
		}
	}
}

// forget drops the fakes' logs of requests, which are not used here.
func (s *Services) forget() {
	s.Aspera.ResetRequests()
	s.SnapLogic.ResetRequests()
	s.OPSWAT.ResetRequests()
	s.SDElements.ResetRequests()
}

// Records returns the bytes of every record of a feed.
func (s *Services) Records(feed store.FeedID) [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clip(s.records[feed])
}

// Close stops the services.
func (s *Services) Close() {
	s.Aspera.Close()
	s.SnapLogic.Close()
	s.OPSWAT.Close()
	s.SDElements.Close()
}
