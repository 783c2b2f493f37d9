package aspera_test

import (
	"encoding/json"
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

// TestTransferFeed follows transfers in both directions that are listed when they begin, or hours
// later, and end up to a week after that.
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
				for b, err := range feed().CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: begin}) {
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

// TestFinalStateWithoutUpdate checks that the final state of a transfer is delivered, once, if its
// updated_at is missing or does not change, whether the lookback still reaches it or not.
func TestFinalStateWithoutUpdate(t *testing.T) {
	for name, updated := range map[string]time.Duration{"missing": 0, "unchanged": time.Minute} {
		for _, d := range []time.Duration{2 * time.Hour, 3 * days} {
			t.Run(fmt.Sprint(name, " ", d), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server, kept := asperatest.NewServer(), followtest.NewStore()
					begin := time.Now().Add(-10 * time.Minute)
					transfer := aspera.Transfer{UUID: "a", Direction: "send", Status: "running", SessionStart: begin}
					if updated > 0 {
						transfer.UpdatedAt = begin.Add(updated)
					}
					server.Add(transfer)
					feed := organization(server).TransferFeed(aspera.TransferQuery{})
					options := activity.FollowOptions{Since: begin.Add(-time.Hour)}
					run := func() (finals []bool) {
						for _, b := range followtest.CatchUp(t, kept, feed, options) {
							for _, r := range b.Records {
								finals = append(finals, r.Item.Done())
							}
						}
						return finals
					}
					assert.Equal(t, []bool{false}, run())
					assert.Empty(t, run())
					pass(d)
					assert.Empty(t, run())
					server.Delete("a")
					transfer.Status, transfer.SessionStop = aspera.StatusCompleted, time.Now()
					server.Add(transfer)
					assert.Equal(t, []bool{true}, run())
					for range 3 {
						pass(12 * time.Hour)
						assert.Empty(t, run())
					}
				})
			})
		}
	}
}

// TestFeedOfAStatus checks that a transfer which reaches the status of the query long after it
// began is delivered, and that no other state is.
func TestFeedOfAStatus(t *testing.T) {
	for name, opts := range map[string][]asperatest.Option{"obeyed": nil, "ignored": {asperatest.WithIgnoredFilters()}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, kept := asperatest.NewServer(opts...), followtest.NewStore()
				begin := time.Now().Add(-10 * time.Minute)
				long := aspera.Transfer{UUID: "long", Status: "running", SessionStart: begin, UpdatedAt: begin}
				server.Add(long,
					aspera.Transfer{UUID: "short", Status: "completed", SessionStart: begin, SessionStop: begin, UpdatedAt: begin},
					aspera.Transfer{UUID: "failed", Status: "failed", SessionStart: begin, SessionStop: begin, UpdatedAt: begin},
				)
				feed := organization(server).TransferFeed(aspera.TransferQuery{Status: aspera.StatusCompleted})
				var delivered []string
				for hour := range 60 {
					if hour == 30 {
						server.Delete("long")
						long.Status, long.SessionStop, long.UpdatedAt = aspera.StatusCompleted, time.Now(), time.Now()
						server.Add(long)
					}
					for _, b := range followtest.CatchUp(t, kept, feed, activity.FollowOptions{Since: begin.Add(-time.Hour)}) {
						for _, r := range b.Records {
							delivered = append(delivered, fmt.Sprint(hour, " ", r.Item.UUID, " ", r.Item.Status))
						}
					}
					pass(time.Hour)
				}
				assert.Equal(t, []string{"0 short completed", "30 long completed"}, delivered)
				lines := apiLines(server)
				assert.Len(t, lines, 60+6, "a list in each round, and the running transfer once no list has it")
				for _, line := range lines {
					assert.NotContains(t, line, "status=")
				}
			})
		})
	}
}

// TestFinalStatusWithoutAStop checks that a transfer with a final status is read again for a day
// only, in case it gets a stop time late.
func TestFinalStatusWithoutAStop(t *testing.T) {
	for _, status := range []aspera.Status{aspera.StatusCompleted, aspera.StatusFailed, "Completed"} {
		synctest.Test(t, func(t *testing.T) {
			server, kept := asperatest.NewServer(), followtest.NewStore()
			begin := time.Now().Add(-10 * time.Minute)
			long := runningTransfer("long", begin)
			long.Status = "running"
			server.Add(long, aspera.Transfer{UUID: "no times", Status: status})
			for i := range 20 {
				short := runningTransfer(fmt.Sprint("short", i), begin)
				short.Status = status
				if i%2 == 0 {
					short.UpdatedAt = time.Time{}
				}
				server.Add(short)
			}
			change := func(edit func(t *aspera.Transfer)) {
				edit(&long)
				long.UpdatedAt = time.Now()
				server.Delete("long")
				server.Add(long)
			}
			feed := organization(server).TransferFeed(aspera.TransferQuery{})
			var delivered []string
			var requests []int
			for hour := range 80 {
				switch hour {
				case 40:
					change(func(t *aspera.Transfer) { t.Status = status })
				case 50:
					change(func(t *aspera.Transfer) { t.TransferredBytes = 7 })
				}
				server.ResetRequests()
				for _, b := range followtest.CatchUp(t, kept, feed, activity.FollowOptions{Since: begin.Add(-time.Hour)}) {
					for _, r := range b.Records {
						if r.Item.UUID == "long" {
							delivered = append(delivered, fmt.Sprint(hour, " ", r.Item.Status, " ", r.Item.TransferredBytes))
						}
					}
				}
				requests = append(requests, len(apiLines(server)))
				pass(time.Hour)
			}
			assert.Equal(t, []string{"0 running 0", "40 " + string(status) + " 0", "50 " + string(status) + " 7"}, delivered)
			assert.Len(t, kept.Keys, 24)
			assert.Equal(t, 1, requests[24])
			assert.Equal(t, 2, requests[25], "the lookback has left them all, and one is unfinished")
			assert.Equal(t, 2, requests[74])
			assert.Equal(t, 1, requests[76], "a day after its last update")
		})
	}
}

// TestUnfinishedTransfers checks that an unfinished transfer is read by its UUID until it is gone.
func TestUnfinishedTransfers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, kept := asperatest.NewServer(), followtest.NewStore()
		begin := time.Now()
		at := begin.Add(-10 * time.Minute)
		server.Add(runningTransfer("a", at), runningTransfer("b", at),
			aspera.Transfer{UUID: "c", Direction: "send", Status: "running", SessionStart: at, UpdatedAt: at},
		)
		r := organization(server)
		run := func(q aspera.TransferQuery) []string {
			server.ResetRequests()
			followtest.CatchUp(t, kept, r.TransferFeed(q), activity.FollowOptions{Since: begin.Add(-time.Hour), Lookback: -1})
			return apiLines(server)[1:]
		}
		assert.Empty(t, run(aspera.TransferQuery{}))
		pass(days)
		one := "GET /analytics/v2/organizations/1023/transfers/"
		assert.Equal(t, []string{one + "a", one + "b", one + "c"}, run(aspera.TransferQuery{}))
		assert.Len(t, kept.Keys, 3)

		server.Delete("a", "b")
		server.Add(aspera.Transfer{UUID: "b", Direction: "receive", SessionStart: at, SessionStop: begin, UpdatedAt: begin})
		pass(days)
		around := "GET /analytics/v2/organizations/1023/transfers?start_time=1999-12-31T23%3A45%3A00.002Z&stop_time=1999-12-31T23%3A50%3A00.002Z"
		assert.Equal(t, []string{one + "a", one + "b", around, one + "c"}, run(aspera.TransferQuery{}))
		pass(days)
		assert.Equal(t, []string{one + "c"}, run(aspera.TransferQuery{}), "one is gone, of the other only the far side is left")
		assert.Len(t, kept.Keys, 3)

		ofRunning := followtest.NewStore()
		follow := func() {
			feed := r.TransferFeed(aspera.TransferQuery{Status: "running"})
			followtest.CatchUp(t, ofRunning, feed, activity.FollowOptions{Since: begin.Add(-time.Hour), Lookback: -1})
		}
		follow()
		pass(days)
		server.Delete("c")
		server.Add(aspera.Transfer{UUID: "c", Direction: "send", Status: "completed", SessionStart: at, SessionStop: begin, UpdatedAt: begin})
		follow()
		assert.Len(t, ofRunning.Keys, 1, "what a transfer has become does not belong to the feed")
	})
}

// TestUnfinishedTransferWithUnusableUUID checks that a UUID which cannot be requested does not end
// the feed.
func TestUnfinishedTransferWithUnusableUUID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, kept := asperatest.NewServer(), followtest.NewStore()
		begin := time.Now()
		at := begin.Add(-10 * time.Minute)
		server.Add(runningTransfer("..", at), runningTransfer("b", at))
		options := activity.FollowOptions{Since: begin.Add(-time.Hour), Lookback: -1}
		for range 3 {
			followtest.CatchUp(t, kept, organization(server).TransferFeed(aspera.TransferQuery{}), options)
			pass(days)
		}
		server.Delete("b")
		server.Add(aspera.Transfer{UUID: "b", Direction: "send", SessionStart: at, SessionStop: begin, UpdatedAt: begin})
		followtest.CatchUp(t, kept, organization(server).TransferFeed(aspera.TransferQuery{}), options)
		assert.Len(t, kept.Keys, 3, "both as they were, and one as it ended")
	})
}

// TestUnfinishedTransferWithSecretUUID checks that a UUID which is a secret of the client is
// neither stored nor part of a path.
func TestUnfinishedTransferWithSecretUUID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, kept := asperatest.NewServer(), followtest.NewStore()
		secret := server.JWTConfig().ClientSecret
		server.Add(aspera.Transfer{UUID: secret, Direction: "send", SessionStart: time.Now().Add(-10 * time.Minute)})
		feed := organization(server).TransferFeed(aspera.TransferQuery{})
		for range 3 {
			followtest.CatchUp(t, kept, feed, activity.FollowOptions{Since: time.Now().Add(-time.Hour), Lookback: -1})
			pass(days)
		}
		assert.Len(t, kept.Keys, 1)
		text, err := kept.Checkpoint(t).MarshalText()
		require.NoError(t, err)
		var parts struct{ Unfinished []byte }
		require.NoError(t, json.Unmarshal(text, &parts))
		assert.NotContains(t, string(parts.Unfinished), secret)
		for _, r := range server.Requests() {
			assert.NotContains(t, r.Path, secret)
		}
	})
}

func TestFeedRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := asperatest.NewServer()
		for _, err := range organization(server).TransferFeed(aspera.TransferQuery{Status: "completed", Direction: "send"}).CatchUp(t.Context(), activity.Checkpoint{},
			activity.FollowOptions{Since: time.Now().Add(-2 * time.Minute), Settle: -1}) {
			require.NoError(t, err)
		}
		assert.Equal(t, []string{"GET /analytics/v2/organizations/1023/transfers?" +
			"direction=send&start_time=1999-12-31T23%3A55%3A00.001Z&stop_time=2000-01-01T00%3A00%3A00.001Z"}, apiLines(server))
	})
}

// TestFeedOfExclusiveBounds checks that a transfer on the bound of a slice is delivered if the
// service excludes its bounds.
func TestFeedOfExclusiveBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, kept := asperatest.NewServer(asperatest.WithExclusiveBounds()), followtest.NewStore()
		since := time.Now().Add(-200 * days)
		var transfers []aspera.Transfer
		for i := range 201 { // the bounds of slices are whole days
			at := since.Add(time.Duration(i) * days)
			transfers = append(transfers, aspera.Transfer{UUID: fmt.Sprint(i), SessionStart: at, SessionStop: at})
		}
		server.Add(transfers...)
		options := activity.FollowOptions{Since: since, Lookback: -1, Settle: -1}
		followtest.CatchUp(t, kept, organization(server).TransferFeed(aspera.TransferQuery{}), options)
		assert.Len(t, kept.Keys, len(transfers))
		for key, n := range kept.Keys {
			assert.Equal(t, 1, n, key)
		}
	})
}

// TestQuietFeed checks that years without records are read in few slices, none longer than the
// service accepts, even with the lookback of the first.
func TestQuietFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, kept := asperatest.NewServer(asperatest.WithSpan(5*time.Minute, 180*days)), followtest.NewStore()
		since := time.Now().Add(-4 * 365 * days)
		feed := organization(server).TransferFeed(aspera.TransferQuery{})
		followtest.CatchUp(t, kept, feed, activity.FollowOptions{Since: since, Lookback: 90 * days})
		assert.Less(t, len(apiLines(server)), 40)
		assert.Empty(t, kept.Keys)
		assert.WithinDuration(t, time.Now(), kept.Checkpoint(t).Watermark(), time.Minute)

		server.ResetRequests()
		pass(170 * days) // with the lookback, more than the service accepts
		followtest.CatchUp(t, kept, feed, activity.FollowOptions{Lookback: 90 * days})
		assert.WithinDuration(t, time.Now(), kept.Checkpoint(t).Watermark(), time.Minute)
	})
}

// TestFeedOutgrowsItsTotal checks that transfers beyond the total of the first page are delivered.
func TestFeedOutgrowsItsTotal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, kept := asperatest.NewServer(), followtest.NewStore()
		since := time.Now().Add(-time.Hour)
		add := func(n int) {
			at := since.Add(time.Duration(20-n) * time.Minute)
			server.Add(aspera.Transfer{UUID: fmt.Sprint(n), SessionStart: at, SessionStop: at})
		}
		add(0)
		add(1)
		next := 2
		server.OnRequest(func(asperatest.Request) {
			if next < 20 && len(apiLines(server)) > 0 { // another one, after the page that was requested last
				add(next)
				next++
			}
		})
		followtest.CatchUp(t, kept, organization(server).TransferFeed(aspera.TransferQuery{PageSize: 1}), activity.FollowOptions{Since: since})
		assert.Len(t, kept.Keys, 20)
	})
}

// TestFeedOfMixedNames checks that a transfer with one bound under each kind of name is over, and
// is not read again.
func TestFeedOfMixedNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, kept := asperatest.NewServer(), followtest.NewStore()
		begin := time.Now().Add(-2 * time.Hour)
		server.Add(aspera.Transfer{UUID: "a", Raw: []byte(`{"uuid":"a","session_start_time":"` + begin.Format(time.RFC3339) +
			`","session_stopped_at":"` + begin.Add(time.Hour).Format(time.RFC3339) + `"}`)})
		feed := organization(server).TransferFeed(aspera.TransferQuery{})
		options := activity.FollowOptions{Since: begin.Add(-time.Hour), Lookback: -1}
		for b, err := range feed.CatchUp(t.Context(), activity.Checkpoint{}, options) {
			require.NoError(t, err)
			require.Len(t, b.Records, 1)
			assert.True(t, b.Records[0].Item.Done())
			assert.Equal(t, time.Hour, b.Records[0].Item.SessionStop.Sub(b.Records[0].Item.SessionStart))
			assert.Equal(t, begin.Add(time.Hour).UTC(), b.Records[0].Time.UTC())
			followtest.Put(t, kept, b)
		}
		server.ResetRequests()
		pass(days)
		followtest.CatchUp(t, kept, feed, options)
		assert.Len(t, apiLines(server), 1, "the list alone")
	})
}

// TestFeedRecordTime checks that the time of a record is the latest of its transfer.
func TestFeedRecordTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := asperatest.NewServer()
		begin := time.Now().Add(-2 * time.Hour).UTC()
		server.Add(
			aspera.Transfer{UUID: "started", SessionStart: begin},
			aspera.Transfer{UUID: "stopped", SessionStart: begin, SessionStop: begin.Add(2 * time.Minute), UpdatedAt: begin.Add(time.Minute)},
			aspera.Transfer{UUID: "updated", SessionStart: begin, SessionStop: begin.Add(time.Minute), UpdatedAt: begin.Add(time.Hour)},
		)
		times := map[string]time.Duration{}
		for b, err := range organization(server).TransferFeed(aspera.TransferQuery{}).CatchUp(t.Context(), activity.Checkpoint{},
			activity.FollowOptions{Since: begin.Add(-time.Hour)}) {
			require.NoError(t, err)
			for _, r := range b.Records {
				times[r.Item.UUID] = r.Time.Sub(begin)
			}
		}
		assert.Equal(t, map[string]time.Duration{"started": 0, "stopped": 2 * time.Minute, "updated": time.Hour}, times)
	})
}

// TestFeedKeepsItsQuery checks that a feed does not change with its query, and that its rounds end
// a minute before now.
func TestFeedKeepsItsQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := asperatest.NewServer()
		answer(s, `[]`)
		extra := url.Values{"tag": {"a"}}
		transfers := organization(s).TransferFeed(aspera.TransferQuery{Extra: extra})
		events := organization(s).ApplicationEventFeed(aspera.EventQuery{Extra: extra})
		extra["tag"][0] = "b"
		o := activity.FollowOptions{Since: time.Now().Add(-time.Hour)}
		for b, err := range transfers.CatchUp(t.Context(), activity.Checkpoint{}, o) {
			require.NoError(t, err)
			assert.WithinDuration(t, time.Now().Add(-time.Minute), b.Checkpoint.Watermark(), 0)
		}
		for b, err := range events.CatchUp(t.Context(), activity.Checkpoint{}, o) {
			require.NoError(t, err)
			assert.WithinDuration(t, time.Now().Add(-time.Minute), b.Checkpoint.Watermark(), 0)
		}
		lines := apiLines(s)
		require.Len(t, lines, 2)
		for _, line := range lines {
			assert.Contains(t, line, "&tag=a")
		}
	})
}

// TestTransferKeys checks that states of a transfer have different keys if they are less than a
// second apart, or differ only in the status or the stop time, and that keys are printable.
func TestTransferKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := asperatest.NewServer()
		at := time.Now().Add(-time.Hour)
		server.Add(
			aspera.Transfer{UUID: "a\n", SessionStart: at, SessionStop: at, UpdatedAt: at},
			aspera.Transfer{UUID: "a\n", SessionStart: at, SessionStop: at, UpdatedAt: at.Add(time.Millisecond)},
			aspera.Transfer{UUID: "a\n", SessionStart: at, SessionStop: at, UpdatedAt: at, Status: "waiting\n"},
			aspera.Transfer{UUID: "a\n", SessionStart: at, UpdatedAt: at, Status: "waiting\n"},
		)
		keys := map[string]bool{}
		for b, err := range organization(server).TransferFeed(aspera.TransferQuery{}).CatchUp(t.Context(), activity.Checkpoint{},
			activity.FollowOptions{Since: at.Add(-time.Hour)}) {
			require.NoError(t, err)
			for _, r := range b.Records {
				assert.NotContains(t, r.Key, "\n")
				keys[r.Key] = true
			}
		}
		assert.Len(t, keys, 4)
	})
}

func TestInvalidFeeds(t *testing.T) {
	r := organization(asperatest.NewServer())
	for name, c := range map[string]struct {
		r aspera.Resource
		q aspera.TransferQuery
	}{
		"paging":      {r, aspera.TransferQuery{Extra: url.Values{"next": {"1"}}}},
		"no resource": {aspera.Resource{}, aspera.TransferQuery{}},
	} {
		t.Run(name, func(t *testing.T) {
			for b, err := range c.r.TransferFeed(c.q).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: begin}) {
				require.ErrorIs(t, err, activity.ErrInvalid)
				require.ErrorContains(t, err, ": follow transfers: ")
				assert.Zero(t, b)
			}
		})
	}
	for _, q := range []aspera.EventQuery{{Start: begin}, {Stop: begin}} {
		for _, err := range r.ApplicationEventFeed(q).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: begin}) {
			require.ErrorIs(t, err, activity.ErrInvalid)
		}
	}
}
