package snaplogic

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// runOf makes keys of words; "~x" is a row without an _id.
func runOf(words string) []key {
	var run []key
	for word := range strings.FieldsSeq(words) {
		run = append(run, key(word))
	}
	return run
}

func pickWords(run []key, places []int) string {
	var words []string
	for _, place := range places {
		words = append(words, string(run[place]))
	}
	return strings.Join(words, " ")
}

func TestJoin(t *testing.T) {
	for _, c := range []struct {
		name, delivered, run string
		anchor, ahead        int
		fresh                string
	}{
		{"the first page", "", "a b c", -1, 0, "a b c"},
		{"an empty first page", "", "", -1, 0, ""},
		{"at rest", "a b c", "c d e", 0, 0, "d e"},
		{"nothing follows", "a b c", "c", 0, 0, ""},
		{"one inserted in front", "a b c", "b c d", 1, 0, "d"},
		{"many inserted in front: the place is further on", "a b c d", "a b", 1, 2, ""},
		{"inserted rows are left out", "a b", "x y a b c", 3, 0, "c"},
		{"the last one vanished", "a b c", "b d e", 0, 1, "d e"},
		{"all but one vanished", "a b c", "a d e", 0, 2, "d e"},
		{"rows between delivered ones are left out", "a b c", "a x b y c d", 4, 0, "d"},
		{"an _id comes once", "a", "a b c b c d", 0, 0, "b c d"},
		{"the last of several places counts", "a b", "a b a c", 2, 1, "c"},
		{"a row without an _id is new", "a", "a ~x b ~x", 0, 0, "~x b ~x"},
		{"a row without an _id was delivered", "a ~x", "a ~x b", 0, 0, "b"},
		{"one of two that are alike was delivered", "a ~x", "a ~x ~x b", 0, 0, "~x b"},
		{"both were", "a ~x ~x", "a ~x ~x b", 0, 0, "b"},
		{"one without an _id vanished", "a ~x ~y", "a ~y b", 0, 0, "b"},
		{"one without an _id came in between", "a ~x", "a ~z ~x b", 0, 0, "~z b"},
		{"alike, but behind a new row", "a ~x", "a b ~x", 0, 0, "b ~x"},
		{"alike, where the row before vanished", "a b ~x", "a ~x c", 0, 1, "c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory(100, true, runOf(c.delivered)...)
			j, found := m.join(runOf(c.run))
			require.True(t, found)
			assert.Equal(t, c.anchor, j.anchor)
			assert.Equal(t, c.ahead, j.ahead)
			assert.Equal(t, c.fresh, pickWords(runOf(c.run), j.fresh))
		})
	}
}

func TestJoinOfNothingRemembered(t *testing.T) {
	m := newMemory(2, true, runOf("a b c ~x")...)
	for _, run := range []string{"", "d e", "a b", "~x d", "~x"} {
		_, found := m.join(runOf(run))
		assert.False(t, found, "%q: rows may be missing before it", run)
	}
	_, found := m.join(runOf("c d"))
	assert.True(t, found)
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory(3, true)
	for i := range 10_000 {
		m.add(key(fmt.Sprint(i)), key(fmt.Sprintf("~%d", i)))
	}
	assert.Len(t, m.keys, 3)
	assert.LessOrEqual(t, cap(m.keys), 64)
	assert.Equal(t, map[key]int{"9999": 19_998}, m.number)
}

func TestMemoryIsWhole(t *testing.T) {
	m := newMemory(3, true, "a", "b", "c")
	assert.True(t, m.whole)
	m.add("d")
	assert.False(t, m.whole, "a is forgotten")
	assert.False(t, newMemory(3, true, "a", "~x").whole, "a row without an _id cannot be found again")
	assert.False(t, newMemory(3, false, "a").whole)
}

func TestOverlap(t *testing.T) {
	for delivered, overlap := range map[string]int{"": 1, "a": 1, "a b c": 1, "a ~x": 2, "a ~x ~y": 3, "~x a": 1, "~x": 2} {
		assert.Equal(t, overlap, newMemory(100, true, runOf(delivered)...).overlap(), delivered)
	}
	assert.Equal(t, 1, newMemory(2, true, runOf("a b c d")...).overlap())
	assert.Equal(t, 4, newMemory(2, true, runOf("a ~x ~y ~z")...).overlap(), "more than is remembered: no place can be found")
}

// What is remembered follows what the service lists.
func TestAdvance(t *testing.T) {
	for _, c := range []struct {
		name, remembered string
		whole            bool
		run              string
		anchor, end      int
		want             string
	}{
		{"the first page", "", true, "a b c", -1, 3, "a b c"},
		{"not all of it", "", true, "a b c", -1, 2, "a b"},
		{"at rest", "a b c", false, "c d e", 0, 3, "a b c d e"},
		{"the last ones vanished", "a b c", false, "a d e", 0, 3, "a d e"},
		{"one in the middle vanished", "a b c", false, "a c d", 1, 3, "a c d"},
		{"what stands in front helps to find the place", "c", false, "x y c d", 2, 4, "x y c d"},
		{"without pushing out what was delivered", "a b c", true, "x c d", 1, 3, "a b c d"},
		{"as much as a cursor holds", "c", false, strings.Repeat("x ", 20) + "c d", 20, 22, strings.Repeat("x ", 16) + "c d"},
		{"rows without an _id stay", "a ~x", false, "a ~x b ~y", 0, 4, "a ~x b ~y"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory(100, c.whole, runOf(c.remembered)...)
			m.advance(runOf(c.run), c.anchor, c.end)
			assert.Equal(t, runOf(c.want), m.keys)
			assert.Equal(t, c.whole, m.whole)
			for k, number := range m.number {
				assert.Equal(t, k, m.keys[number-m.first], "the index fits")
			}
		})
	}
}

func TestKeys(t *testing.T) {
	raw := func(text string) Activity { return Activity{Raw: []byte(text)} }
	assert.Equal(t, key("5b3c6fc056f9a0001fd3ae07"), keyOf(&Activity{ID: "5b3c6fc056f9a0001fd3ae07"}))
	assert.Equal(t, key(strings.Repeat("x", 32)), keyOf(&Activity{ID: strings.Repeat("x", 32)}))

	seen := make(map[key]string)
	for _, row := range []Activity{
		raw(`{"a":1}`), raw(`{"a":2}`), {ID: strings.Repeat("x", 33)}, {ID: strings.Repeat("y", 5000)}, {ID: "~n"}, {ID: "#n"}, {ID: "a b"},
		{ID: "\x00"}, {ID: "é"},
	} {
		k := keyOf(&row)
		assert.LessOrEqual(t, len(k), maxKey, "fits a cursor")
		assert.Equal(t, row.ID == "", k.anonymous(), row.ID)
		assert.NotContains(t, seen, k)
		assert.Equal(t, k, keyOf(&row), "is always the same")
		seen[k] = row.ID
	}
}
