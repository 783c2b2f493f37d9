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

// access returns the activity of an event. Some have the same key.
func access(e followtest.Event) opswat.Activity {
	user := fmt.Sprint("user ", e.N)
	if e.N%3 == 0 {
		user = fmt.Sprint("user of several ", e.N/12)
	}
	return opswat.Activity{Timestamp: e.At, Action: opswat.ActionBlocked, DeviceID: "d1", AppUser: user, AppName: "app"}
}

// countByKey returns how many records were stored for each key, without their numbers.
func countByKey(kept *followtest.Store) map[string]int {
	kinds := map[string]int{}
	for key, n := range kept.Keys {
		kind, _, _ := strings.Cut(key, "-")
		kinds[kind] += n
	}
	return kinds
}

// Activities arrive, some late and some with equal fields, while a program follows, crashes and
// starts again. In the end each was stored once.
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
						if e.N%3 == 0 { // several at the same instant
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
					assert.Equal(t, 1, n, "%s is stored once", key)
				}
				assert.Len(t, kept.Keys, 600)
				whole := followtest.NewStore()
				followtest.CatchUp(t, whole, client.ActivityFeed(opswat.ActivityQuery{}), o)
				assert.Equal(t, countByKey(whole), countByKey(kept))
				assert.LessOrEqual(t, opswattest.MaxInWindow(server.APIRequests(), time.Minute), 10)
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

func TestFeedInvalidQuery(t *testing.T) {
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

// Keys are the same in every run, and different fields never make the same key.
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

// Activities whose time cannot be read are told apart by what was sent, also if the service stops
// listing the oldest.
func TestFeedOfUnreadableTimestamps(t *testing.T) {
	const layout = "2006/01/02 15:04:05"
	synctest.Test(t, func(t *testing.T) {
		server, kept := opswattest.NewServer(opswattest.WithoutQuota()), followtest.NewStore()
		feed := server.Client(unlimited).ActivityFeed(opswat.ActivityQuery{})
		since := time.Now()
		for range 24 {
			followtest.Pass(time.Hour)
			server.InsertAt(0, opswat.Activity{Raw: fmt.Appendf(nil, `{"timestamp":%q,"app_user":"u"}`, time.Now().Format(layout))})
			oldest := time.Now().Add(-4 * time.Hour).Format(layout)
			server.DeleteFunc(func(a opswat.Activity) bool { return string(a.Raw[14:14+len(layout)]) < oldest })
			for b, err := range feed.CatchUp(t.Context(), kept.Checkpoint(t), activity.FollowOptions{Since: since}) {
				require.NoError(t, err)
				followtest.Put(t, kept, b)
			}
		}
		assert.Len(t, kept.Keys, 24)
	})
}

// No activity is missing, whether the service includes the day of the end date or not.
func TestEndDateInclusiveOrNot(t *testing.T) {
	for name, options := range map[string][]opswattest.Option{
		"included": {opswattest.WithoutQuota()},
		"excluded": {opswattest.WithoutQuota(), opswattest.WithExclusiveBounds()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := opswattest.NewServer(options...)
				now := time.Now()
				for at := now.Add(-40 * day); !at.After(now); at = at.Add(90 * time.Minute) { // midnights too
					server.Add(opswat.Activity{Timestamp: at, DeviceID: at.Format(time.RFC3339)},
						opswat.Activity{Timestamp: at.Add(-time.Second), DeviceID: at.Add(-time.Second).Format(time.RFC3339)})
				}
				client := server.Client(unlimited)
				for _, ago := range []time.Duration{26 * time.Hour, 3 * day, 40 * day, 40*day - 7*time.Hour - 1} {
					kept, since := followtest.NewStore(), now.Add(-ago)
					followtest.CatchUp(t, kept, client.ActivityFeed(opswat.ActivityQuery{}), activity.FollowOptions{Since: since, Settle: -1})
					assert.GreaterOrEqual(t, len(kept.Keys), 2*int(ago/(90*time.Minute))+1, "since %v ago", ago)

					for _, length := range []time.Duration{time.Second, 7 * time.Hour, day, 30*time.Hour + 1} {
						got := map[string]bool{}
						for a, err := range client.Activities(opswat.ActivityQuery{StartDate: since, EndDate: since.Add(length)}).All(t.Context()) {
							require.NoError(t, err)
							got[a.DeviceID] = true
						}
						for at := now; !at.Before(since); at = at.Add(-90 * time.Minute) {
							if at.Before(since.Add(length)) {
								assert.True(t, got[at.Format(time.RFC3339)], fmt.Sprint(at, " from ", since, " for ", length))
							}
						}
					}
				}
			})
		})
	}
}
