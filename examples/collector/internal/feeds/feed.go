// Package feeds makes the feeds of the configured tenants. All of them are feeds of events,
// whatever the vendor.
package feeds

import (
	"context"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/snaplogic"
)

// Feed is one feed of one tenant.
type Feed struct {
	ID store.FeedID
	// Open returns the source of the feed, or an error if a secret is missing or an option is
	// invalid. Call it again before each retry: it reads the secrets again, and makes a new client
	// if one has changed.
	Open func() (Source, error)
}

// Source reads a feed.
type Source struct {
	Events activity.Feed[activity.Event]
	// Check asks the service for one record of the last hour, in one request.
	Check func(ctx context.Context) error
	// Changed reports whether a secret has changed since Open. Then Open returns another source. It
	// is nil if there are no secrets.
	Changed func() bool
}

// checkPeriod is the period that Check asks for.
const checkPeriod = time.Hour

// Aspera returns the feeds of an organization, by their names.
func Aspera(client *aspera.Client) map[string]Source {
	organization := client.OwnOrganization()
	since := time.Now().Add(-checkPeriod)
	return map[string]Source{
		"transfers": {
			Events: activity.Events(organization.TransferFeed(aspera.TransferQuery{})),
			Check:  checkList(organization.Transfers(aspera.TransferQuery{Start: since, PageSize: 1})),
		},
		"application_events": {
			Events: activity.Events(organization.ApplicationEventFeed(aspera.EventQuery{})),
			Check:  checkList(organization.ApplicationEvents(aspera.EventQuery{Start: since, PageSize: 1})),
		},
	}
}

// SnapLogic returns the activities of an organization.
func SnapLogic(client *snaplogic.Client) map[string]Source {
	return map[string]Source{activities: {
		Events: activity.Events(client.ActivityFeed(snaplogic.ActivityQuery{})),
		Check:  checkList(client.Activities(snaplogic.ActivityQuery{Start: time.Now().Add(-checkPeriod), PageSize: 1})),
	}}
}

// OPSWAT returns the access activities of an account. The service's timestamps are in zone.
func OPSWAT(client *opswat.Client, zone *time.Location) map[string]Source {
	return map[string]Source{activities: {
		Events: activity.Events(client.ActivityFeed(opswat.ActivityQuery{Location: zone})),
		Check:  checkList(client.Activities(opswat.ActivityQuery{Age: checkPeriod, PageSize: 1, Location: zone})),
	}}
}

// SDElements returns the activities of all users of a server.
func SDElements(client *sdelements.Client) map[string]Source {
	return map[string]Source{activities: {
		Events: activity.Events(client.ActivityFeed(sdelements.ActivityQuery{})),
		Check:  checkList(client.Activities(sdelements.ActivityQuery{DateFrom: time.Now().Add(-checkPeriod), PageSize: 1})),
	}}
}

// activities is the feed of every vendor except Aspera.
const activities = "activities"

func checkList[T any](list activity.List[T]) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := list.Collect(ctx, 1)
		return err
	}
}
