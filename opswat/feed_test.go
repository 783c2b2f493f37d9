package opswat_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// access is one of a few that are alike, and many that are not.
func access(e followtest.Event) opswat.Activity {
	user := fmt.Sprint("user ", e.N)
	if e.N%3 == 0 {
		user = fmt.Sprint("user of several ", e.N/12)
	}
	return opswat.Activity{Timestamp: e.At, Action: opswat.ActionBlocked, DeviceID: "d1", AppUser: user, AppName: "app"}
}

// likes counts the activities of each kind, and gives how often keys of the same kind were stored.
func likes(kept *followtest.Store) map[string]int {
	kinds := map[string]int{}
	for key, n := range kept.Keys {
		kind, _, _ := strings.Cut(key, "-")
		kinds[kind] += n
	}
	return kinds
}

// Activities come, some late and some alike, while a follower reads, dies and begins again. As many
// are stored of each kind as there are.
func TestActivityFeed(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 9))
				server, kept := opswattest.NewServer(), followtest.NewStore()
				begin := time.Now()
				agenda := followtest.NewAgenda(random, 600, 30*time.Hour, 50*time.Minute)
				server.OnRequest(func(opswattest.Request) {
					for _, e := range agenda.Due() {
						if e.N%3 == 0 { // several at one instant
							e.At = begin.Add(time.Duration(e.N/12) * 36 * time.Minute)
						}
						server.Add(access(e))
					}
				})
				server.FailWith(func(r opswattest.Request) *opswattest.Fault {
					if random.IntN(10) == 0 {
						return &opswattest.Fault{Status: 503}
					}
					return nil
				})
				client := server.Client(activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}))
				feed := func() activity.Feed[opswat.Activity] {
					return client.ActivityFeed(opswat.ActivityQuery{PageSize: 5 + random.IntN(46)})
				}
				o := activity.FollowOptions{Since: begin, Every: 10 * time.Minute, Lookback: 3 * time.Hour}
				followtest.Crash(t, kept, feed, o, random, 60*time.Hour)
				server.FailWith(nil)
				o.Lookback = 36 * time.Hour
				followtest.CatchUp(t, kept, feed(), o)

				for key, n := range kept.Keys {
					assert.Equal(t, 1, n, "%s comes once", key)
				}
				assert.Len(t, kept.Keys, 600)
				whole := followtest.NewStore()
				followtest.CatchUp(t, whole, client.ActivityFeed(opswat.ActivityQuery{}), o)
				assert.Equal(t, likes(whole), likes(kept))
				assert.LessOrEqual(t, opswattest.MaxInWindow(server.APIRequests(), time.Minute), 10)
			})
		})
	}
}

// While a page is read, activities come in, of which some are like those at the joint.
func TestJoints(t *testing.T) {
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
		before map[int][]opswat.Activity // come in at the head before a request
		pages  string                    // in the order in which they are asked for
	}{
		"nothing moves":                 {of(9, 8, 7, 6, 5, 4), nil, "123"},
		"alike at the joint":            {of(9, 8, 8, 8, 5, 4), nil, "1213"},
		"a page that is all alike":      {of(9, 8, 8, 8, 8, 8, 8, 4), nil, "121324"},
		"alike around one that is not":  {append(of(9, 9, 9), mixed...), nil, "12324"},
		"one comes in":                  {of(9, 8, 7, 6, 5, 4), map[int][]opswat.Activity{2: of(10)}, "121234"},
		"three come in":                 {of(9, 8, 7, 6, 5, 4), map[int][]opswat.Activity{2: of(12, 11, 10)}, "1234"},
		"alike, and one comes in":       {of(9, 8, 8, 8, 5, 4), map[int][]opswat.Activity{2: of(10)}, "1212134"},
		"one comes in each time":        {of(9, 8, 7, 6, 5, 4), map[int][]opswat.Activity{2: of(10), 3: of(11), 4: of(12), 5: of(13)}, "121212345"},
		"one comes in for ever":         {of(9, 8, 7, 6, 5, 4), flood, "1212121232323234343456789"},
		"alike with what is there":      {of(9, 9, 9, 6, 5, 4), map[int][]opswat.Activity{2: of(9)}, "12134"},
		"alike come in, many at a time": {of(9, 9, 9, 9, 9, 9, 9, 4), map[int][]opswat.Activity{3: of(9, 9)}, "1213245"},
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
				assert.GreaterOrEqual(t, len(kept.Keys), len(c.first), "what was there comes in the first round")
				followtest.CatchUp(t, kept, feed, o)
				assert.Len(t, kept.Keys, server.Len(), "and all in the second")
			})
		})
	}
}

func TestFeedRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		now := time.Now() // 2000-01-01
		client := server.Client()
		follow := func(since time.Duration, q opswat.ActivityQuery) []string {
			server.ResetRequests()
			var watermark time.Time
			for b, err := range client.ActivityFeed(q).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: now.Add(-since)}) {
				require.NoError(t, err)
				assert.Empty(t, b.Records)
				watermark = b.Checkpoint.Watermark()
			}
			assert.WithinDuration(t, now.Add(-time.Minute), watermark, 0)
			return bodies(server)
		}
		assert.Equal(t, []string{`{"limit":50,"page":1,"age":2}`}, follow(time.Hour, opswat.ActivityQuery{}))
		assert.Equal(t, []string{`{"limit":9,"page":1,"age":3,"action":["blocked"],"search":"x"}`},
			follow(61*time.Minute, opswat.ActivityQuery{PageSize: 9, Actions: []opswat.Action{"blocked"}, Search: "x"}))
		assert.Equal(t, []string{
			`{"limit":50,"page":1,"start_date":"12/28/1999","end_date":"12/31/1999"}`,
			`{"limit":50,"page":1,"age":26}`,
		}, follow(49*time.Hour, opswat.ActivityQuery{}))
	})
}

// A reading that takes hours loses nothing at its end, although the age counts back from each
// request.
func TestSlowReading(t *testing.T) {
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

func TestFeedRefuses(t *testing.T) {
	client := opswattest.NewServer().Client()
	now := time.Now()
	for name, q := range map[string]opswat.ActivityQuery{
		"Age":    {Age: time.Hour},
		"paging": {Extra: map[string]any{"page": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			for b, err := range client.ActivityFeed(q).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: now}) {
				require.ErrorIs(t, err, activity.ErrInvalid)
				require.ErrorContains(t, err, "opswat: follow activities: ")
				assert.Zero(t, b)
			}
		})
	}
}

// The zone of the timestamps is part of the keys.
func TestFeedOfAnotherZone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := opswattest.NewServer().Client()
		var c activity.Checkpoint
		for b, err := range client.ActivityFeed(opswat.ActivityQuery{}).CatchUp(t.Context(), c, activity.FollowOptions{Since: time.Now().Add(-time.Hour)}) {
			require.NoError(t, err)
			c = b.Checkpoint
		}
		zone := time.FixedZone("elsewhere", 3600)
		for _, err := range client.ActivityFeed(opswat.ActivityQuery{Location: zone}).CatchUp(t.Context(), c, activity.FollowOptions{}) {
			require.ErrorIs(t, err, activity.ErrCheckpointMismatch)
		}
	})
}

// Keys are the same in every run, and do not run together.
func TestFeedKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer(opswattest.WithoutQuota())
		now := time.Now().Add(-time.Minute)
		server.Add(
			opswat.Activity{Timestamp: now, AppUser: "ab", AppName: "c"}, opswat.Activity{Timestamp: now, AppUser: "a", AppName: "bc"},
			opswat.Activity{Timestamp: now, AppUser: "a", AppName: "bc", DeviceName: "not in the key"}, opswat.Activity{Timestamp: now.Add(time.Second)},
		)
		var runs [2][]string
		for i := range runs {
			for b, err := range server.Client(unlimited).ActivityFeed(opswat.ActivityQuery{}).CatchUp(t.Context(), activity.Checkpoint{},
				activity.FollowOptions{Since: now.Add(-time.Hour), Settle: -1}) {
				require.NoError(t, err)
				for _, r := range b.Records {
					runs[i] = append(runs[i], r.Key)
				}
			}
		}
		assert.Equal(t, runs[0], runs[1])
		assert.Len(t, runs[0], 4)
		slices.Sort(runs[0])
		assert.Len(t, slices.Compact(runs[0]), 4)
		assert.Contains(t, runs[0], "USmGcAqhXpozhsxIQxVDjg-1")
	})
}
