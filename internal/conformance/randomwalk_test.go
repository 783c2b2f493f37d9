package conformance_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity"
)

var (
	walks     = flag.Uint64("walks", 40, "the number of random walks through each list in TestRandomWalks")
	firstWalk = flag.Uint64("walk", 0, "the number of the first walk")
)

// schedule describes a list that changes at random while it is read.
type schedule struct {
	faults
	records  int
	pageSize int
	prefetch int
	resume   bool    // each page is read in a range of its own
	change   float64 // the probability of a change before a request
	deleted  int     // the largest number of records deleted in a change
	random   *rand.Rand
}

func newSchedule(a *adapter, seed uint64) schedule {
	random := rand.New(rand.NewPCG(seed, 99))
	c := schedule{records: 1 + random.IntN(600), pageSize: 1 + random.IntN(50), random: random}
	if random.IntN(3) == 0 && !a.anonymous {
		c.ties = seed + 1
	}
	if random.IntN(3) == 0 {
		for range 20 {
			c.pageSizes = append(c.pageSizes, 1+random.IntN(c.pageSize))
		}
	}
	if random.IntN(4) == 0 {
		c.pageLimit = 2 + random.IntN(c.pageSize+1)
	}
	c.uncounted = random.IntN(6) == 0
	c.prefetch = []int{0, 1, 4}[random.IntN(3)]
	c.change = []float64{0, 0.1, 0.5}[random.IntN(3)]
	if !a.anonymous {
		c.deleted = 3
	}
	return c
}

// walk reads the list while it changes. It returns how often each record came that was there from
// the first request to the end, and how often each record came at all.
func (c schedule) walk(t *testing.T, a *adapter) (stayed, got map[int]int, err error) {
	t.Helper()
	s := a.fillWith(0, c.faults)
	at, stays, rows := newest(), map[int]bool{}, map[int]int{}
	for i := range c.records {
		if c.random.IntN(3) > 0 {
			at = at.Add(-time.Second)
		}
		id := 1 + i
		if i > 0 && c.random.IntN(60) == 0 && !a.anonymous && !c.resume {
			id = 1 + c.random.IntN(i) // an id that was used before
		}
		stays[id], rows[id] = true, rows[id]+1
		s.add(a.record(id, at))
	}
	ids, arrived := make([]int, 0, len(stays)), 0
	for id := range stays {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	s.onCall(700*time.Millisecond, func(n int) {
		if n == 1 || c.random.Float64() >= c.change {
			return
		}
		for range c.random.IntN(4) {
			arrived++
			s.add(a.record(1000+arrived, time.Now()))
		}
		for range c.random.IntN(1 + c.deleted) {
			id := ids[c.random.IntN(len(ids))]
			s.remove(id)
			delete(stays, id)
		}
	})
	q := query{from: newest().AddDate(0, 0, -2), pageSize: c.pageSize}
	stayed, got = map[int]int{}, map[int]int{}
	list := s.client(t, activity.WithPrefetch(c.prefetch)).list(q)
	records, err := c.read(t, list)
	for _, r := range records {
		got[r.id]++
	}
	if a.sameIDs {
		for id := range got {
			got[id] -= max(rows[id]-1, 0)
		}
	}
	for id := range stays {
		stayed[id] = got[id]
	}
	return stayed, got, err
}

// read reads the list in one range, or each page in a range of its own.
func (c schedule) read(t *testing.T, l list) (records []record, err error) {
	t.Helper()
	if !c.resume {
		for r, err := range l.All(t.Context(), "") {
			if err != nil {
				return records, err
			}
			records = append(records, r)
		}
		return records, nil
	}
	var at activity.Cursor
	for range 10 * c.records {
		p, err := l.Page(t.Context(), at)
		if err != nil {
			return records, err
		}
		records = append(records, p.Items...)
		if at = p.Next; at == "" {
			return records, nil
		}
	}
	return records, errors.New("the list does not end")
}

// TestRandomWalks changes lists while they are read in every way at once: records are added and
// deleted, ids are used twice, records of one instant change places, pages are short. Every record
// that was there all the time comes, and none comes twice, or the walk ends with ErrListChanged.
func TestRandomWalks(t *testing.T) { walkRandomly(t, adapters, false) }

// TestRandomResumedWalks does the same, and resumes the list from a cursor after each page. No id
// is used twice: a cursor does not have all of them.
func TestRandomResumedWalks(t *testing.T) { walkRandomly(t, adapters, true) }

func walkRandomly(t *testing.T, adapters []*adapter, resume bool) {
	t.Helper()
	for _, a := range adapters {
		t.Run(a.String(), func(t *testing.T) {
			whole, changed, ordered, lost, twice := 0, 0, 0, 0, 0
			for seed := *firstWalk; seed < *firstWalk+*walks; seed++ {
				c := newSchedule(a, seed)
				c.resume = resume
				description := fmt.Sprintf("seed %d: %d records, pages of %d, prefetch %d, %+v", seed, c.records, c.pageSize, c.prefetch, c.faults)
				var stayed, got map[int]int
				var err error
				synctest.Test(t, func(t *testing.T) { stayed, got, err = c.walk(t, a) })
				if errors.Is(err, activity.ErrListChanged) {
					changed++
					if c.ties == 0 {
						ordered++
					}
					continue
				}
				assert.NoError(t, err, description)
				whole++
				if n := countWhere(stayed, func(times int) bool { return times < 1 }); !assert.Zero(t, n, "lost, %s", description) {
					lost++
				}
				if n := countWhere(got, func(times int) bool { return times > 1 && !a.anonymous }); !assert.Zero(t, n, "twice, %s", description) {
					twice++
				}
			}
			t.Logf("%d whole, %d with ErrListChanged (%d although the order was stable), %d with lost records, %d with repeated ones",
				whole, changed, ordered, lost, twice)
			assert.GreaterOrEqual(t, whole, int(*walks/4))
		})
	}
}

// countWhere returns the number of records whose count meets a condition.
func countWhere(records map[int]int, which func(times int) bool) (n int) {
	for _, times := range records {
		if which(times) {
			n++
		}
	}
	return n
}
