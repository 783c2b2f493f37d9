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

var asperaTransfers = &adapter{
	vendor: "aspera", name: "transfers", id: "uuid", time: "session_start_time",
	record: func(id int, at time.Time) any {
		return aspera.Transfer{UUID: fmt.Sprintf("%08d-0000-4000-8000-000000000000", id), SessionStart: at, SessionStop: at, UpdatedAt: at, Status: aspera.StatusCompleted}
	},
	newService: func(m misbehaviour) *service {
		s := asperatest.NewServer(asperaOptions(m)...)
		return asperaService(s, func(r any) { s.Add(r.(aspera.Transfer)) }, func(id string) { s.Delete(id + "-0000-4000-8000-000000000000") })
	},
	newClient: asperaClient(func(r aspera.Resource, q query) list {
		return newList(r.Transfers(aspera.TransferQuery{Start: q.from, Stop: q.to, PageSize: q.pageSize}), readTransfer)
	}, func(r aspera.Resource, q query) feed {
		return newFeed(r.TransferFeed(aspera.TransferQuery{Start: q.from, Stop: q.to, PageSize: q.pageSize}), readTransfer)
	}),
	logins: asperaLogins, bearer: asperaBearer, answer: asperaAnswer("transfers"), requests: wholePages, sameIDs: true,
	paging: []string{"next", "limit"}, size: "limit", most: 10_000, until: "stop_time", filters: []string{"status", "direction", "search"},
}

var asperaEvents = &adapter{
	vendor: "aspera", name: "application events", id: "event_id", time: "created_at",
	record: func(id int, at time.Time) any {
		return aspera.ApplicationEvent{EventID: fmt.Sprintf("%08d", id), CreatedAt: at}
	},
	newService: func(m misbehaviour) *service {
		s := asperatest.NewServer(asperaOptions(m)...)
		return asperaService(s, func(r any) { s.AddApplicationEvents(r.(aspera.ApplicationEvent)) }, func(id string) { s.DeleteApplicationEvents(id) })
	},
	newClient: asperaClient(func(r aspera.Resource, q query) list {
		return newList(r.ApplicationEvents(aspera.EventQuery{Start: q.from, Stop: q.to, PageSize: q.pageSize}), readEvent)
	}, func(r aspera.Resource, q query) feed {
		return newFeed(r.ApplicationEventFeed(aspera.EventQuery{Start: q.from, Stop: q.to, PageSize: q.pageSize}), readEvent)
	}),
	logins: asperaLogins, bearer: asperaBearer, answer: asperaAnswer("application_events"), requests: wholePages, sameIDs: true,
	paging: []string{"next", "limit"}, size: "limit", most: 10_000, until: "stop_time", filters: []string{"status", "direction", "search"},
}

func asperaOptions(m misbehaviour) (opts []asperatest.Option) {
	if m.ties > 0 {
		opts = append(opts, asperatest.WithShuffledTies(m.ties))
	}
	if m.pageSizes != nil {
		opts = append(opts, asperatest.WithPageSizes(m.pageSizes...))
	}
	if m.pageLimit > 0 {
		opts = append(opts, asperatest.WithPageLimit(m.pageLimit))
	}
	if m.exclusive {
		opts = append(opts, asperatest.WithExclusiveBounds())
	}
	return opts
}

func readTransfer(t aspera.Transfer) record {
	id, _ := strconv.Atoi(t.UUID[:min(8, len(t.UUID))])
	return record{id: id, time: t.SessionStart, raw: t.Raw, problems: t.Problems}
}

func readEvent(e aspera.ApplicationEvent) record {
	id, _ := strconv.Atoi(e.EventID)
	return record{id: id, time: e.CreatedAt, raw: e.Raw, problems: e.Problems}
}

func asperaService(s *asperatest.Server, add func(record any), remove func(id string)) *service {
	return &service{
		fakeServer: adapted(s), expire: s.ExpireTokens,
		add: func(records ...any) {
			for _, r := range records {
				add(r)
			}
		},
		remove: func(id int) { remove(fmt.Sprintf("%08d", id)) },
		logins: []login{
			{name: "JWT", asks: true, renews: true, credentials: func() any { return s.Credentials() }},
			{name: "bearer", renews: true, credentials: func() any { return aspera.Bearer(s.TokenSource()) }},
		},
	}
}

func asperaClient(newList func(aspera.Resource, query) list, newFeed func(aspera.Resource, query) feed) func(any, ...activity.Option) (*client, error) {
	return func(credentials any, opts ...activity.Option) (*client, error) {
		c, err := aspera.New(credentials.(aspera.Credentials), opts...)
		if err != nil {
			return nil, err
		}
		r := c.Organization(asperatest.OrganizationID)
		return &client{
			value: c,
			list:  func(q query) list { return newList(r, q) },
			feed:  func(q query) feed { return newFeed(r, q) },
		}, nil
	}
}

func asperaBearer(src oauth2.TokenSource) any { return aspera.Bearer(src) }

func asperaLogins(s secrets) []login {
	config := aspera.JWTConfig{Organization: "acme", ClientID: "id", ClientSecret: s.password, PrivateKey: s.privateKey, User: "a@example.com"}
	return []login{
		{name: "JWT", asks: true, renews: true, credentials: func() any { return aspera.JWT(config) }},
		{name: "bearer", credentials: func() any { return aspera.Bearer(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: s.token})) }},
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

// wholePages returns the number of pages that hold the records.
func wholePages(records, pageSize int) int { return max((records+pageSize-1)/pageSize, 1) }
