package snaplogic_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

var tieSeeds = flag.Uint64("ties", 3, "the number of lists in each case of TestTies")

// tiedList is a list in which rows of the same instant change places in each response, and nothing
// else changes.
type tiedList struct {
	rows, pageSize, ties int // ties: up to that many rows of an instant
	limit                int // of the rows in a response; 0: none
	oldestFirst          bool
	uncounted            bool
	stable               bool // the rows keep their places
}

// pageAfterPage reads a list from cursors, each page in a range of its own.
func pageAfterPage(t *testing.T, list activity.List[snaplogic.Activity], maxPages int) (got []string, err error) {
	t.Helper()
	var at activity.Cursor
	for range maxPages {
		page, err := list.Page(t.Context(), at)
		if err != nil {
			return got, err
		}
		got = append(got, idsOf(page.Items)...)
		if at = page.Next; at == "" {
			return got, nil
		}
	}
	return got, errors.New("no end")
}

// resumedOnce reads two pages, and the rest of the list from the cursor after them.
func resumedOnce(t *testing.T, list activity.List[snaplogic.Activity], _ int) (got []string, err error) {
	t.Helper()
	var at activity.Cursor
	for range 2 {
		page, err := list.Page(t.Context(), at)
		if err != nil {
			return got, err
		}
		got = append(got, idsOf(page.Items)...)
		if at = page.Next; at == "" {
			return got, nil
		}
	}
	rest, err := list.From(at).Collect(t.Context(), 0)
	return append(got, idsOf(rest)...), err
}

// oneRange reads the whole list in one range.
func oneRange(t *testing.T, list activity.List[snaplogic.Activity], _ int) ([]string, error) {
	t.Helper()
	got, err := list.Collect(t.Context(), 0)
	return idsOf(got), err
}

// server returns a server of the list, and the rows.
func (c tiedList) server(seed uint64) (*snaplogictest.Server, []snaplogic.Activity) {
	random := rand.New(rand.NewPCG(seed, 5))
	rows := old(c.rows)
	for i := 0; i < len(rows); {
		at := rows[i].CreateTime
		for range 1 + random.IntN(c.ties) {
			if i < len(rows) {
				rows[i].CreateTime = at
				i++
			}
		}
	}
	if c.oldestFirst {
		slices.Reverse(rows)
	}
	options := []snaplogictest.Option{snaplogictest.WithPageLimit(c.limit)}
	if !c.stable {
		options = append(options, snaplogictest.WithShuffledTies(seed+1))
	}
	if c.uncounted {
		options = append(options, snaplogictest.WithoutTotal())
	}
	server := snaplogictest.NewServer(options...)
	server.InsertAt(0, rows...)
	return server, rows
}

// Where rows of the same instant change places in each response, every row is delivered once, or
// the list ends with ErrListChanged. With the newest first, the error does not occur as long as a
// cursor has the keys of all rows of an instant, and the service does not limit its responses to a
// few rows.
func TestTies(t *testing.T) {
	for _, c := range []struct {
		tiedList
		errors bool // ErrListChanged may occur
	}{
		{tiedList{rows: 200, pageSize: 10, ties: 2}, false},
		{tiedList{rows: 60, pageSize: 1, ties: 5}, false},
		{tiedList{rows: 200, pageSize: 10, ties: 17}, false},
		{tiedList{rows: 200, pageSize: 50, ties: 10}, false},
		{tiedList{rows: 1000, pageSize: 100, ties: 3}, false},
		{tiedList{rows: 4000, pageSize: 1000, ties: 3}, false},
		{tiedList{rows: 200, pageSize: 10, ties: 3, uncounted: true}, true},
		{tiedList{rows: 200, pageSize: 10, ties: 19}, true},
		{tiedList{rows: 60, pageSize: 1, ties: 25}, true},
		{tiedList{rows: 200, pageSize: 10, ties: 60}, true},
		{tiedList{rows: 111, pageSize: 29, ties: 100}, true},
		{tiedList{rows: 60, pageSize: 10, ties: 3, limit: 4}, true},
		{tiedList{rows: 40, pageSize: 5, ties: 10, oldestFirst: true}, true},
		{tiedList{rows: 100, pageSize: 20, ties: 40, oldestFirst: true}, true},
		{tiedList{rows: 1000, pageSize: 100, ties: 3, oldestFirst: true}, true},
		{tiedList{rows: 200, pageSize: 10, ties: 60, oldestFirst: true, limit: 12}, true},
		{tiedList{rows: 200, pageSize: 10, ties: 60, stable: true}, false},
		{tiedList{rows: 60, pageSize: 1, ties: 60, stable: true}, false},
		{tiedList{rows: 200, pageSize: 10, ties: 60, stable: true, limit: 4}, false},
		{tiedList{rows: 200, pageSize: 10, ties: 60, stable: true, limit: 30, uncounted: true}, false},
		{tiedList{rows: 200, pageSize: 10, ties: 60, stable: true, oldestFirst: true}, false},
	} {
		for how, read := range map[string]func(*testing.T, activity.List[snaplogic.Activity], int) ([]string, error){
			"one range": oneRange, "page after page": pageAfterPage, "resumed once": resumedOnce,
		} {
			t.Run(fmt.Sprintf("%s, %+v", how, c.tiedList), func(t *testing.T) {
				good, changed, lost, twice := 0, 0, 0, 0
				for seed := range *tieSeeds {
					var got, want []string
					var err error
					synctest.Test(t, func(t *testing.T) {
						server, rows := c.server(seed)
						want = idsOf(rows)
						got, err = read(t, server.Client().Activities(snaplogic.ActivityQuery{PageSize: c.pageSize}), 2*c.rows)
					})
					seen := slices.Clone(got)
					slices.Sort(seen)
					repeats := len(seen) - len(slices.Compact(seen))
					if repeats > 0 {
						twice++
					}
					if errors.Is(err, activity.ErrListChanged) {
						changed++
						assert.Zero(t, repeats, "seed %d", seed)
						continue
					}
					assert.NoError(t, err, "seed %d", seed)
					missing := len(want) - len(got) + repeats
					if missing > 0 {
						lost++
					}
					if repeats+missing == 0 && err == nil {
						good++
					}
					assert.Zero(t, repeats, "repeated, seed %d", seed)
					assert.Zero(t, missing, "lost, seed %d", seed)
				}
				t.Logf(t.Name()+": of %d runs: %d good, %d ErrListChanged, %d lost rows, %d repeated rows", *tieSeeds, good, changed, lost, twice)
				assert.True(t, c.errors || changed == 0, "%d with ErrListChanged", changed)
			})
		}
	}
}
