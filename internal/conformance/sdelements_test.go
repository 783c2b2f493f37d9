package conformance_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

var sdElements = &adapter{
	vendor: "sdelements", name: "activities", id: "id", time: "date",
	record: newSDElementsRecord, newService: newSDElementsService,
	newClient: sdElementsClient(sdElementsActivities), newClientAt: sdElementsActivities,
	logins: sdElementsLogins, answer: sdElementsAnswer("http://internal.example.com/api/v2/activities/?page=2&page_size=2"),
	requests: wholePages, offsets: true,
	paging: []string{"page", "page_size"}, size: "page_size", most: 80_000, until: "date_to", filters: []string{"actor", "project", "user", "name"},
}

// sdElementsStream is a list with another way of paging.
var sdElementsStream = &adapter{
	vendor: "sdelements", name: "activity stream", id: "id", time: "date",
	record: newSDElementsRecord, newService: newSDElementsService,
	newClient: sdElementsClient(sdElementsStreams), newClientAt: sdElementsStreams,
	logins: sdElementsLogins, answer: sdElementsAnswer("http://internal.example.com/api/v2/users/me/activity-stream/?cursor=again"),
	requests: wholePages, noFeed: true,
	paging: []string{"cursor", "page_size"}, size: "page_size", most: 80_000, until: "date_to", filters: []string{"actor", "project", "user", "name"},
}

func sdElementsClient(at func(address string, credentials any, opts ...activity.Option) (*client, error)) func(any, ...activity.Option) (*client, error) {
	return func(credentials any, opts ...activity.Option) (*client, error) {
		return at(sdelementstest.BaseURL, credentials, opts...)
	}
}

func sdElementsActivities(address string, credentials any, opts ...activity.Option) (*client, error) {
	c, err := sdelements.New(address, credentials.(sdelements.Credentials), opts...)
	if err != nil {
		return nil, err
	}
	return &client{
		value: c,
		list:  func(q query) list { return newList(c.Activities(sdElementsQuery(q)), readSDElements) },
		feed:  func(q query) feed { return newFeed(c.ActivityFeed(sdElementsQuery(q)), readSDElements) },
	}, nil
}

func sdElementsStreams(address string, credentials any, opts ...activity.Option) (*client, error) {
	c, err := sdelements.New(address, credentials.(sdelements.Credentials), opts...)
	if err != nil {
		return nil, err
	}
	return &client{
		value: c,
		list:  func(q query) list { return newList(c.UserActivityStream(sdElementsQuery(q)), readSDElements) },
	}, nil
}

// newSDElementsRecord makes one that the fake lists for whoever asks for his own, too.
func newSDElementsRecord(id int, at time.Time) any {
	return sdelements.Activity{ID: int64(id), Name: sdelements.LoggedInActivity, Actor: sdelementstest.Me, Date: at}
}

func newSDElementsService(m misbehaviour) *service {
	var opts []sdelementstest.Option
	if m.ties > 0 {
		opts = append(opts, sdelementstest.WithShuffledTies(m.ties))
	}
	if m.pageSizes != nil {
		opts = append(opts, sdelementstest.WithPageSizes(m.pageSizes...))
	}
	if m.pageLimit > 0 {
		opts = append(opts, sdelementstest.WithPageLimit(m.pageLimit))
	}
	if m.exclusive {
		opts = append(opts, sdelementstest.WithExclusiveBounds())
	}
	if m.maxOffset > 0 {
		opts = append(opts, sdelementstest.WithMaxOffset(m.maxOffset))
	}
	s := sdelementstest.NewServer(opts...)
	return &service{
		fakeServer: adapted(s),
		add: func(records ...any) {
			for _, r := range records {
				s.Add(r.(sdelements.Activity))
			}
		},
		remove: func(id int) { s.Delete(int64(id)) },
		logins: []login{
			{name: "token", credentials: func() any { return s.Credentials() }},
			{name: "basic", credentials: func() any { return sdelements.Basic(sdelementstest.User, sdelementstest.Password) }},
		},
	}
}

func sdElementsLogins(s secrets) []login {
	return []login{
		{name: "token", credentials: func() any { return sdelements.Token(s.apiKey) }},
		{name: "connection string", credentials: func() any { return sdelements.Token(s.apiKey + "@acme.example.com") }},
		{name: "basic", credentials: func() any { return sdelements.Basic("a", s.password) }},
	}
}

func sdElementsQuery(q query) sdelements.ActivityQuery {
	return sdelements.ActivityQuery{DateFrom: q.from, DateTo: q.to, PageSize: q.pageSize}
}

func sdElementsAnswer(link string) func(more bool, records ...string) string {
	return func(more bool, records ...string) string {
		next := "null"
		if more {
			next = strconv.Quote(link)
		}
		return fmt.Sprintf(`{"results":[%s],"next":%s}`, strings.Join(records, ","), next)
	}
}

func readSDElements(a sdelements.Activity) record {
	return record{id: int(a.ID), time: a.Date, raw: a.Raw, problems: a.Problems}
}
