package snaplogic

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity"
)

// The guarantee of the package documentation under random schedules of insertions at the head and deletions anywhere.

func TestWalksWithinTheBound(t *testing.T) {
	counts := schedules(t, 110, func(t *testing.T, m *moving, _ *rand.Rand) {
		var got []string
		m.got = func() []string { return got }
		var failure error
		for a, err := range m.list(t).All(t.Context()) {
			if failure = err; err == nil {
				got = append(got, a.ID)
			}
		}
		m.verify(t, got, failure)
	})
	assert.Equal(t, 110, counts["walks complete"])
}

func TestWalksBeyondTheBound(t *testing.T) {
	counts := schedules(t, 40, func(t *testing.T, m *moving, r *rand.Rand) {
		*m = *newMoving(r.Uint64(), 3500, max(m.pageSize, 20))
		m.rate, m.cruel = 0.2, true
		var got []string
		m.got = func() []string { return got }
		var failure error
		for a, err := range m.list(t).All(t.Context()) {
			if failure = err; err == nil {
				got = append(got, a.ID)
			}
		}
		m.verify(t, got, failure)
	})
	assert.Positive(t, counts["walks complete"])
	assert.Greater(t, counts["walks ended with ErrListChanged"], 10)
}

func TestWalksWithPrefetch(t *testing.T) {
	counts := schedules(t, 30, func(t *testing.T, m *moving, _ *rand.Rand) {
		var got []string
		var failure error
		for a, err := range m.list(t, activity.WithPrefetch(3)).All(t.Context()) {
			if failure = err; err == nil {
				got = append(got, a.ID)
			}
		}
		m.verify(t, got, failure)
	})
	assert.Equal(t, 30, counts["walks complete"])
}

// Across a resume the walk knows no more than the cursor: 17 rows, of which 16 may vanish.
func TestWalksAcrossResumes(t *testing.T) {
	counts := schedules(t, 90, func(t *testing.T, m *moving, r *rand.Rand) {
		m.rate, m.window = 0, keptInCursor
		breaksAt := -1 // the resume before which more happens than a cursor can bear
		if r.IntN(3) == 0 {
			breaksAt = r.IntN(10)
		}
		var got []string
		m.got = func() []string { return got }
		var at activity.Cursor
		var failure error
		for resumes := 0; ; resumes++ {
			at, failure = m.somePages(t, at, 1+r.IntN(5), &got)
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
		m.verify(t, got, failure)
	})
	assert.Greater(t, counts["walks complete"], 50)
	assert.Greater(t, counts["walks ended with ErrListChanged"], 10)
}

// somePages reads as a new process would: with a client of its own, from a stored cursor.
func (m *moving) somePages(t *testing.T, at activity.Cursor, pages int, got *[]string) (next activity.Cursor, failure error) {
	t.Helper()
	for page, err := range m.list(t).From(at).Pages(t.Context()) {
		if err != nil {
			return "", err
		}
		for _, a := range page.Items {
			*got = append(*got, a.ID)
		}
		if next = page.Next; pages == 1 {
			break
		}
		pages--
	}
	return next, nil
}

// schedules runs walks over lists of all shapes and adds up what happened.
func schedules(t *testing.T, n uint64, walk func(t *testing.T, m *moving, r *rand.Rand)) map[string]int {
	t.Helper()
	var mu sync.Mutex
	total := make(map[string]int)
	t.Run("seed", func(t *testing.T) {
		for seed := range n {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(seed, 1))
				m := shapedMoving(seed, r)
				walk(t, m, r)
				mu.Lock()
				defer mu.Unlock()
				for name, count := range m.counts {
					total[name] += count
				}
			})
		}
	})
	for _, name := range slices.Sorted(maps.Keys(total)) {
		t.Logf("%10d %s", total[name], name)
	}
	return total
}

// shapedMoving is a list of a few thousand rows at most, in pages of 1 to 50.
func shapedMoving(seed uint64, r *rand.Rand) *moving {
	pageSize := 1 + r.IntN(50)
	rows := min(200+r.IntN(2300), 40*pageSize)
	rate := []float64{0.04, 0.15, 0.5}[r.IntN(3)]
	if seed%20 == 0 { // small pages, and long enough to forget
		pageSize, rows, rate = 1+r.IntN(5), 1300, 0.02
	}
	m := newMoving(seed, rows, pageSize)
	m.rate = rate
	return m
}
