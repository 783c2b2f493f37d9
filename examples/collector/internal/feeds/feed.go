// Package feeds makes the feeds of all vendors look the same: events for a store, whatever the
// record behind them is.
package feeds

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/snaplogic"
)

// Feed is one feed of one tenant.
type Feed struct {
	ID   store.FeedID
	Read Reader
}

// Batch is what a feed brought: events, and the checkpoint that is true once they are stored.
type Batch = activity.Batch[activity.Event]

// Reader reads a feed: with Every 0 as activity.Feed's CatchUp does, else as its Follow.
type Reader func(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[Batch, error]

// SnapLogic is the activities of an organization.
func SnapLogic(tenant string, client *snaplogic.Client) Feed {
	return of(tenant, client.ActivityFeed(snaplogic.ActivityQuery{}))
}

// OPSWAT is the access activities of an account.
func OPSWAT(tenant string, client *opswat.Client) Feed {
	return of(tenant, client.ActivityFeed(opswat.ActivityQuery{}))
}

// SDElements is the activities of everybody on a server.
func SDElements(tenant string, client *sdelements.Client) Feed {
	return of(tenant, client.ActivityFeed(sdelements.ActivityQuery{}))
}

// Aspera is one of the feeds of an organization: transfers or application_events.
func Aspera(tenant, feed string, client *aspera.Client) (Feed, error) {
	organization := client.OwnOrganization()
	switch feed {
	case "transfers":
		return of(tenant, organization.TransferFeed(aspera.TransferQuery{})), nil
	case "application_events":
		return of(tenant, organization.ApplicationEventFeed(aspera.EventQuery{})), nil
	}
	return Feed{}, fmt.Errorf("aspera has no feed %q", feed)
}

func of[T activity.Eventer](tenant string, feed activity.Feed[T]) Feed {
	events := activity.Events(feed)
	vendor, name, _ := strings.Cut(feed.Name(), "/")
	return Feed{
		ID: store.FeedID{Vendor: vendor, Tenant: tenant, Feed: name},
		Read: func(ctx context.Context, from activity.Checkpoint, o activity.FollowOptions) iter.Seq2[Batch, error] {
			if o.Every == 0 {
				return events.CatchUp(ctx, from, o)
			}
			return events.Follow(ctx, from, o)
		},
	}
}
