package fake_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/fake"
)

// tied returns rows of which some have equal times.
func tied() *fake.Rows {
	rows := new(fake.Rows)
	rows.Add(row("a", 3), row("b", 2), row("c", 2), row("d", 2), row("e", 1), row("f", 1), row("x", -1), row("y", -1))
	return rows
}

func TestTies(t *testing.T) {
	orders := func(seed uint64) []string {
		rows, out := tied(), []string(nil)
		rows.Ties = fake.NewTies(seed)
		for range 50 {
			page, total := rows.Page(nil, 0, 100)
			assert.Equal(t, 8, total)
			out = append(out, keys(page))
		}
		return out
	}
	got := orders(1)
	assert.Equal(t, got, orders(1))
	assert.NotEqual(t, got, orders(2))
	seen := map[string]bool{}
	for i, order := range got {
		assert.Regexp(t, `^a (b c d|b d c|c b d|c d b|d b c|d c b) (e f|f e) (x y|y x)$`, order)
		seen[order[2:7]] = true
		if i > 0 {
			for _, run := range [][2]int{{2, 7}, {8, 11}, {12, 15}} {
				assert.NotEqual(t, got[i-1][run[0]:run[1]], order[run[0]:run[1]], "another order each time")
			}
		}
	}
	assert.Len(t, seen, 6, "every order comes")
	assert.Equal(t, "a b c d e f x y", keys(tied().Select(nil)), "the rows themselves stay")
}

func TestTiesPage(t *testing.T) {
	rows := tied()
	rows.Ties = fake.NewTies(1)
	for range 20 {
		page, total := rows.Page(func(r fake.Row) bool { return r.Key != "a" }, 5, 100)
		assert.Equal(t, 7, total)
		assert.Contains(t, []string{"x y", "y x"}, keys(page))
		page, _ = rows.Page(nil, 1, 2)
		assert.Len(t, page, 2)
		for _, r := range page {
			assert.Contains(t, "b c d", r.Key)
		}
		page, _ = rows.Page(nil, 9, 2)
		assert.Empty(t, page)
	}
	fields := strings.Fields(keys(rows.Select(nil)))
	assert.True(t, slices.IsSorted(fields), "Select keeps the order")
	var none *fake.Ties
	none.Reorder(rows.Select(nil))
}
