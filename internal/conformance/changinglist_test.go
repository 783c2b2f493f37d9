package conformance_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// seeds is the number of different random changes in a test.
const seeds = 25

func randomChanges(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

// readWhileChanging reads a list that changes before each request except the first, and returns the
// ids that came.
func readWhileChanging(t *testing.T, s *service, random *rand.Rand, change func()) (ids []int, err error) {
	t.Helper()
	s.onCall(700*time.Millisecond, func(n int) {
		if n > 1 {
			change()
		}
	})
	q := query{from: newest().AddDate(0, 0, -2), pageSize: 4 + random.IntN(8)}
	return readIDs(t.Context(), s.client(t, activity.WithPrefetch(random.IntN(3))).list(q), "")
}

// assertComplete checks that all records that stayed were delivered in order. It returns how many
// came again.
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

// TestRecordsAdded adds records while a list is read, with the current time or an earlier one. All
// old records come, and none twice. Only records without ids may come again if they moved.
func TestRecordsAdded(t *testing.T) {
	everySeed(t, seeds, adapters, func(t *testing.T, a *adapter, seed uint64) {
		random := randomChanges(seed)
		n := random.IntN(60)
		s := a.fill(n)
		arrived := 0
		arrive := func(at time.Time) {
			arrived++
			s.add(a.record(1000+arrived, at))
		}
		ids, err := readWhileChanging(t, s, random, func() {
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
		again := assertComplete(t, descending(n, 1), ids)
		if a.anonymous {
			assert.LessOrEqual(t, again, arrived)
		} else {
			assert.Zero(t, again)
		}
	})
}

// TestManyRecordsAdded adds more records than a page holds, all at once and late. The old ones
// still come.
func TestManyRecordsAdded(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(60)
		s.onCall(700*time.Millisecond, func(n int) {
			if n == 3 {
				for i := range 23 {
					s.add(a.record(1000+i, newest().Add(time.Second)))
				}
			}
		})
		ids, err := readIDs(t.Context(), s.client(t).list(bounded(5)), "")
		require.NoError(t, err)
		again := assertComplete(t, descending(60, 1), ids)
		assert.True(t, again == 0 || a.anonymous)
	})
}

// TestRecordsDeleted deletes records while a list is read. All others come, or the list ends with
// ErrListChanged. It cannot be noticed without ids.
func TestRecordsDeleted(t *testing.T) {
	everySeed(t, seeds, adaptersWhere(hasIDs), func(t *testing.T, a *adapter, seed uint64) {
		random := randomChanges(seed)
		n := 20 + random.IntN(60)
		s := a.fill(n)
		gone, arrived := map[int]bool{}, 0
		ids, err := readWhileChanging(t, s, random, func() {
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
		for _, id := range descending(n, 1) {
			if !gone[id] {
				stayed = append(stayed, id)
			}
		}
		assert.Zero(t, assertComplete(t, stayed, ids))
	})
}

// TestRepeatedIDs reads from a service that lists an id more than once. All other records come, or
// the list ends with ErrListChanged.
func TestRepeatedIDs(t *testing.T) {
	everySeed(t, seeds, adapters, func(t *testing.T, a *adapter, seed uint64) {
		random := randomChanges(seed)
		n := 10 + random.IntN(30)
		s := a.fill(n)
		for range 1 + random.IntN(4) {
			s.add(a.record(1+random.IntN(n), newest().Add(-time.Duration(random.IntN(n))*time.Second)))
		}
		ids, err := readIDs(t.Context(), s.client(t, activity.WithPrefetch(random.IntN(3))).list(bounded(3+random.IntN(6))), "")
		if errors.Is(err, activity.ErrListChanged) {
			return
		}
		require.NoError(t, err)
		slices.Sort(ids)
		assert.Len(t, slices.Compact(ids), n)
	})
}

// TestOneRepeatedID lists a single id twice, far apart. All other records come.
func TestOneRepeatedID(t *testing.T) {
	const n, at, as = 300, 149, 5 // the places of two records
	everyReading(t, adaptersWhere(hasIDs), func(t *testing.T, a *adapter, r reading) {
		s := a.fill(n)
		s.remove(n - at)
		s.add(a.record(n-as, newest().Add(-at*time.Second)))
		records, err := r.all(t, s, 50)
		if errors.Is(err, activity.ErrListChanged) {
			return
		}
		require.NoError(t, err)
		got := countIDs(records)
		for _, id := range descending(n, 1) {
			assert.Equal(t, id != n-at, got[id] > 0, "record %d", id)
		}
	})
}

// TestShuffledTies reads from a service that sorts records of the same instant differently in each
// answer. All of them come once, or the list ends with ErrListChanged. Records without ids are left
// out: they cannot be told apart.
func TestShuffledTies(t *testing.T) {
	everyReading(t, adaptersWhere(hasIDs), func(t *testing.T, a *adapter, r reading) {
		for seed := range uint64(20) {
			s := a.fillWith(20, faults{ties: seed + 1})
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
			assert.Len(t, countIDs(records), 80, "seed %d", seed)
			assert.Len(t, records, 80, "seed %d", seed)
		}
	})
}
