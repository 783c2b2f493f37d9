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
	newService: func(m misbehaviour) *service {
		s := snaplogictest.NewServer(snapLogicOptions(m)...)
		return &service{
			fakeServer: adapted(s), expire: s.ExpireTokens,
			add: func(records ...any) {
				for _, r := range records {
					s.Add(r.(snaplogic.Activity))
				}
			},
			remove: func(id int) { s.Delete(fmt.Sprintf("%024d", id)) },
			logins: []login{
				{name: "basic", credentials: func() any { return s.Credentials() }},
				{name: "bearer", renews: true, credentials: func() any { return snaplogic.Bearer(s.TokenSource()) }},
			},
		}
	},
	newClient: func(credentials any, opts ...activity.Option) (*client, error) {
		c, err := snaplogic.New(snaplogictest.Organization, credentials.(snaplogic.Credentials), opts...)
		if err != nil {
			return nil, err
		}
		vendors := func(q query) snaplogic.ActivityQuery {
			return snaplogic.ActivityQuery{Start: q.from, End: q.to, PageSize: q.pageSize}
		}
		return &client{
			value: c,
			list:  func(q query) list { return newList(c.Activities(vendors(q)), readSnapLogic) },
			feed:  func(q query) feed { return newFeed(c.ActivityFeed(vendors(q)), readSnapLogic) },
		}, nil
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
			return 2 // nothing but another request shows that a list ends with its first page if that is full
		}
		return wholePages(records, pageSize)
	},
	offsets: true,
	paging:  []string{"offset", "limit"}, size: "limit", most: 100_000, until: "end", filters: []string{"filter_user", "filter_asset", "filter_is_alert"},
}

func snapLogicOptions(m misbehaviour) (opts []snaplogictest.Option) {
	if m.ties > 0 {
		opts = append(opts, snaplogictest.WithShuffledTies(m.ties))
	}
	if m.pageSizes != nil {
		opts = append(opts, snaplogictest.WithPageSizes(m.pageSizes...))
	}
	if m.pageLimit > 0 {
		opts = append(opts, snaplogictest.WithPageLimit(m.pageLimit))
	}
	if m.exclusive {
		opts = append(opts, snaplogictest.WithExclusiveBounds())
	}
	if m.maxOffset > 0 {
		opts = append(opts, snaplogictest.WithMaxOffset(m.maxOffset))
	}
	if m.uncounted {
		opts = append(opts, snaplogictest.WithoutTotal())
	}
	return opts
}

func readSnapLogic(a snaplogic.Activity) record {
	id, _ := strconv.Atoi(a.ID)
	return record{id: id, time: a.CreateTime, raw: a.Raw, problems: a.Problems}
}
