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
	newService: func(m misbehaviour) *service {
		s := opswattest.NewServer(opswatOptions(m)...)
		return &service{
			fakeServer: adapted(s), expire: s.ExpireTokens,
			add: func(records ...any) {
				for _, r := range records {
					s.Add(r.(opswat.Activity))
				}
			},
			remove: func(id int) { s.DeleteFunc(func(a opswat.Activity) bool { return a.DeviceID == fmt.Sprint(id) }) },
			logins: []login{
				{name: "client credentials", asks: true, renews: true, credentials: func() any { return s.Credentials() }},
				{name: "refresh token", asks: true, renews: true, rotates: true, credentials: func() any {
					return opswat.RefreshToken(opswattest.ClientKey, opswattest.ClientSecret, s.RefreshToken(), keepToken)
				}},
				{name: "access token", renews: true, credentials: func() any { return opswat.AccessToken(opswatTokens{s}) }},
			},
		}
	},
	newClient: func(credentials any, opts ...activity.Option) (*client, error) {
		c, err := opswat.New(credentials.(opswat.Credentials), opts...)
		if err != nil {
			return nil, err
		}
		vendors := func(q query) opswat.ActivityQuery {
			return opswat.ActivityQuery{StartDate: q.from, EndDate: q.to, PageSize: q.pageSize}
		}
		return &client{
			value: c,
			list:  func(q query) list { return newList(c.Activities(vendors(q)), readOPSWAT) },
			feed:  func(q query) feed { return newFeed(c.ActivityFeed(vendors(q)), readOPSWAT) },
		}, nil
	},
	logins: func(s secrets) []login {
		refresh := func(rotated func(context.Context, string) error) func() any {
			return func() any { return opswat.RefreshToken("id", s.password, s.refreshToken, rotated) }
		}
		return []login{
			{name: "client credentials", asks: true, renews: true, credentials: func() any { return opswat.ClientCredentials("id", s.password) }},
			{name: "refresh token", asks: true, renews: true, credentials: refresh(keepToken)},
			{name: "refresh token, lost", asks: true, renews: true, credentials: refresh(func(_ context.Context, token string) error {
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
	paging:      []string{"page", "limit"}, size: "limit", most: 50, until: "end_date", filters: []string{"age", "action", "search"},
}

func opswatOptions(m misbehaviour) []opswattest.Option {
	opts := []opswattest.Option{opswattest.WithoutQuota()} // which its own tests are about
	if m.ties > 0 {
		opts = append(opts, opswattest.WithShuffledTies(m.ties))
	}
	if m.pageSizes != nil {
		opts = append(opts, opswattest.WithPageSizes(m.pageSizes...))
	}
	if m.exclusive {
		opts = append(opts, opswattest.WithExclusiveBounds())
	}
	if m.maxOffset > 0 {
		opts = append(opts, opswattest.WithMaxOffset(m.maxOffset))
	}
	return opts
}

func readOPSWAT(a opswat.Activity) record {
	id, _ := strconv.Atoi(a.DeviceID)
	return record{id: id, time: a.Timestamp, raw: a.Raw, problems: a.Problems}
}

func keepToken(context.Context, string) error { return nil }

// opswatTokens is a token source that has each token from the fake.
type opswatTokens struct{ server *opswattest.Server }

func (s opswatTokens) Token() (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: s.server.AccessToken(), Expiry: time.Now().Add(12 * time.Hour)}, nil
}
