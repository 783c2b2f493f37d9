package snaplogic

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// moving is a list that changes by itself: whenever a walk asks for a part of it, and when a test says so. It knows what the walk has to
// deliver, and whether the walk may fail. Requests take some virtual time, so that those that are under way together overtake each
// other.
type moving struct {
	seed     uint64
	random   *rand.Rand
	pageSize int
	prefetch int
	window   int     // of so many rows delivered last one at least must stay, or the walk may end
	rate     float64 // how likely a change between two requests is
	cruel    bool    // the window is not respected

	mu     sync.Mutex
	order  []*movingRow // the rows as the service lists them
	first  []*movingRow // the rows of the beginning
	rows   map[string]*movingRow
	got    []*movingRow // what was delivered
	keep   *movingRow   // a row that must stay for now
	number int          // of the row inserted last
	asked  int
	floods int

	lost     bool // the walk must end with ErrListChanged, unless what it needs was loaded ahead
	doubtful bool // it may
	counts   map[string]int
}

type movingRow struct {
	id        string
	here      bool
	delivered bool
}

func newMoving(seed uint64, rows, pageSize, prefetch int) *moving {
	m := &moving{
		seed:     seed,
		random:   rand.New(rand.NewPCG(seed, 7)),
		pageSize: pageSize,
		prefetch: prefetch,
		window:   leastRoom + 1,
		rows:     make(map[string]*movingRow, rows),
		counts:   make(map[string]int),
	}
	m.insert(rows)
	m.counts["rows inserted"] = 0
	m.first = slices.Clone(m.order)
	return m
}

// list is a list of a new client whose requests go to the moving list.
func (m *moving) list(t *testing.T) activity.List[Activity] {
	t.Helper()
	client, err := New("Example Organization", Basic("auditor@example.com", "example-password"), activity.WithPrefetch(m.prefetch))
	require.NoError(t, err)
	source, err := client.activitySource(ActivityQuery{PageSize: m.pageSize})
	require.NoError(t, err)
	source.fetch = m.fetch
	return activity.NewList(source)
}

// read delivers what a list has, page by page while more is true, and gives the cursor behind it. A consumer takes its time, too.
func (m *moving) read(ctx context.Context, list activity.List[Activity], more func() bool) (next activity.Cursor, failure error) {
	for page, err := range list.Pages(ctx) {
		if err != nil {
			return "", err
		}
		for _, a := range page.Items {
			m.deliver(a.ID)
		}
		if next = page.Next; !more() {
			return next, nil
		}
		<-time.After(m.latency(len(m.got)))
	}
	return next, nil
}

func always() bool { return true }

func (m *moving) deliver(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.got = append(m.got, m.rows[id])
}

// latency is up to 50 ms. The same schedule has the same ones whenever it runs.
func (m *moving) latency(of int) time.Duration {
	if m.prefetch == 0 {
		return 0
	}
	r := rand.New(rand.NewPCG(m.seed+uint64(of), uint64(time.Now().UnixNano())))
	return time.Duration(r.IntN(50_000_000))
}

// fetch answers as the service does.
func (m *moving) fetch(ctx context.Context, part span, _ int64) (answer, error) {
	<-time.After(m.latency(part.offset))
	a := m.answer(part)
	<-time.After(m.latency(part.offset))
	return a, ctx.Err()
}

func (m *moving) answer(part span) answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts["requests"]++
	if m.asked++; m.asked > 1 && m.random.Float64() < m.rate {
		m.change()
	}
	listed := m.order[min(part.offset, len(m.order)):min(part.offset+part.limit, len(m.order))]
	rows, keys := make([]Activity, len(listed)), make([]key, len(listed))
	for i, row := range listed {
		rows[i].ID, keys[i] = row.id, key(row.id)
	}
	return answer{span: part, rows: wire.BatchOf(rows), keys: keys, total: len(m.order)}
}

// insert puts rows at the head.
func (m *moving) insert(n int) {
	head := make([]*movingRow, n, n+len(m.order))
	for i := range n {
		m.number++
		row := &movingRow{id: fmt.Sprintf("%024x", m.number), here: true}
		head[n-1-i], m.rows[row.id] = row, row
	}
	m.order = append(head, m.order...)
	m.counts["rows inserted"] += n
}

// remove deletes rows by their place.
func (m *moving) remove(from, n int) {
	from = min(max(from, 0), len(m.order))
	m.delete(m.order[from:min(from+n, len(m.order))]...)
}

// delete deletes rows; those that are gone already do no harm.
func (m *moving) delete(rows ...*movingRow) {
	for _, row := range rows {
		if row != m.keep && row.here {
			m.counts["rows deleted"]++
			row.here = false
		}
	}
	m.order = slices.DeleteFunc(m.order, gone)
}

func here(row *movingRow) bool { return row.here }
func gone(row *movingRow) bool { return !row.here }

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
	alive := 0
	for _, row := range m.got {
		if row.here {
			alive++
		}
	}
	if len(m.got) <= m.window || alive == 0 { // all are remembered, or it was found out before
		do()
		return
	}
	last := m.got[len(m.got)-m.window:]
	front := slices.IndexFunc(last, here)
	if front < 0 { // they vanished before they were delivered, or it was found out before
		m.doubtful = true
		do()
		return
	}
	newest := m.got[len(m.got)-1]
	for _, row := range slices.Backward(m.got) {
		if newest = row; row.here {
			break
		}
	}
	place := slices.Index(m.order, newest) + 1
	behind := slices.Clone(m.order[max(place-m.window, 0):place])
	if !m.cruel {
		m.keep = last[front]
	}
	do()
	m.keep = nil
	m.doubtful = m.doubtful || !slices.ContainsFunc(last, here)
	// More than can be remembered were there, and all that could help are gone.
	m.lost = m.lost || alive > m.window && !slices.ContainsFunc(behind, here)
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
		var some []*movingRow
		for range min(1+r.IntN(5), len(m.order)) {
			some = append(some, m.order[r.IntN(len(m.order))])
		}
		m.delete(some...)
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
	m.delete(m.got[max(len(m.got)-n, 0):]...)
}

// verify compares what a walk delivered with what it had to, and how it ended with how it had to.
func (m *moving) verify(t *testing.T, failure error) {
	t.Helper()
	m.counts["rows delivered"] += len(m.got)
	for _, row := range m.got {
		require.False(t, row.delivered, "%s was delivered twice", row.id)
		row.delivered = true
	}
	stayed := make(map[*movingRow]bool, len(m.first))
	for _, row := range m.first {
		stayed[row] = row.here
	}
	moved := func(row *movingRow) bool { return !stayed[row] }
	want, have := slices.DeleteFunc(slices.Clone(m.first), moved), slices.DeleteFunc(slices.Clone(m.got), moved)
	switch {
	case failure != nil:
		require.ErrorIs(t, failure, activity.ErrListChanged)
		require.True(t, m.lost || m.doubtful, "the walk must not give up: %v", failure)
		want = want[:min(len(have), len(want))]
		m.counts["walks ended with ErrListChanged"]++
	default:
		require.False(t, m.lost && m.prefetch == 0, "the walk cannot know that it is complete")
		m.counts["walks complete"]++
	}
	if !slices.Equal(want, have) {
		require.Equal(t, idsOfRows(want), idsOfRows(have), "rows that stayed all the time come once, in order, without a gap")
	}
}

func idsOfRows(rows []*movingRow) []string {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.id
	}
	return ids
}
