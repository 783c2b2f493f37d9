package conformance_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

var asperaTransfers = asperaAdapter(adapter{
	name: "transfers", id: "uuid", time: "session_start_time",
	record: func(id int, at time.Time) any {
		return aspera.Transfer{UUID: asperaUUID(id), SessionStart: at, SessionStop: at, UpdatedAt: at, Status: aspera.StatusCompleted}
	},
	newService: func(f faults) *service {
		s := asperatest.NewServer(asperaFakeOptions.forFaults(f)...)
		return asperaService(s, adder(s.Add), func(id int) { s.Delete(asperaUUID(id)) })
	},
	newClient: asperaClient(func(c *aspera.Client, r aspera.Resource) *client {
		return newVendorClient(c, r.Transfers, r.TransferFeed, func(q query) aspera.TransferQuery {
			return aspera.TransferQuery{Start: q.from, Stop: q.to, PageSize: q.pageSize}
		}, func(t aspera.Transfer) record {
			id, _ := strconv.Atoi(t.UUID[:min(8, len(t.UUID))])
			return record{id: id, time: t.SessionStart, raw: t.Raw, problems: t.Problems}
		})
	}),
	answer: asperaAnswer("transfers"),
})

var asperaEvents = asperaAdapter(adapter{
	name: "application events", id: "event_id", time: "created_at",
	record: func(id int, at time.Time) any {
		return aspera.ApplicationEvent{EventID: fmt.Sprintf("%08d", id), CreatedAt: at}
	},
	newService: func(f faults) *service {
		s := asperatest.NewServer(asperaFakeOptions.forFaults(f)...)
		return asperaService(s, adder(s.AddApplicationEvents), func(id int) { s.DeleteApplicationEvents(fmt.Sprintf("%08d", id)) })
	},
	newClient: asperaClient(func(c *aspera.Client, r aspera.Resource) *client {
		return newVendorClient(c, r.ApplicationEvents, r.ApplicationEventFeed, func(q query) aspera.EventQuery {
			return aspera.EventQuery{Start: q.from, Stop: q.to, PageSize: q.pageSize}
		}, func(e aspera.ApplicationEvent) record {
			id, _ := strconv.Atoi(e.EventID)
			return record{id: id, time: e.CreatedAt, raw: e.Raw, problems: e.Problems}
		})
	}),
	answer: asperaAnswer("application_events"),
})

// asperaAdapter sets what both lists share.
func asperaAdapter(a adapter) *adapter {
	a.vendor, a.requests, a.sameIDs = "aspera", wholePages, true
	a.paging, a.size, a.maxSize, a.until = []string{"next", "limit"}, "limit", 10_000, "stop_time"
	a.filters = []string{"status", "direction", "search"}
	a.bearer = func(src oauth2.TokenSource) any { return aspera.Bearer(src) }
	a.logins = func(s secrets) []login {
		config := aspera.JWTConfig{Organization: "acme", ClientID: "id", ClientSecret: s.password, PrivateKey: s.privateKey, User: "a@example.com"}
		return []login{
			{name: "JWT", fetchesToken: true, renewsToken: true, credentials: func() any { return aspera.JWT(config) }},
			{name: "bearer", credentials: func() any { return aspera.Bearer(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: s.token})) }},
		}
	}
	return &a
}

var asperaFakeOptions = fakeOptions[asperatest.Option]{
	ties: asperatest.WithShuffledTies, pageSizes: asperatest.WithPageSizes, pageLimit: asperatest.WithPageLimit, exclusive: asperatest.WithExclusiveBounds,
}

func asperaUUID(id int) string { return fmt.Sprintf("%08d-0000-4000-8000-000000000000", id) }

func asperaService(s *asperatest.Server, add func(records ...any), remove func(id int)) *service {
	return &service{fakeServer: adapted(s), expire: s.ExpireTokens, add: add, remove: remove, logins: []login{
		{name: "JWT", fetchesToken: true, renewsToken: true, credentials: func() any { return s.Credentials() }},
		{name: "bearer", renewsToken: true, credentials: func() any { return aspera.Bearer(s.TokenSource()) }},
	}}
}

func asperaClient(reads func(c *aspera.Client, r aspera.Resource) *client) func(any, ...activity.Option) (*client, error) {
	return func(credentials any, opts ...activity.Option) (*client, error) {
		c, err := aspera.New(credentials.(aspera.Credentials), opts...)
		if err != nil {
			return nil, err
		}
		return reads(c, c.Organization(asperatest.OrganizationID)), nil
	}
}

func asperaAnswer(member string) func(more bool, records ...string) string {
	return func(more bool, records ...string) string {
		next := ""
		if more {
			next = fmt.Sprintf(`,"next":{"href":"https://api.ibmaspera.com/analytics/v2/organizations/1023/%s?next=again"}`, member)
		}
		return fmt.Sprintf(`{%q:[%s]%s}`, member, strings.Join(records, ","), next)
	}
}

// wholePages returns the number of pages that hold the records, and 1 if there are none.
func wholePages(records, pageSize int) int { return max((records+pageSize-1)/pageSize, 1) }
