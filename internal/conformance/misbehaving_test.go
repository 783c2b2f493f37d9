package conformance_test

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/followtest"
)

// An id that stands in a list twice costs none of the other records.
func TestAnIDTwice(t *testing.T) {
	const n, at, as = 300, 149, 5 // the places of two records
	eachReading(t, those(func(a *adapter) bool { return !a.anonymous }), func(t *testing.T, a *adapter, r reading) {
		s := a.fill(n)
		s.remove(n - at)
		s.add(a.record(n-as, newest().Add(-at*time.Second)))
		records, err := r.all(t, s, 50)
		if errors.Is(err, activity.ErrListChanged) {
			return
		}
		require.NoError(t, err)
		got := setOf(records)
		for _, id := range down(n, 1) {
			assert.Equal(t, id != n-at, got[id] > 0, "record %d", id)
		}
	})
}

// Records of one instant that are sorted anew for each answer all come, or the list says that
// something is wrong. Records without ids cannot be told from others that are alike.
func TestShuffledTies(t *testing.T) {
	eachReading(t, those(func(a *adapter) bool { return !a.anonymous }), func(t *testing.T, a *adapter, r reading) {
		for seed := range uint64(20) {
			s := a.fillWith(20, misbehaviour{ties: seed + 1})
			for id := range 40 {
				s.add(a.record(101+id, newest().Add(-time.Minute)))
			}
			for id := range 20 {
				s.add(a.record(201+id, newest().Add(-time.Duration(2+id)*time.Minute)))
			}
			records, err := r.all(t, s, 25)
			if errors.Is(err, activity.ErrListChanged) {
				continue
			}
			require.NoError(t, err)
			assert.Len(t, setOf(records), 80, "seed %d", seed)
			assert.Len(t, records, 80, "seed %d", seed)
		}
	})
}

// A page in the middle that holds fewer records than it could is not the last.
func TestShortPages(t *testing.T) {
	for _, sizes := range [][]int{{50, 49}, {49}, {50, 1, 50}, {1, 1, 1, 1}} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) {
			eachReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
				records, err := r.all(t, a.fillWith(149, misbehaviour{pageSizes: sizes}), 50)
				require.NoError(t, err)
				assert.Equal(t, down(149, 1), idsOf(records))
			})
		})
	}
}

// A service may list fewer records at once than it is asked for.
func TestSmallerPages(t *testing.T) {
	eachReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
		for _, limit := range []int{1, 7, 49} {
			records, err := r.all(t, a.fillWith(60, misbehaviour{pageLimit: limit}), 50)
			require.NoError(t, err)
			assert.Equal(t, down(60, 1), idsOf(records), "limit %d", limit)
		}
	})
}

// Whether a service takes the bounds of a query for a part of what is asked for, or not: a feed
// loses no record whose time is where one of its slices ends, and delivers none twice.
func TestBoundsOfSlices(t *testing.T) {
	for _, exclusive := range []bool{false, true} {
		t.Run(fmt.Sprint("exclusive ", exclusive), func(t *testing.T) {
			each(t, those(func(a *adapter) bool { return !a.noFeed }), func(t *testing.T, a *adapter) {
				s, n := a.fillWith(0, misbehaviour{exclusive: exclusive}), 0
				since := time.Now().AddDate(0, 0, -20)
				happen := func(at time.Time) {
					n++
					s.add(a.record(n, at))
				}
				for at := since.Add(time.Hour); at.Before(time.Now()); at = at.Add(time.Hour) {
					happen(at)
				}
				kept, f := followtest.NewStore(), s.client(t).feed(query{})
				o := activity.FollowOptions{Since: since, Lookback: -1, Settle: -1}
				for range 50 { // rounds that end at the very time of a record
					happen(time.Now())
					f.CatchUp(t, kept, o)
					<-time.After(time.Hour)
				}
				f.CatchUp(t, kept, o)
				assert.Len(t, kept.Keys, n)
				for key, times := range kept.Keys {
					assert.Equal(t, 1, times, key)
				}
			})
		})
	}
}

// Where a service refuses pages beyond a number of records, a feed asks for shorter spans of time.
func TestRefusedOffsets(t *testing.T) {
	each(t, those(func(a *adapter) bool { return a.offsets && !a.noFeed }), func(t *testing.T, a *adapter) {
		// OPSWAT takes whole days, of which a slice covers one more on both sides.
		const n = 300
		s := a.fillWith(0, misbehaviour{maxOffset: 250})
		for i := range n {
			s.add(a.record(n-i, newest().Add(-time.Duration(i)*30*time.Minute)))
		}
		o := activity.FollowOptions{Since: newest().AddDate(0, 0, -8), Lookback: -1, Settle: -1}
		kept := followtest.NewStore()
		s.client(t).feed(query{pageSize: 20}).CatchUp(t, kept, o)
		assert.Len(t, kept.Keys, n)
		for key, times := range kept.Keys {
			assert.Equal(t, 1, times, key)
		}
	})
}

// A list of which the service says too few, having counted before it listed, is read to its end.
func TestRecordsListedAfterTheyWereCounted(t *testing.T) {
	count := regexp.MustCompile(`"(total|count)"\s*:\s*(\d+)`)
	for _, late := range []int{1, 3, 40} {
		t.Run(fmt.Sprint(late), func(t *testing.T) {
			eachReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
				s := a.fill(140)
				s.FailWith(func(fake.Request) *fake.Fault {
					return &fake.Fault{Damage: func(body []byte) []byte {
						return count.ReplaceAllFunc(body, func(member []byte) []byte {
							parts := count.FindSubmatch(member)
							total, _ := strconv.Atoi(string(parts[2]))
							return fmt.Appendf(nil, `"%s":%d`, parts[1], max(total-late, 0))
						})
					}}
				})
				records, err := r.all(t, s, 50)
				require.NoError(t, err)
				assert.Equal(t, down(140, 1), idsOf(records))
			})
		})
	}
}
