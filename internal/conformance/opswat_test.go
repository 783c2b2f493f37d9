package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

var opswatActivities = &adapter{
	vendor: "opswat", name: "activities", id: "device_id", time: "timestamp",
	record: func(id int, at time.Time) any {
		return opswat.Activity{Timestamp: at, Action: opswat.ActionBlocked, DeviceID: fmt.Sprint(id)}
	},
	newService: func(f faults) *service {
		s := opswattest.NewServer(append(fakeOptions[opswattest.Option]{
			ties: opswattest.WithShuffledTies, pageSizes: opswattest.WithPageSizes,
			exclusive: opswattest.WithExclusiveBounds, maxOffset: opswattest.WithMaxOffset,
		}.forFaults(f), opswattest.WithoutQuota())...) // the package opswat tests the quota
		return &service{
			fakeServer: adapted(s), expire: s.ExpireTokens, add: adder(s.Add),
			remove: func(id int) { s.DeleteFunc(func(a opswat.Activity) bool { return a.DeviceID == fmt.Sprint(id) }) },
			logins: []login{
				{name: "client credentials", fetchesToken: true, renewsToken: true, credentials: func() any { return s.Credentials() }},
				{name: "refresh token", fetchesToken: true, renewsToken: true, rotates: true, credentials: func() any {
					return opswat.RefreshToken(opswattest.ClientKey, opswattest.ClientSecret, s.RefreshToken(), keepToken)
				}},
				{name: "access token", renewsToken: true, credentials: func() any {
					return opswat.AccessToken(tokenSource(func() (*oauth2.Token, error) {
						return &oauth2.Token{AccessToken: s.AccessToken(), Expiry: time.Now().Add(12 * time.Hour)}, nil
					}))
				}},
			},
		}
	},
	newClient: func(credentials any, opts ...activity.Option) (*client, error) {
		c, err := opswat.New(credentials.(opswat.Credentials), opts...)
		if err != nil {
			return nil, err
		}
		return newVendorClient(c, c.Activities, c.ActivityFeed, func(q query) opswat.ActivityQuery {
			return opswat.ActivityQuery{StartDate: q.from, EndDate: q.to, PageSize: q.pageSize}
		}, func(a opswat.Activity) record {
			id, _ := strconv.Atoi(a.DeviceID)
			return record{id: id, time: a.Timestamp, raw: a.Raw, problems: a.Problems}
		}), nil
	},
	logins: func(s secrets) []login {
		refresh := func(rotated func(context.Context, string) error) func() any {
			return func() any { return opswat.RefreshToken("id", s.password, s.refreshToken, rotated) }
		}
		return []login{
			{name: "client credentials", fetchesToken: true, renewsToken: true, credentials: func() any { return opswat.ClientCredentials("id", s.password) }},
			{name: "refresh token", fetchesToken: true, renewsToken: true, credentials: refresh(keepToken)},
			{name: "refresh token, lost", fetchesToken: true, renewsToken: true, credentials: refresh(func(_ context.Context, token string) error {
				return errors.New("cannot store " + token)
			}), fails: true},
			{name: "access token", credentials: func() any {
				return opswat.AccessToken(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: s.token}))
			}},
		}
	},
	bearer: func(src oauth2.TokenSource) any { return opswat.AccessToken(src) },
	answer: func(_ bool, records ...string) string { return "[" + strings.Join(records, ",") + "]" },
	// Only a page without records is the last one.
	requests:    func(records, pageSize int) int { return (records+pageSize-1)/pageSize + 1 },
	anonymous:   true,
	offsets:     true,
	quotaWindow: time.Minute,
	paging:      []string{"page", "limit"}, size: "limit", maxSize: 50, until: "end_date", filters: []string{"age", "action", "search"},
}

func keepToken(context.Context, string) error { return nil }
