package main

import (
	"net/http"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/config"
	"github.com/activity-sdk/activity/examples/collector/internal/fakes"
	"github.com/activity-sdk/activity/examples/collector/internal/feeds"
)

// Each feed of the fakes has a record every three minutes, over the last two whole days.
const (
	demoSpan     = 48 * time.Hour
	demoInterval = 3 * time.Minute
	demoRecords  = int(demoSpan / demoInterval)
)

// demo returns the feeds of four fakes inside this process, which the clients reach in memory.
func demo(around feeds.ClientConfig) (made []feeds.Feed, closeFakes func(), err error) {
	end := time.Now().Truncate(24 * time.Hour)
	begin := end.Add(-demoSpan)
	services := fakes.New(begin.Unix() / int64(demoInterval.Seconds())) // so that a record is the same in every run
	services.Add(demoRecords, begin, end)
	with := func(transport http.RoundTripper) []activity.Option {
		return append(slices.Clip(around.Options), activity.WithTransport(transport), activity.WithTenant(fakes.Tenant))
	}
	limiter, err := around.Limiter("opswat", fakes.Tenant, config.Quota{Requests: fakes.QuotaRequests, Per: config.Duration(fakes.QuotaPer)})
	if err != nil {
		return nil, nil, err
	}
	sources := map[string]map[string]feeds.Source{
		"aspera":     feeds.Aspera(services.Aspera.Client(with(services.Aspera.Transport())...)),
		"snaplogic":  feeds.SnapLogic(services.SnapLogic.Client(with(services.SnapLogic.Transport())...)),
		"opswat":     feeds.OPSWAT(services.OPSWAT.Client(append(with(services.OPSWAT.Transport()), activity.WithRateLimiter(limiter))...), nil),
		"sdelements": feeds.SDElements(services.SDElements.Client(with(services.SDElements.Transport())...)),
	}
	for _, id := range fakes.Feeds {
		made = append(made, feeds.Feed{ID: id, Open: func() (feeds.Source, error) { return sources[id.Vendor][id.Feed], nil }})
	}
	return made, services.Close, nil
}
