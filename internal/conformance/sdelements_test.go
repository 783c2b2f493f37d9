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

var sdElements = sdElementsAdapter(adapter{
	name: "activities", offsets: true, paging: []string{"page", "page_size"},
	newClientAt: sdElementsClient(func(c *sdelements.Client) *client {
		return newVendorClient(c, c.Activities, c.ActivityFeed, sdElementsQuery, readSDElements)
	}),
	answer: sdElementsAnswer("http://internal.example.com/api/v2/activities/?page=2&page_size=2"),
})

// sdElementsStream is a list that pages in another way.
var sdElementsStream = sdElementsAdapter(adapter{
	name: "activity stream", noFeed: true, paging: []string{"cursor", "page_size"},
	newClientAt: sdElementsClient(func(c *sdelements.Client) *client {
		return newVendorClient(c, c.UserActivityStream, nil, sdElementsQuery, readSDElements)
	}),
	answer: sdElementsAnswer("http://internal.example.com/api/v2/users/me/activity-stream/?cursor=again"),
})

// sdElementsAdapter sets what both lists share.
func sdElementsAdapter(a adapter) *adapter {
	a.vendor, a.id, a.time, a.requests = "sdelements", "id", "date", wholePages
	a.size, a.maxSize, a.until = "page_size", 80_000, "date_to"
	a.filters = []string{"actor", "project", "user", "name"}
	a.record = func(id int, at time.Time) any { // also in the stream of the fake's user
		return sdelements.Activity{ID: int64(id), Name: sdelements.CreatedProjectActivity, Actor: sdelementstest.Me, Date: at}
	}
	a.newService = newSDElementsService
	a.newClient = func(credentials any, opts ...activity.Option) (*client, error) {
		return a.newClientAt(sdelementstest.BaseURL, credentials, opts...)
	}
	a.logins = func(s secrets) []login {
		return []login{
			{name: "token", credentials: func() any { return sdelements.Token(s.apiKey) }},
			{name: "connection string", credentials: func() any { return sdelements.Token(s.apiKey + "@acme.example.com") }},
			{name: "basic", credentials: func() any { return sdelements.Basic("a", s.password) }},
		}
	}
	return &a
}

func newSDElementsService(f faults) *service {
	s := sdelementstest.NewServer(fakeOptions[sdelementstest.Option]{
		ties: sdelementstest.WithShuffledTies, pageSizes: sdelementstest.WithPageSizes, pageLimit: sdelementstest.WithPageLimit,
		exclusive: sdelementstest.WithExclusiveBounds, maxOffset: sdelementstest.WithMaxOffset,
	}.forFaults(f)...)
	return &service{
		fakeServer: adapted(s),
		add:        adder(s.Add), remove: func(id int) { s.Delete(int64(id)) },
		logins: []login{
			{name: "token", credentials: func() any { return s.Credentials() }},
			{name: "basic", credentials: func() any { return sdelements.Basic(sdelementstest.User, sdelementstest.Password) }},
		},
	}
}

func sdElementsClient(reads func(c *sdelements.Client) *client) func(address string, credentials any, opts ...activity.Option) (*client, error) {
	return func(address string, credentials any, opts ...activity.Option) (*client, error) {
		c, err := sdelements.New(address, credentials.(sdelements.Credentials), opts...)
		if err != nil {
			return nil, err
		}
		return reads(c), nil
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
