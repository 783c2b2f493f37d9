package conformance_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

var snapLogic = &adapter{
	vendor: "snaplogic", name: "activities", id: "_id", time: "create_time",
	record: func(id int, at time.Time) any {
		return snaplogic.Activity{ID: fmt.Sprintf("%024d", id), EventType: snaplogic.EventAssetUpdate, CreateTime: at}
	},
	newService: func(f faults) *service {
		s := snaplogictest.NewServer(fakeOptions[snaplogictest.Option]{
			ties: snaplogictest.WithShuffledTies, pageSizes: snaplogictest.WithPageSizes, pageLimit: snaplogictest.WithPageLimit,
			exclusive: snaplogictest.WithExclusiveBounds, maxOffset: snaplogictest.WithMaxOffset, uncounted: snaplogictest.WithoutTotal,
		}.forFaults(f)...)
		return &service{
			fakeServer: adapted(s), expire: s.ExpireTokens,
			add: adder(s.Add), remove: func(id int) { s.Delete(fmt.Sprintf("%024d", id)) },
			logins: []login{
				{name: "basic", credentials: func() any { return s.Credentials() }},
				{name: "bearer", renewsToken: true, credentials: func() any { return snaplogic.Bearer(s.TokenSource()) }},
			},
		}
	},
	newClient: func(credentials any, opts ...activity.Option) (*client, error) {
		c, err := snaplogic.New(snaplogictest.Organization, credentials.(snaplogic.Credentials), opts...)
		if err != nil {
			return nil, err
		}
		return newVendorClient(c, c.Activities, c.ActivityFeed, func(q query) snaplogic.ActivityQuery {
			return snaplogic.ActivityQuery{Start: q.from, End: q.to, PageSize: q.pageSize}
		}, func(a snaplogic.Activity) record {
			id, _ := strconv.Atoi(a.ID)
			return record{id: id, time: a.CreateTime, raw: a.Raw, problems: a.Problems}
		}), nil
	},
	logins: func(s secrets) []login {
		return []login{
			{name: "basic", credentials: func() any { return snaplogic.Basic("a@example.com", s.password) }},
			{name: "bearer", credentials: func() any {
				return snaplogic.Bearer(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: s.token}))
			}},
		}
	},
	bearer: func(src oauth2.TokenSource) any { return snaplogic.Bearer(src) },
	answer: func(more bool, records ...string) string {
		total := len(records)
		if more {
			total += 1000
		}
		return fmt.Sprintf(`{"response_map":{"total":%d,"offset":0,"limit":100,"entries":[%s]},"http_status_code":200}`, total, strings.Join(records, ","))
	},
	requests: func(records, pageSize int) int {
		if records == pageSize {
			return 2 // a full first page: only another request shows whether it is the last
		}
		return wholePages(records, pageSize)
	},
	offsets: true,
	paging:  []string{"offset", "limit"}, size: "limit", maxSize: 100_000, until: "end", filters: []string{"filter_user", "filter_asset", "filter_is_alert"},
}
