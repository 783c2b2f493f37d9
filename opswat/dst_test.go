package opswat_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata" // not every machine has a database of zones

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// clocks has zones whose clocks are set back on 29 October 2000, and when. Package time reads a
// time of the hour that occurs twice as the second of the two in Berlin, and as the first in New
// York.
var clocks = map[string]time.Time{
	"Europe/Berlin":    time.Date(2000, 10, 29, 1, 0, 0, 0, time.UTC),
	"America/New_York": time.Date(2000, 10, 29, 6, 0, 0, 0, time.UTC),
}

// inEachZone runs a test three hours before the clock is set back.
func inEachZone(t *testing.T, test func(t *testing.T, zone *time.Location, back time.Time)) {
	t.Helper()
	for name, back := range clocks {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				zone, err := time.LoadLocation(name)
				require.NoError(t, err)
				<-time.After(time.Until(back.Add(-3 * time.Hour)))
				test(t, zone, back)
			})
		})
	}
}

// visits returns an activity for each step of a span. Activities that are an hour apart differ in
// DeviceName only, which is not a part of the key.
func visits(from, to time.Time, step time.Duration) []opswat.Activity {
	var rows []opswat.Activity
	for at := from; at.Before(to); at = at.Add(step) {
		rows = append(rows, opswat.Activity{Timestamp: at, AppUser: fmt.Sprint("u", at.Minute()), DeviceName: at.UTC().Format(time.RFC3339)})
	}
	return rows
}

// reader reads a feed round by round and counts what it delivers.
type reader struct {
	feed       activity.Feed[opswat.Activity]
	checkpoint activity.Checkpoint
	options    activity.FollowOptions
	keys       map[string]bool
	names      map[string]int // how often an activity came, by its DeviceName
}

func (r *reader) round(t testing.TB) {
	t.Helper()
	for b, err := range r.feed.CatchUp(t.Context(), r.checkpoint, r.options) {
		require.NoError(t, err)
		for _, record := range b.Records {
			assert.False(t, r.keys[record.Key], "%s comes twice", record.Key)
			assert.Equal(t, record.Item.Timestamp, record.Time)
			r.keys[record.Key] = true
			r.names[record.Item.DeviceName]++
		}
		r.checkpoint = b.Checkpoint
	}
}

func newReader(feed activity.Feed[opswat.Activity], since time.Time) *reader {
	return &reader{feed: feed, options: activity.FollowOptions{Since: since, Settle: -1}, keys: map[string]bool{}, names: map[string]int{}}
}

// assertComplete checks that each activity was delivered once, also those with equal timestamps.
func (r *reader) assertComplete(t testing.TB, want []opswat.Activity) {
	t.Helper()
	for _, a := range want {
		assert.Equal(t, 1, r.names[a.DeviceName], "the activity of %s", a.DeviceName)
	}
	assert.Len(t, r.keys, len(want))
}

func TestAmbiguousHourInOneRound(t *testing.T) {
	inEachZone(t, func(t *testing.T, zone *time.Location, back time.Time) {
		want := visits(back.Add(-2*time.Hour), back.Add(2*time.Hour), 26*time.Second)
		<-time.After(time.Until(back.Add(2 * time.Hour)))
		for _, size := range []int{1, 2, 7, 24, 50} {
			server := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithLocation(zone))
			server.Add(want...)
			feed := server.Client(unlimited).ActivityFeed(opswat.ActivityQuery{Location: zone, PageSize: size})
			r := newReader(feed, back.Add(-2*time.Hour))
			for b, err := range feed.CatchUp(t.Context(), activity.Checkpoint{}, r.options) {
				require.NoError(t, err)
				for _, record := range b.Records {
					require.Equal(t, record.Item.DeviceName, record.Time.UTC().Format(time.RFC3339), "the right one of the two hours")
				}
			}
			r.round(t)
			r.assertComplete(t, want)
		}
	})
}

func TestAmbiguousHourInManyRounds(t *testing.T) {
	for _, every := range []time.Duration{3 * time.Minute, 7 * time.Minute, 25 * time.Minute, 61 * time.Minute} {
		inEachZone(t, func(t *testing.T, zone *time.Location, back time.Time) {
			server := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithLocation(zone))
			coming := visits(back.Add(-150*time.Minute), back.Add(3*time.Hour), 30*time.Second)
			r := newReader(server.Client(unlimited).ActivityFeed(opswat.ActivityQuery{Location: zone}), time.Now())
			r.options.Lookback = -1
			want := coming
			for time.Now().Before(back.Add(5 * time.Hour)) {
				for len(coming) > 0 && !coming[0].Timestamp.After(time.Now()) {
					server.Add(coming[0])
					coming = coming[1:]
				}
				r.round(t)
				<-time.After(every)
			}
			r.assertComplete(t, want)
		})
	}
}

// Two equal activities with no other between them show no step.
func TestAmbiguousHourWithNothingBetween(t *testing.T) {
	inEachZone(t, func(t *testing.T, zone *time.Location, back time.Time) {
		server := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithLocation(zone))
		r := newReader(server.Client(unlimited).ActivityFeed(opswat.ActivityQuery{Location: zone, PageSize: 1}), time.Now())
		want := []opswat.Activity{
			{Timestamp: back.Add(-30 * time.Minute), DeviceName: "first"}, {Timestamp: back.Add(30 * time.Minute), DeviceName: "second"},
		}
		for _, a := range want {
			<-time.After(time.Until(a.Timestamp))
			server.Add(a)
			r.round(t)
		}
		for range 5 {
			<-time.After(time.Hour)
			r.round(t)
		}
		r.assertComplete(t, want)
	})
}

// Activities arrive while pages are read, at times more than a page has room for, and some of them
// late. In the end each was delivered once.
func TestAmbiguousHourAtRandom(t *testing.T) {
	for seed := uint64(4); seed < 8; seed++ {
		inEachZone(t, func(t *testing.T, zone *time.Location, back time.Time) {
			random := rand.New(rand.NewPCG(seed, 10))
			server := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithLocation(zone))
			step := time.Duration([]int{5, 7, 8, 10, 12, 20, 30, 60}[random.IntN(8)]) * time.Second
			burst := time.Duration(1+random.IntN(60)) * time.Second
			want := visits(time.Now(), back.Add(90*time.Minute), step)
			pageSize := 10 + random.IntN(41)
			if seed%2 == 1 { // pages too small for what arrives; no two activities have the same key
				want = append(visits(time.Now(), back, step), visits(back.Add(time.Second), back.Add(90*time.Minute), step)...)
				pageSize = 3 + random.IntN(5)
			}
			listed := make([]time.Time, len(want)) // when each is listed; zero: it is already
			for i, a := range want {
				listed[i] = a.Timestamp.Add(burst).Truncate(burst)
				if random.IntN(20) == 0 {
					listed[i] = listed[i].Add(time.Duration(random.IntN(40)) * time.Minute)
				}
			}
			server.OnRequest(func(opswattest.Request) {
				for i, at := range listed {
					if !at.IsZero() && !at.After(time.Now()) {
						server.Add(want[i])
						listed[i] = time.Time{}
					}
				}
			})
			delay := time.Duration(random.IntN(10)) * time.Second
			server.FailWith(func(opswattest.Request) *opswattest.Fault { return &opswattest.Fault{Delay: delay} })
			query := opswat.ActivityQuery{Location: zone, PageSize: pageSize}
			r := newReader(server.Client(unlimited).ActivityFeed(query), time.Now())
			for time.Now().Before(back.Add(3 * time.Hour)) {
				r.round(t)
				<-time.After(time.Duration(random.IntN(20)) * time.Minute)
			}
			r.assertComplete(t, want)
		})
	}
}

// While the pages of the two hours are read, activities arrive before one request, or before each
// request from there on: fewer than a page has room for, or more.
func TestAmbiguousHourWhileRowsMove(t *testing.T) {
	inEachZone(t, func(t *testing.T, zone *time.Location, back time.Time) {
		<-time.After(time.Until(back.Add(61 * time.Minute)))
		twins := visits(back.Add(-time.Hour), back.Add(time.Hour), 2*time.Minute)
		noTwins := append(visits(back.Add(-time.Hour), back, 2*time.Minute), visits(back.Add(time.Minute), back.Add(time.Hour), 2*time.Minute)...)
		for _, first := range [][]opswat.Activity{twins, noTwins} {
			for request := range 26 {
				for _, more := range []int{1, 13} {
					for _, times := range []int{1, 30} {
						if times > 1 && request%5 != 1 {
							continue
						}
						server := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithLocation(zone))
						server.Add(first...)
						want, requests, at := slices.Clone(first), 0, back.Add(time.Hour)
						server.OnRequest(func(opswattest.Request) {
							if requests++; requests >= request+2 && requests < request+2+times { // the first is for a token
								fresh := visits(at, at.Add(time.Duration(more)*time.Second), time.Second)
								server.Add(fresh...)
								want, at = append(want, fresh...), at.Add(time.Duration(more)*time.Second)
							}
						})
						r := newReader(server.Client(unlimited).ActivityFeed(opswat.ActivityQuery{Location: zone, PageSize: 5}), back.Add(-time.Hour))
						for range 5 {
							r.round(t)
						}
						assert.Len(t, r.keys, len(want), "%d at request %d, %d times", more, request, times)
						if more < 5 || times == 1 {
							r.assertComplete(t, want)
						}
					}
				}
			}
		}
	})
}

// A walk that would begin within the two hours begins before them.
func TestAmbiguousHourIsReadWhole(t *testing.T) {
	inEachZone(t, func(t *testing.T, zone *time.Location, back time.Time) {
		<-time.After(time.Until(back.Add(5 * time.Hour)))
		for since, age := range map[time.Duration]int{
			-2 * time.Hour: 8, -61 * time.Minute: 8, -30 * time.Minute: 7, 30 * time.Minute: 7, 2 * time.Hour: 7, 4 * time.Hour: 2,
		} {
			server := opswattest.NewServer(opswattest.WithLocation(zone))
			newReader(server.Client().ActivityFeed(opswat.ActivityQuery{Location: zone}), back.Add(since)).round(t)
			assert.Equal(t, []string{fmt.Sprintf(`{"limit":50,"page":1,"age":%d}`, age)}, bodies(server), "since %v", since)
		}
	})
}

// A list delivers the two hours in the order of the service.
func TestAmbiguousHourInList(t *testing.T) {
	inEachZone(t, func(t *testing.T, zone *time.Location, back time.Time) {
		<-time.After(time.Until(back.Add(2 * time.Hour)))
		server := opswattest.NewServer(opswattest.WithLocation(zone))
		want := visits(back.Add(-2*time.Hour), back.Add(2*time.Hour), time.Minute)
		server.Add(want...)
		got, err := server.Client().Activities(opswat.ActivityQuery{Location: zone}).Collect(t.Context(), 0)
		require.NoError(t, err)
		require.Len(t, got, len(want))
		for i, a := range got {
			other := want[len(want)-1-i]
			require.Equal(t, other.DeviceName, a.DeviceName)
			assert.Equal(t, other.Timestamp.In(zone).Format(time.DateTime), a.Timestamp.Format(time.DateTime))
		}
	})
}

// The hour that is skipped in spring needs no special care.
func TestSkippedHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		zone, err := time.LoadLocation("Europe/Berlin")
		require.NoError(t, err)
		forward := time.Date(2000, 3, 26, 1, 0, 0, 0, time.UTC)
		<-time.After(time.Until(forward.Add(-2 * time.Hour)))
		server := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithLocation(zone))
		want := visits(forward.Add(-90*time.Minute), forward.Add(90*time.Minute), time.Minute)
		r := newReader(server.Client(unlimited).ActivityFeed(opswat.ActivityQuery{Location: zone}), time.Now())
		for i, a := range want {
			<-time.After(time.Until(a.Timestamp))
			server.Add(a)
			if i%10 == 9 {
				r.round(t)
			}
		}
		r.assertComplete(t, want)
	})
}

// Without a step, an ambiguous time counts as the first hour. The moment at which the second hour
// ends occurs once.
func TestAmbiguousHourWithoutStep(t *testing.T) {
	inEachZone(t, func(t *testing.T, zone *time.Location, back time.Time) {
		server := opswattest.NewServer(opswattest.WithLocation(zone))
		server.Add(
			opswat.Activity{Timestamp: back.Add(-30 * time.Minute), DeviceName: "quiet"},
			opswat.Activity{Timestamp: back.Add(time.Hour), DeviceName: "over"},
		)
		<-time.After(time.Until(back.Add(2 * time.Hour)))
		times := map[string]time.Duration{}
		for b, err := range server.Client().ActivityFeed(opswat.ActivityQuery{Location: zone}).CatchUp(t.Context(), activity.Checkpoint{},
			activity.FollowOptions{Since: back.Add(-2 * time.Hour)}) {
			require.NoError(t, err)
			for _, r := range b.Records {
				times[r.Item.DeviceName] = r.Time.Sub(back)
			}
		}
		assert.Equal(t, map[string]time.Duration{"quiet": -30 * time.Minute, "over": time.Hour}, times)
	})
}

// Choosing between the two instants of an ambiguous time is no change.
func TestMarshalAmbiguousTimestamp(t *testing.T) {
	inEachZone(t, func(t *testing.T, zone *time.Location, back time.Time) {
		s := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithLocation(zone))
		s.Add(visits(back.Add(-time.Hour), back.Add(time.Hour), 20*time.Minute)...)
		<-time.After(time.Until(back.Add(2 * time.Hour)))
		feed := s.Client(unlimited).ActivityFeed(opswat.ActivityQuery{Location: zone})
		records := 0
		for b, err := range feed.CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: back.Add(-2 * time.Hour), Settle: -1}) {
			require.NoError(t, err)
			for _, r := range b.Records {
				text, err := json.Marshal(r.Item)
				require.NoError(t, err)
				assert.Equal(t, string(r.Item.Raw), string(text))
				records++
			}
		}
		assert.Equal(t, 6, records)
	})
}
