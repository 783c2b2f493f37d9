package snaplogic

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity"
)

// The guarantee of the package documentation under random schedules of insertions at the head and deletions anywhere.

// prefetches are the ways to walk: one request after the other, the next page on its way, several, and more than most lists have.
var prefetches = []int{0, 1, 4, 16}

func TestWalksWithinTheBound(t *testing.T) {
	for _, prefetch := range prefetches {
		counts := schedules(t, 40, prefetch, func(t *testing.T, m *moving, _ *rand.Rand) {
			_, failure := m.read(t.Context(), m.list(t), always)
			m.verify(t, failure)
		})
		assert.Equal(t, counts["walks"], counts["walks complete"])
	}
}

func TestWalksBeyondTheBound(t *testing.T) {
	for _, prefetch := range prefetches {
		counts := schedules(t, 16, prefetch, func(t *testing.T, m *moving, r *rand.Rand) {
			*m = *newMoving(r.Uint64(), 3500, max(m.pageSize, 20), prefetch)
			m.rate, m.cruel = 0.2, true
			_, failure := m.read(t.Context(), m.list(t), always)
			m.verify(t, failure)
		})
		assert.Positive(t, counts["walks complete"])
		assert.Positive(t, counts["walks ended with ErrListChanged"])
	}
}

// Across a resume the walk knows no more than the cursor: 17 rows, of which 16 may vanish.
func TestWalksAcrossResumes(t *testing.T) {
	for _, prefetch := range []int{0, 4} {
		counts := schedules(t, 40, prefetch, func(t *testing.T, m *moving, r *rand.Rand) {
			m.rate, m.window = 0, keptInCursor
			breaksAt := -1 // the resume before which more happens than a cursor can bear
			if r.IntN(3) == 0 {
				breaksAt = r.IntN(10)
			}
			var at activity.Cursor
			var failure error
			for resumes := 0; ; resumes++ {
				pages := 1 + r.IntN(5)
				at, failure = m.read(t.Context(), m.list(t).From(at), func() bool { pages--; return pages > 0 })
				if at == "" || failure != nil {
					break
				}
				m.counts["resumes"]++
				m.cruel = resumes >= breaksAt && breaksAt >= 0
				m.watch(func() {
					m.removeLast()
					m.remove(r.IntN(len(m.order)+1), r.IntN(4))
					m.insert([]int{0, 1, 2, 40, 1200}[r.IntN(5)])
				})
			}
			m.verify(t, failure)
		})
		assert.Greater(t, counts["walks complete"], counts["walks"]/2)
		assert.Greater(t, counts["walks ended with ErrListChanged"], 2)
	}
}

// schedules runs walks over lists of all shapes and adds up what happened. Those that load pages ahead are half as many for each way.
func schedules(t *testing.T, n uint64, prefetch int, walk func(t *testing.T, m *moving, r *rand.Rand)) map[string]int {
	t.Helper()
	if prefetch > 0 {
		n /= 2
	}
	var mu sync.Mutex
	total := map[string]int{"walks": int(n)}
	t.Run(fmt.Sprintf("prefetch %d", prefetch), func(t *testing.T) {
		for seed := range n {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					r := rand.New(rand.NewPCG(seed, 1))
					m := shapedMoving(seed, r, prefetch)
					walk(t, m, r)
					mu.Lock()
					defer mu.Unlock()
					for name, count := range m.counts {
						total[name] += count
					}
				})
			})
		}
	})
	for _, name := range slices.Sorted(maps.Keys(total)) {
		t.Logf("prefetch %d: %10d %s", prefetch, total[name], name)
	}
	return total
}

// shapedMoving is a list of a few thousand rows at most, in pages of 1 to 50.
func shapedMoving(seed uint64, r *rand.Rand, prefetch int) *moving {
	pageSize := 1 + r.IntN(50)
	rows := min(200+r.IntN(2300), 40*pageSize)
	rate := []float64{0.04, 0.15, 0.5}[r.IntN(3)]
	if seed%20 == 0 { // small pages, and long enough to forget
		pageSize, rows, rate = 1+r.IntN(5), 1300, 0.02
	}
	m := newMoving(seed, rows, pageSize, prefetch)
	m.rate = rate
	return m
}
