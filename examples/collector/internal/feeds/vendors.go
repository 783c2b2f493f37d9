package feeds

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/snaplogic"
)

// SnapLogic is the activities of an organization.
func SnapLogic(tenant string, client *snaplogic.Client) Feed {
	return New(store.FeedID{Vendor: "snaplogic", Tenant: tenant, Feed: "activities"}, rows(client.ActivityFeed(snaplogic.ActivityQuery{}),
		func(a snaplogic.Activity) store.Row {
			return columns(a.CreateTime, string(a.EventType), cmp.Or(a.ByWhom, a.UserID), a.Raw)
		}))
}

// OPSWAT is the access activities of an account.
func OPSWAT(tenant string, client *opswat.Client) Feed {
	return New(store.FeedID{Vendor: "opswat", Tenant: tenant, Feed: "activities"}, rows(client.ActivityFeed(opswat.ActivityQuery{}),
		func(a opswat.Activity) store.Row { return columns(a.Timestamp, string(a.Action), a.AppUser, a.Raw) }))
}

// SDElements is the activities of everybody on a server. The actor is a user's number there.
func SDElements(tenant string, client *sdelements.Client) Feed {
	return New(store.FeedID{Vendor: "sdelements", Tenant: tenant, Feed: "activities"}, rows(client.ActivityFeed(sdelements.ActivityQuery{}),
		func(a sdelements.Activity) store.Row {
			actor := ""
			if a.Actor != 0 {
				actor = strconv.FormatInt(a.Actor, 10)
			}
			return columns(a.Date, string(a.Name), actor, a.Raw)
		}))
}

// Aspera is one of the feeds of an organization: transfers or application_events.
func Aspera(tenant, feed string, client *aspera.Client) (Feed, error) {
	organization := client.OwnOrganization()
	var read Reader
	switch feed {
	case "transfers":
		read = rows(organization.TransferFeed(aspera.TransferQuery{}), func(t aspera.Transfer) store.Row {
			return columns(t.SessionStart, string(t.Direction)+" "+string(t.Status), t.UserEmail, t.Raw)
		})
	case "application_events":
		read = rows(organization.ApplicationEventFeed(aspera.EventQuery{}), func(e aspera.ApplicationEvent) store.Row {
			return columns(e.CreatedAt, string(e.EventType), cmp.Or(e.TriggeredByUserEmail, e.TriggeredByUserName), e.Raw)
		})
	default:
		return Feed{}, fmt.Errorf("aspera has no feed %q", feed)
	}
	return New(store.FeedID{Vendor: "aspera", Tenant: tenant, Feed: feed}, read), nil
}
