package conformance_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

const schedules = 25

// eachSchedule runs a test with random numbers that are the same in every run.
func eachSchedule(t *testing.T, adapters []*adapter, test func(t *testing.T, a *adapter, random *rand.Rand)) {
	t.Helper()
	for _, a := range adapters {
		t.Run(a.String(), func(t *testing.T) {
			for seed := range uint64(schedules) {
				t.Run(fmt.Sprint(seed), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { test(t, a, rand.New(rand.NewPCG(seed, 7))) })
				})
			}
		})
	}
}

// walkInMotion reads a list that changes before every request except the first, and returns what
// came.
func walkInMotion(t *testing.T, s *service, random *rand.Rand, change func()) (ids []int, err error) {
	t.Helper()
	s.onCall(700*time.Millisecond, func(n int) {
		if n > 1 {
			change()
		}
	})
	q := query{from: newest().AddDate(0, 0, -2), pageSize: 4 + random.IntN(8)}
	return idsUntil(t.Context(), s.client(t, activity.WithPrefetch(random.IntN(3))).list(q), "")
}

// assertComplete checks that a walk gave every record that stayed, in order, and which of them came
// more than once.
func assertComplete(t *testing.T, stayed, got []int) (again int) {
	t.Helper()
	stays, seen := map[int]bool{}, map[int]bool{}
	for _, id := range stayed {
		stays[id] = true
	}
	var firsts []int
	for _, id := range got {
		if seen[id] {
			again++
		} else if stays[id] {
			firsts = append(firsts, id)
		}
		seen[id] = true
	}
	assert.Equal(t, stayed, firsts)
	return again
}

// Records that come in while a list is read, with the time of the moment or late, cost none of
// those that were there and repeat none. Where records have no ids, those that moved come again.
func TestRecordsComeIn(t *testing.T) {
	eachSchedule(t, adapters, func(t *testing.T, a *adapter, random *rand.Rand) {
		n := random.IntN(60)
		s := a.fill(n)
		arrived := 0
		arrive := func(at time.Time) {
			arrived++
			s.add(a.record(1000+arrived, at))
		}
		ids, err := walkInMotion(t, s, random, func() {
			for range random.IntN(4) {
				arrive(time.Now())
			}
			if arrived < 3*n {
				for range random.IntN(4) {
					arrive(newest().Add(time.Duration(random.IntN(n+10)-n) * time.Second))
				}
			}
		})
		require.NoError(t, err)
		again := assertComplete(t, down(n, 1), ids)
		if a.anonymous {
			assert.LessOrEqual(t, again, arrived)
		} else {
			assert.Zero(t, again)
		}
	})
}

// More records come in late, all at once, than pages hold. The others come nevertheless.
func TestManyRecordsComeIn(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		s := a.fill(60)
		s.onCall(700*time.Millisecond, func(n int) {
			if n == 3 {
				for i := range 23 {
					s.add(a.record(1000+i, newest().Add(time.Second)))
				}
			}
		})
		ids, err := idsUntil(t.Context(), s.client(t).list(bounded(5)), "")
		require.NoError(t, err)
		again := assertComplete(t, down(60, 1), ids)
		assert.True(t, again == 0 || a.anonymous)
	})
}

// Records that vanish while a list is read cost none of those that stay, or the list says that it
// changed too much. Without ids nobody can see that.
func TestRecordsVanish(t *testing.T) {
	eachSchedule(t, those(func(a *adapter) bool { return !a.anonymous }), func(t *testing.T, a *adapter, random *rand.Rand) {
		n := 20 + random.IntN(60)
		s := a.fill(n)
		gone, arrived := map[int]bool{}, 0
		ids, err := walkInMotion(t, s, random, func() {
			for range random.IntN(4) {
				id := 1 + random.IntN(n)
				gone[id] = true
				s.remove(id)
			}
			for range random.IntN(4) {
				arrived++
				s.add(a.record(1000+arrived, newest().Add(time.Duration(arrived)*time.Second)))
			}
		})
		if errors.Is(err, activity.ErrListChanged) {
			return
		}
		require.NoError(t, err)
		var stayed []int
		for _, id := range down(n, 1) {
			if !gone[id] {
				stayed = append(stayed, id)
			}
		}
		assert.Zero(t, assertComplete(t, stayed, ids))
	})
}

// A service that lists an id more than once costs no other record: every other one comes, or the
// list says that something is wrong.
func TestRepeatedIDs(t *testing.T) {
	eachSchedule(t, adapters, func(t *testing.T, a *adapter, random *rand.Rand) {
		n := 10 + random.IntN(30)
		s := a.fill(n)
		for range 1 + random.IntN(4) {
			s.add(a.record(1+random.IntN(n), newest().Add(-time.Duration(random.IntN(n))*time.Second)))
		}
		ids, err := idsUntil(t.Context(), s.client(t, activity.WithPrefetch(random.IntN(3))).list(bounded(3+random.IntN(6))), "")
		if errors.Is(err, activity.ErrListChanged) {
			return
		}
		require.NoError(t, err)
		seen := map[int]bool{}
		for _, id := range ids {
			seen[id] = true
		}
		assert.Len(t, seen, n)
	})
}
