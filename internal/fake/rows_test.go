package fake_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/fake"
)

// row returns a row with a time in seconds, or with no time if second is below zero.
func row(key string, second int) fake.Row {
	r := fake.Row{Key: key}
	if second >= 0 {
		r.Time = time.Unix(int64(1_700_000_000+second), 0)
	}
	return r
}

func keys(rows []fake.Row) string {
	var out []string
	for _, r := range rows {
		out = append(out, r.Key)
	}
	return strings.Join(out, " ")
}

func TestRowsAdd(t *testing.T) {
	for name, tc := range map[string]struct {
		batches [][]fake.Row
		want    string
	}{
		"none":             {nil, ""},
		"sorted newest up": {[][]fake.Row{{row("1", 1), row("3", 3), row("2", 2)}}, "3 2 1"},
		"merged":           {[][]fake.Row{{row("4", 4), row("2", 2)}, {row("1", 1), row("3", 3), row("5", 5)}}, "5 4 3 2 1"},
		"equal times":      {[][]fake.Row{{row("a", 1), row("b", 1)}, {row("c", 1), row("d", 2)}, {row("e", 1)}}, "d a b c e"},
		"no times":         {[][]fake.Row{{row("a", -1), row("b", -1)}, {row("c", -1)}}, "a b c"},
		"no times go last": {[][]fake.Row{{row("a", -1)}, {row("b", 1)}, {row("c", -1)}}, "b a c"},
		"an empty batch":   {[][]fake.Row{{row("a", 1)}, {}}, "a"},
		"first and last":   {[][]fake.Row{{row("m", 5)}, {row("z", 9), row("a", 1)}}, "z m a"},
	} {
		t.Run(name, func(t *testing.T) {
			var rows fake.Rows
			for _, b := range tc.batches {
				rows.Add(b...)
			}
			assert.Equal(t, tc.want, keys(rows.Select(nil)))
			assert.Equal(t, len(strings.Fields(tc.want)), rows.Len())
		})
	}
}

func TestRowsAddKeepsTheCallersSlice(t *testing.T) {
	var rows fake.Rows
	batch := []fake.Row{row("1", 1), row("2", 2)}
	rows.Add(batch...)
	assert.Equal(t, "1 2", keys(batch))
}

func TestRowsInsertAt(t *testing.T) {
	for i, want := range map[int]string{-1: "x y a b c", 0: "x y a b c", 2: "a b x y c", 3: "a b c x y", 99: "a b c x y"} {
		var rows fake.Rows
		rows.Add(row("a", 3), row("b", 2), row("c", 1))
		rows.InsertAt(i, row("x", 0), row("y", 9))
		assert.Equal(t, want, keys(rows.Select(nil)), i)
	}
	var rows fake.Rows
	rows.Add(row("a", 3), row("b", 1))
	rows.InsertAt(0, row("late", 0)) // out of order
	rows.Add(row("c", 2))
	assert.Equal(t, "c late a b", keys(rows.Select(nil)), "before the first that is older")
}

func TestRowsDelete(t *testing.T) {
	var rows fake.Rows
	assert.Zero(t, rows.Delete("a"))
	rows.Add(row("a", 4), row("b", 3), row("a", 2), row("c", 1))
	assert.Equal(t, 2, rows.Delete("a", "unknown"))
	assert.Equal(t, "b c", keys(rows.Select(nil)))
	assert.Equal(t, 1, rows.DeleteFunc(func(r fake.Row) bool { return r.Key > "b" }))
	assert.Equal(t, "b", keys(rows.Select(nil)))
	assert.Zero(t, rows.Delete())
}

func TestRowsSelectIsASnapshot(t *testing.T) {
	var rows fake.Rows
	rows.Add(row("a", 2), row("b", 1))
	before := rows.Select(nil)
	rows.Delete("a")
	rows.Add(row("c", 3))
	assert.Equal(t, "a b", keys(before))
	rows.Select(nil)[0].Key = "x"
	assert.Equal(t, "c b", keys(rows.Select(nil)))
}

func TestRowsChangeDuringSelect(t *testing.T) {
	for name, change := range map[string]func(*fake.Rows){
		"Add":      func(rows *fake.Rows) { rows.Add(row("new", 99)) },
		"InsertAt": func(rows *fake.Rows) { rows.InsertAt(0, row("new", 99)) },
		"Delete":   func(rows *fake.Rows) { rows.Delete("c") },
	} {
		t.Run(name, func(t *testing.T) {
			var rows fake.Rows
			rows.Add(row("c", 3), row("b", 2), row("a", 1))
			for range 10 { // so that slices with spare capacity occur too
				before := keys(rows.Select(nil))
				changed := false
				during := rows.Select(func(fake.Row) bool {
					if !changed {
						changed = true
						change(&rows)
					}
					return true
				})
				assert.Equal(t, before, keys(during))
			}
			assert.NotEqual(t, 3, rows.Len())
		})
	}
}

func TestRowsPage(t *testing.T) {
	var rows fake.Rows
	for i := range 10 {
		rows.Add(row(fmt.Sprint(i), 100-i))
	}
	even := func(r fake.Row) bool { return (r.Key[0]-'0')%2 == 0 }
	for _, tc := range []struct {
		keep          func(fake.Row) bool
		offset, limit int
		want          string
		total         int
	}{
		{nil, 0, 3, "0 1 2", 10},
		{nil, 8, 3, "8 9", 10},
		{nil, 10, 3, "", 10},
		{nil, 0, 0, "", 10},
		{even, 0, 2, "0 2", 5},
		{even, 3, 100, "6 8", 5},
	} {
		page, total := rows.Page(tc.keep, tc.offset, tc.limit)
		assert.Equal(t, tc.want, keys(page))
		assert.Equal(t, tc.total, total)
	}
}

func TestRowsLoseNothingUnderConcurrentUse(t *testing.T) {
	var rows fake.Rows
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			key := fmt.Sprint(i)
			rows.Add(row(key, i), row("gone", i))
			rows.InsertAt(i, row("inserted", i))
			rows.Page(nil, 0, 10)
			rows.Select(nil)
		})
	}
	wg.Wait()
	assert.Equal(t, 150, rows.Len())
	assert.Equal(t, 50, rows.Delete("gone"))
	assert.Equal(t, 50, rows.Delete("inserted"))
	assert.Equal(t, 50, rows.Len())
}

func TestRowsLoseNoChangeThatComesBetween(t *testing.T) {
	var rows fake.Rows
	rows.Add(row("c", 3), row("b", 2))
	between := sync.OnceFunc(func() { rows.Add(row("a", 1)) })
	assert.Equal(t, 1, rows.DeleteFunc(func(r fake.Row) bool {
		between()
		return r.Key == "b"
	}))
	assert.Equal(t, "c a", keys(rows.Select(nil)))
}
