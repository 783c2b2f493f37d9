package snaplogic

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// moving is a list that changes by itself: whenever a walk asks for a part of it, and when a test says so. It knows what the walk has to
// deliver, and whether the walk may fail.
type moving struct {
	random   *rand.Rand
	pageSize int
	window   int     // of so many rows delivered last one at least must stay, or the walk may end
	rate     float64 // how likely a change between two requests is
	cruel    bool    // the window is not respected
	got      func() []string

	mu     sync.Mutex
	order  []string        // the rows as the service lists them
	exists map[string]bool // the same as a set
	first  []string        // the rows of the beginning
	stays  map[string]bool // those of them that exist all the time
	number int             // of the row inserted last
	keep   string          // a row that must stay for now
	asked  int
	floods int

	lost     bool // the walk must end with ErrListChanged
	doubtful bool // it may
	counts   map[string]int
}

func newMoving(seed uint64, rows, pageSize int) *moving {
	m := &moving{
		random:   rand.New(rand.NewPCG(seed, 7)),
		pageSize: pageSize,
		window:   leastRoom + 1,
		exists:   make(map[string]bool),
		stays:    make(map[string]bool),
		counts:   make(map[string]int),
	}
	m.insert(rows)
	m.counts["rows inserted"] = 0
	m.first = slices.Clone(m.order)
	for _, id := range m.first {
		m.stays[id] = true
	}
	return m
}

// list is a list of a new client whose requests go to the moving list.
func (m *moving) list(t *testing.T, opts ...activity.Option) activity.List[Activity] {
	t.Helper()
	client, err := New("Example Organization", Basic("auditor@example.com", "example-password"), opts...)
	require.NoError(t, err)
	source, err := client.activitySource(ActivityQuery{PageSize: m.pageSize})
	require.NoError(t, err)
	source.fetch = m.fetch
	return activity.NewList(source)
}

// fetch answers as the service does.
func (m *moving) fetch(_ context.Context, part span, _ int64) (answer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts["requests"]++
	if m.asked++; m.asked > 1 && m.random.Float64() < m.rate {
		m.change()
	}
	ids := m.order[min(part.offset, len(m.order)):min(part.offset+part.limit, len(m.order))]
	rows, keys := make([]Activity, len(ids)), make([]key, len(ids))
	for i, id := range ids {
		rows[i].ID, keys[i] = id, key(id)
	}
	return answer{span: part, rows: wire.BatchOf(rows), keys: keys, total: len(m.order)}, nil
}

// insert puts rows at the head.
func (m *moving) insert(n int) {
	head := make([]string, n)
	for i := range n {
		m.number++
		head[n-1-i] = fmt.Sprintf("%024x", m.number)
		m.exists[head[n-1-i]] = true
	}
	m.order = append(head, m.order...)
	m.counts["rows inserted"] += n
}

// remove deletes rows by their place.
func (m *moving) remove(from, n int) {
	from = min(max(from, 0), len(m.order))
	m.delete(m.order[from:min(from+n, len(m.order))])
}

// delete deletes rows by their ids; those that are gone already do no harm.
func (m *moving) delete(ids []string) {
	for _, id := range ids {
		if id != m.keep && m.exists[id] {
			m.counts["rows deleted"]++
			delete(m.exists, id)
			delete(m.stays, id)
		}
	}
	m.order = slices.DeleteFunc(slices.Clone(m.order), m.gone)
}

func (m *moving) here(id string) bool { return m.exists[id] }
func (m *moving) gone(id string) bool { return !m.exists[id] }

// change is what happens at a time. It respects the window, unless it is a cruel one.
func (m *moving) change() {
	m.counts["changes"]++
	m.watch(func() {
		for range 1 + m.random.IntN(3) {
			m.step()
		}
	})
}

// watch does something to the list, and finds out what that means for the walk.
func (m *moving) watch(do func()) {
	var delivered []string
	if m.got != nil {
		delivered = m.got()
	}
	alive := slices.DeleteFunc(slices.Clone(delivered), m.gone)
	if len(delivered) <= m.window || len(alive) == 0 { // all are remembered, or it was found out before
		do()
		return
	}
	last := delivered[len(delivered)-m.window:]
	place := slices.Index(m.order, alive[len(alive)-1]) + 1
	behind := slices.Clone(m.order[max(place-m.window, 0):place])
	if !m.cruel {
		m.keep = last[slices.IndexFunc(last, m.here)]
	}
	do()
	m.keep = ""
	m.doubtful = m.doubtful || !slices.ContainsFunc(last, m.here)
	// More than can be remembered were there, and all that could help are gone.
	m.lost = m.lost || len(alive) > m.window && !slices.ContainsFunc(behind, m.here)
}

func (m *moving) step() {
	r := m.random
	anywhere := r.IntN(len(m.order) + 1)
	switch kind := r.IntN(10); {
	case kind < 3:
		m.insert(1 + r.IntN(3))
	case kind < 4:
		m.insert(r.IntN(3 * m.pageSize))
	case kind == 4 && m.floods < 2: // more than the walk remembers
		m.floods++
		m.insert(leastRoom + r.IntN(1500))
	case kind < 7: // here and there
		var ids []string
		for range min(1+r.IntN(5), len(m.order)) {
			ids = append(ids, m.order[r.IntN(len(m.order))])
		}
		m.delete(ids)
	case kind < 8:
		m.remove(anywhere, r.IntN(2*m.pageSize))
	default:
		m.removeLast()
	}
}

// removeLast deletes rows that were delivered last.
func (m *moving) removeLast() {
	r := m.random
	n := 1 + r.IntN(5)
	if r.IntN(4) == 0 {
		n = 1 + r.IntN(m.window-1)
	}
	if m.cruel && r.IntN(3) == 0 {
		n = m.window + r.IntN(50)
	}
	if m.got != nil {
		got := m.got()
		m.delete(got[max(len(got)-n, 0):])
	} else {
		m.remove(r.IntN(len(m.order)+1), min(n, 100))
	}
}

// verify compares what a walk delivered with what it had to, and how it ended with how it had to.
func (m *moving) verify(t *testing.T, got []string, failure error) {
	t.Helper()
	m.counts["rows delivered"] += len(got)
	seen := make(map[string]bool, len(got))
	for _, id := range got {
		require.False(t, seen[id], "%s was delivered twice", id)
		seen[id] = true
	}
	moved := func(id string) bool { return !m.stays[id] }
	want, have := slices.DeleteFunc(slices.Clone(m.first), moved), slices.DeleteFunc(slices.Clone(got), moved)
	switch {
	case failure != nil:
		require.ErrorIs(t, failure, activity.ErrListChanged)
		require.True(t, m.lost || m.doubtful, "the walk must not give up: %v", failure)
		want = want[:min(len(have), len(want))]
		m.counts["walks ended with ErrListChanged"]++
	default:
		require.False(t, m.lost, "the walk cannot know that it is complete")
		m.counts["walks complete"]++
	}
	if !slices.Equal(want, have) {
		require.Equal(t, want, have, "rows that stayed all the time come once, in order, without a gap")
	}
}
