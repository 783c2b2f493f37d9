package activityreceiver

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/activity-sdk/activity"
)

// source is a feed of a tenant, with the options for reading it.
type source struct {
	vendor, tenant, feed string

	events  activity.Feed[activity.Event]
	options activity.FollowOptions
	format  Format
}

// key names the source in the storage.
func (s source) key() string { return s.vendor + "/" + s.tenant + "/" + s.feed }

// opener returns the sources of a receiver, and a function that stops them. It sends nothing.
type opener func(logger *slog.Logger) (sources []source, stop func(), err error)

// open is the opener of a configuration. A relative Since counts from the call.
func (c *Config) open(logger *slog.Logger) (sources []source, stop func(), err error) {
	var stops []func()
	stop = func() {
		for _, stop := range stops {
			stop()
		}
	}
	var problems []error
	now := time.Now()
	for i, t := range c.Tenants {
		made, stopTenant, err := c.openTenant(t, now, logger)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", t.displayName(i), err))
			continue
		}
		sources, stops = append(sources, made...), append(stops, stopTenant)
	}
	if err := errors.Join(problems...); err != nil {
		stop()
		return nil, nil, err
	}
	return sources, stop, nil
}

func (c *Config) openTenant(t Tenant, now time.Time, logger *slog.Logger) (sources []source, stop func(), err error) {
	v, ok := vendors[t.Vendor]
	if !ok {
		return nil, nil, fmt.Errorf("vendor %q is unknown", t.Vendor)
	}
	since := t.Since
	if since == nil {
		since = c.Since
	}
	from, err := sinceTime(since, now)
	if err != nil {
		return nil, nil, err
	}
	options := []activity.Option{activity.WithTenant(t.Name), activity.WithLogger(logger)}
	stop = func() {}
	if t.Demo {
		fake := v.demo(&t)
		options, stop = append(options, activity.WithTransport(fake.Transport())), fake.Close
	}
	feeds, err := v.connect(t, options)
	if err != nil {
		stop()
		return nil, nil, err
	}
	names := t.Feeds
	if len(names) == 0 {
		names = v.feeds
	}
	for _, name := range names {
		sources = append(sources, source{
			vendor: t.Vendor, tenant: t.Name, feed: name,
			events: feeds[name],
			options: activity.FollowOptions{
				Since: from, Every: time.Duration(cmp.Or(t.Every, c.Every)), Lookback: time.Duration(t.Lookback), Settle: time.Duration(t.Settle),
			},
			format: cmp.Or(t.Format, c.Format),
		})
	}
	return sources, stop, nil
}
