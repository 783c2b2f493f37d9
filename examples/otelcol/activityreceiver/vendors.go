package activityreceiver

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/snaplogic"
)

// vendor has what differs between vendors.
type vendor struct {
	feeds              []string
	required, optional []string // settings of a tenant
	// connect makes a client and returns its feeds by name. It sends nothing.
	connect func(t Tenant, options []activity.Option) (map[string]activity.Feed[activity.Event], error)
	// demo starts a fake and fills in the tenant's settings for it.
	demo func(t *Tenant) server
}

var vendors = map[string]vendor{
	"aspera": {
		feeds:    []string{"transfers", "application_events"},
		required: []string{"organization", "client_id", "private_key", "user"},
		optional: []string{"url", "client_secret"},
		connect: func(t Tenant, options []activity.Option) (map[string]activity.Feed[activity.Event], error) {
			credentials := aspera.JWT(aspera.JWTConfig{
				Organization: t.Organization, ClientID: t.ClientID, ClientSecret: secret(t.ClientSecret), User: t.User, PrivateKey: []byte(t.PrivateKey),
			})
			client, err := aspera.New(credentials, append(options, baseURL(t.URL)...)...)
			if err != nil {
				return nil, err
			}
			return asperaFeeds(client), nil
		},
		demo: asperaDemo,
	},
	"snaplogic": {
		feeds:    []string{"activities"},
		required: []string{"organization", "user", "password"},
		optional: []string{"url", "query.event_types", "query.user", "query.project_space", "query.project"},
		connect: func(t Tenant, options []activity.Option) (map[string]activity.Feed[activity.Event], error) {
			client, err := snaplogic.New(t.Organization, snaplogic.Basic(t.User, secret(t.Password)), append(options, baseURL(t.URL)...)...)
			if err != nil {
				return nil, err
			}
			return snaplogicFeeds(client, t.Query), nil
		},
		demo: snaplogicDemo,
	},
	"opswat": {
		feeds:    []string{"activities"},
		required: []string{"key", "secret"},
		optional: []string{"url", "quota", "query.actions", "query.search"},
		connect: func(t Tenant, options []activity.Option) (map[string]activity.Feed[activity.Event], error) {
			if t.Quota != (Quota{}) {
				options = append(options, activity.WithRateLimiter(activity.NewWindowLimiter(t.Quota.Requests, time.Duration(t.Quota.Per))))
			}
			client, err := opswat.New(opswat.ClientCredentials(secret(t.Key), secret(t.Secret)), append(options, baseURL(t.URL)...)...)
			if err != nil {
				return nil, err
			}
			return opswatFeeds(client, t.Query), nil
		},
		demo: opswatDemo,
	},
	"sdelements": {
		feeds:    []string{"activities"},
		required: []string{"url"},
		optional: []string{"token", "user", "password", "query.name", "query.project"},
		connect: func(t Tenant, options []activity.Option) (map[string]activity.Feed[activity.Event], error) {
			var credentials sdelements.Credentials
			switch named := t.User != "" && t.Password != ""; {
			case t.Token != "" && t.User == "" && t.Password == "":
				credentials = sdelements.Token(secret(t.Token))
			case t.Token == "" && named:
				credentials = sdelements.Basic(t.User, secret(t.Password))
			default:
				return nil, errors.New("want either token, or user and password")
			}
			client, err := sdelements.New(t.URL, credentials, options...)
			if err != nil {
				return nil, err
			}
			return sdelementsFeeds(client, t.Query), nil
		},
		demo: sdelementsDemo,
	},
}

func vendorNames() []string { return slices.Sorted(maps.Keys(vendors)) }

// baseURL returns the option for an address other than the vendor's default.
func baseURL(url string) []activity.Option {
	if url == "" {
		return nil
	}
	return []activity.Option{activity.WithBaseURL(url)}
}

func asperaFeeds(client *aspera.Client) map[string]activity.Feed[activity.Event] {
	organization := client.OwnOrganization()
	return map[string]activity.Feed[activity.Event]{
		"transfers":          activity.Events(organization.TransferFeed(aspera.TransferQuery{})),
		"application_events": activity.Events(organization.ApplicationEventFeed(aspera.EventQuery{})),
	}
}

func snaplogicFeeds(client *snaplogic.Client, q Query) map[string]activity.Feed[activity.Event] {
	return activities(client.ActivityFeed(snaplogic.ActivityQuery{
		EventTypes: convert[snaplogic.EventType](q.EventTypes), User: q.User, ProjectSpace: q.ProjectSpace, Project: q.Project,
	}))
}

func opswatFeeds(client *opswat.Client, q Query) map[string]activity.Feed[activity.Event] {
	return activities(client.ActivityFeed(opswat.ActivityQuery{Actions: convert[opswat.Action](q.Actions), Search: q.Search}))
}

func sdelementsFeeds(client *sdelements.Client, q Query) map[string]activity.Feed[activity.Event] {
	return activities(client.ActivityFeed(sdelements.ActivityQuery{Name: sdelements.ActivityName(q.Name), ProjectDesc: q.Project}))
}

// activities returns the feeds of a vendor that has only this one.
func activities[T activity.Eventer](feed activity.Feed[T]) map[string]activity.Feed[activity.Event] {
	return map[string]activity.Feed[activity.Event]{"activities": activity.Events(feed)}
}

func convert[T ~string](texts []string) []T {
	var out []T
	for _, text := range texts {
		out = append(out, T(text))
	}
	return out
}
