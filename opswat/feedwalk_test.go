package opswat_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// Activities arrive between the requests for two pages, some with the key of those at the boundary.
func TestPageBoundaries(t *testing.T) {
	at := func(second int) opswat.Activity {
		return opswat.Activity{Timestamp: time.Date(1999, 12, 31, 23, 0, second, 0, time.UTC), AppUser: "u"}
	}
	of := func(seconds ...int) []opswat.Activity {
		var rows []opswat.Activity
		for _, s := range seconds {
			rows = append(rows, at(s))
		}
		return rows
	}
	other := at(9)
	other.AppUser = "v"
	flood := map[int][]opswat.Activity{}
	for request := 2; request < 20; request++ {
		flood[request] = of(10 + request)
	}
	mixed := []opswat.Activity{other, other, other, at(9), at(4)}
	for name, c := range map[string]struct {
		first  []opswat.Activity
		before map[int][]opswat.Activity // arrive before a request
		pages  string                    // in the order of the requests
	}{
		"nothing moves":                    {of(9, 8, 7, 6, 5, 4), nil, "123"},
		"same at the boundary":             {of(9, 8, 8, 8, 5, 4), nil, "1213"},
		"a page with one key":              {of(9, 8, 8, 8, 8, 8, 8, 4), nil, "121324"},
		"same around another":              {append(of(9, 9, 9), mixed...), nil, "12324"},
		"one arrives":                      {of(9, 8, 7, 6, 5, 4), map[int][]opswat.Activity{2: of(10)}, "121234"},
		"three arrive":                     {of(9, 8, 7, 6, 5, 4), map[int][]opswat.Activity{2: of(12, 11, 10)}, "1234"},
		"same, and one arrives":            {of(9, 8, 8, 8, 5, 4), map[int][]opswat.Activity{2: of(10)}, "1212134"},
		"one arrives each time":            {of(9, 8, 7, 6, 5, 4), map[int][]opswat.Activity{2: of(10), 3: of(11), 4: of(12), 5: of(13)}, "121212345"},
		"one arrives before every request": {of(9, 8, 7, 6, 5, 4), flood, "1212121232323234343456789"},
		"same as the rows there":           {of(9, 9, 9, 6, 5, 4), map[int][]opswat.Activity{2: of(9)}, "12134"},
		"several of the same key arrive":   {of(9, 9, 9, 9, 9, 9, 9, 4), map[int][]opswat.Activity{3: of(9, 9)}, "1213245"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, kept := opswattest.NewServer(opswattest.WithoutQuota()), followtest.NewStore()
				server.Add(c.first...)
				requests, pages := 0, ""
				server.OnRequest(func(r opswattest.Request) {
					if strings.HasSuffix(r.Path, "activities") {
						requests++
						_, page, _ := strings.Cut(string(r.Body), `"page":`)
						pages += page[:1]
						server.InsertAt(0, c.before[requests]...)
					}
				})
				feed := server.Client(unlimited).ActivityFeed(opswat.ActivityQuery{PageSize: 3})
				o := activity.FollowOptions{Since: time.Now().Add(-2 * time.Hour), Settle: -1}
				followtest.CatchUp(t, kept, feed, o)
				assert.Equal(t, c.pages, pages)
				for key, n := range kept.Keys {
					assert.Equal(t, 1, n, key)
				}
				assert.GreaterOrEqual(t, len(kept.Keys), len(c.first), "the first round delivers what was there")
				followtest.CatchUp(t, kept, feed, o)
				assert.Len(t, kept.Keys, server.Len(), "the second round delivers all")
			})
		})
	}
}

// A walk that takes hours loses nothing at its end, although age counts back from each request.
func TestSlowWalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, kept := opswattest.NewServer(), followtest.NewStore()
		server.Add(rows(300, time.Now())...)
		server.FailWith(func(opswattest.Request) *opswattest.Fault { return &opswattest.Fault{Delay: 50 * time.Second} })
		followtest.CatchUp(t, kept, server.Client().ActivityFeed(opswat.ActivityQuery{PageSize: 1}),
			activity.FollowOptions{Since: time.Now().Add(-10 * time.Minute), Settle: -1})
		assert.Greater(t, sinceStart(), 4*time.Hour)
		assert.Len(t, kept.Keys, 300)
	})
}
