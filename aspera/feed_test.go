package aspera_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/internal/followtest"
)

const days = 24 * time.Hour

// Transfers are listed when they begin or hours later, in both directions, and end up to a week after.
func TestTransferFeed(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 5))
				server, kept := asperatest.NewServer(asperatest.WithSpan(5*time.Minute, 180*days)), followtest.NewStore()
				begin := time.Now()
				agenda := followtest.NewAgenda(random, 120, 3*days, 20*time.Hour)
				type end struct {
					transfer aspera.Transfer
					at       time.Time
				}
				var running []end
				server.OnRequest(func(asperatest.Request) {
					for _, e := range agenda.Due() {
						tr := aspera.Transfer{
							UUID:         fmt.Sprintf("%08x-0000-4000-8000-000000000000", e.N),
							Direction:    []aspera.Direction{aspera.DirectionSend, aspera.DirectionReceive}[e.N%2],
							SessionStart: e.At,
							UpdatedAt:    e.At,
						}
						server.Add(tr)
						running = append(running, end{tr, e.Listed.Add(time.Duration(random.Int64N(int64(7 * days))))})
					}
					var left []end
					for _, r := range running {
						if r.at.After(time.Now()) {
							left = append(left, r)
							continue
						}
						server.Delete(r.transfer.UUID)
						r.transfer.SessionStop, r.transfer.UpdatedAt = r.at, r.at
						server.Add(r.transfer)
					}
					running = left
				})
				client := server.Client(activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}))
				feed := func() activity.Feed[aspera.Transfer] {
					return client.Organization(asperatest.OrganizationID).TransferFeed(aspera.TransferQuery{PageSize: 1 + random.IntN(20)})
				}
				o := activity.FollowOptions{Since: begin, Every: time.Hour}
				finals := map[string]bool{}
				followtest.Crash(t, kept, feed, o, random, 12*days)
				for range 3 {
					followtest.CatchUp(t, kept, feed(), o)
				}
				for key, n := range kept.Keys {
					assert.Equal(t, 1, n, key)
				}
				for b, err := range feed().Follow(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: begin}) {
					require.NoError(t, err)
					for _, r := range b.Records {
						finals[r.Key] = true
						assert.True(t, r.Item.Done())
						assert.Equal(t, 1, kept.Keys[r.Key], r.Key)
					}
				}
				assert.Len(t, finals, 120)
			})
		})
	}
}

func TestApplicationEventFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 6))
		server, kept := asperatest.NewServer(), followtest.NewStore()
		begin := time.Now()
		agenda := followtest.NewAgenda(random, 300, 3*days, 20*time.Hour)
		server.OnRequest(func(asperatest.Request) {
			for _, e := range agenda.Due() {
				server.AddApplicationEvents(aspera.ApplicationEvent{EventID: fmt.Sprint("e", e.N), CreatedAt: e.At})
			}
		})
		feed := func() activity.Feed[aspera.ApplicationEvent] {
			return organization(server).ApplicationEventFeed(aspera.EventQuery{PageSize: 1 + random.IntN(20)})
		}
		o := activity.FollowOptions{Since: begin, Every: time.Hour}
		followtest.Crash(t, kept, feed, o, random, 6*days)
		followtest.CatchUp(t, kept, feed(), o)
		for i := range 300 {
			assert.Equal(t, 1, kept.Keys[fmt.Sprint("e", i)], i)
		}
		assert.Len(t, kept.Keys, 300)
	})
}

// A transfer that is not over is read by its UUID; where the service gives the session's other side, until that is over.
func TestUnfinishedTransfers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, kept := asperatest.NewServer(), followtest.NewStore()
		begin := time.Now()
		at := begin.Add(-10 * time.Minute)
		server.Add(
			aspera.Transfer{UUID: "a", Direction: "send", SessionStart: at, UpdatedAt: at},
			aspera.Transfer{UUID: "b", Direction: "send", SessionStart: at, UpdatedAt: at},
			aspera.Transfer{UUID: "c", Direction: "send", Status: "running", SessionStart: at, UpdatedAt: at},
		)
		r := organization(server)
		run := func(q aspera.TransferQuery) []string {
			server.ResetRequests()
			followtest.CatchUp(t, kept, r.TransferFeed(q), activity.FollowOptions{Since: begin.Add(-time.Hour), Lookback: -1})
			return apiLines(server)[1:]
		}
		assert.Empty(t, run(aspera.TransferQuery{}))
		wait(t, days)
		one := "GET /analytics/v2/organizations/1023/transfers/"
		assert.Equal(t, []string{one + "a", one + "b", one + "c"}, run(aspera.TransferQuery{}))
		assert.Len(t, kept.Keys, 3)

		server.Delete("a", "b")
		server.Add(aspera.Transfer{UUID: "b", Direction: "receive", SessionStart: at, SessionStop: begin, UpdatedAt: begin})
		wait(t, days)
		assert.Equal(t, []string{one + "a", one + "b", one + "c"}, run(aspera.TransferQuery{}))
		wait(t, days)
		assert.Equal(t, []string{one + "c"}, run(aspera.TransferQuery{}), "one is gone, of the other only the far side is left")
		assert.Len(t, kept.Keys, 3)

		running := followtest.NewStore()
		follow := func() {
			feed := r.TransferFeed(aspera.TransferQuery{Status: "running"})
			followtest.CatchUp(t, running, feed, activity.FollowOptions{Since: begin.Add(-time.Hour), Lookback: -1})
		}
		follow()
		wait(t, days)
		server.Delete("c")
		server.Add(aspera.Transfer{UUID: "c", Direction: "send", Status: "completed", SessionStart: at, SessionStop: begin, UpdatedAt: begin})
		follow()
		assert.Len(t, running.Keys, 1, "what a transfer has become does not belong to the feed")
	})
}

// A UUID that no request can carry must not end the feed for good.
func TestUnfinishedTransferWithoutAnAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, kept := asperatest.NewServer(), followtest.NewStore()
		begin := time.Now()
		at := begin.Add(-10 * time.Minute)
		server.Add(
			aspera.Transfer{UUID: "..", Direction: "send", SessionStart: at, UpdatedAt: at},
			aspera.Transfer{UUID: "b", Direction: "send", SessionStart: at, UpdatedAt: at},
		)
		options := activity.FollowOptions{Since: begin.Add(-time.Hour), Lookback: -1}
		for range 3 {
			followtest.CatchUp(t, kept, organization(server).TransferFeed(aspera.TransferQuery{}), options)
			wait(t, days)
		}
		server.Delete("b")
		server.Add(aspera.Transfer{UUID: "b", Direction: "send", SessionStart: at, SessionStop: begin, UpdatedAt: begin})
		followtest.CatchUp(t, kept, organization(server).TransferFeed(aspera.TransferQuery{}), options)
		assert.Len(t, kept.Keys, 3, "both as they were, and one as it ended")
	})
}

// wait lets virtual time pass.
func wait(t *testing.T, d time.Duration) {
	t.Helper()
	<-time.After(d)
}

func TestFeedRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := asperatest.NewServer()
		for _, err := range organization(server).TransferFeed(aspera.TransferQuery{Status: "completed"}).Follow(t.Context(), activity.Checkpoint{},
			activity.FollowOptions{Since: time.Now().Add(-2 * time.Minute), Settle: -1}) {
			require.NoError(t, err)
		}
		assert.Equal(t, []string{"GET /analytics/v2/organizations/1023/transfers?" +
			"start_time=1999-12-31T23%3A55%3A00Z&status=completed&stop_time=2000-01-01T00%3A00%3A00Z"}, apiLines(server))
	})
}

func TestFeedRefuses(t *testing.T) {
	r := organization(asperatest.NewServer())
	for name, c := range map[string]struct {
		r aspera.Resource
		q aspera.TransferQuery
	}{
		"Start":       {r, aspera.TransferQuery{Start: begin}},
		"Stop":        {r, aspera.TransferQuery{Stop: begin}},
		"PageSize":    {r, aspera.TransferQuery{PageSize: -1}},
		"paging":      {r, aspera.TransferQuery{Extra: url.Values{"next": {"1"}}}},
		"no resource": {aspera.Resource{}, aspera.TransferQuery{}},
	} {
		t.Run(name, func(t *testing.T) {
			for b, err := range c.r.TransferFeed(c.q).Follow(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: begin}) {
				require.ErrorIs(t, err, activity.ErrInvalid)
				require.ErrorContains(t, err, "aspera: follow transfers: ")
				assert.Zero(t, b)
			}
		})
	}
}
