package sdelements

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestKeys(t *testing.T) {
	a := &Activity{ID: 7, Raw: []byte(`{"id":7}`)}
	assert.Equal(t, rowKey(7), keyOf(a))
	assert.Negative(t, keyOfBytes(a.Raw))
	assert.Equal(t, keyOfBytes(a.Raw), keyOf(&Activity{Raw: a.Raw}), "without an id")
	assert.Equal(t, keyOfBytes(a.Raw), keyOf(&Activity{ID: -7, Raw: a.Raw}), "which would be another's")
	assert.NotEqual(t, keyOfBytes(a.Raw), keyOfBytes([]byte(`{"id":8}`)))
}

func TestPackedKeys(t *testing.T) {
	falling := func(n int, by rowKey) []rowKey {
		keys := make([]rowKey, n)
		for i := range keys {
			keys[i] = rowKey(n-i) * by
		}
		return keys
	}
	for name, c := range map[string]struct {
		keys []rowKey
		size int
		kept int
	}{
		"none":           {nil, 0, 0},
		"one":            {[]rowKey{5}, 1, 1},
		"neighbours":     {falling(1000, 1), 1000, 1000},
		"far apart":      {falling(1000, 1000), 2000, 1000},
		"the extremes":   {[]rowKey{math.MaxInt64, math.MinInt64, -1, 0, math.MaxInt64}, 32, 5},
		"more than fits": {falling(5000, 1), 4087, 4087},
		"hashes":         {falling(1000, 1<<53), 4088, 511},
	} {
		packed, cut := packKeys(c.keys)
		assert.Len(t, packed, c.size, name)
		assert.Equal(t, c.kept < len(c.keys), cut, name)
		keys, ok := unpackKeys(packed)
		assert.True(t, ok, name)
		assert.Equal(t, append([]rowKey{}, c.keys[len(c.keys)-c.kept:]...), append([]rowKey{}, keys...), name)
	}
	for name, packed := range map[string][]byte{
		"broken off": {0x80},
		"too large":  {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
		"too many":   make([]byte, mostPacked+1),
	} {
		keys, ok := unpackKeys(packed)
		assert.False(t, ok, name)
		assert.Nil(t, keys, name)
	}
}

func TestSpanning(t *testing.T) {
	for _, c := range []struct{ number, oldest, pages, wide int }{
		{2, 1, 2, 1},   // pages 1 and 2
		{3, 1, 3, 1},   // 1 to 3
		{4, 1, 2, 2},   // 3 and 4
		{5, 1, 3, 2},   // 4 to 6
		{7, 1, 4, 2},   // 5 to 8
		{7, 6, 5, 2},   // 6 to 10
		{13, 11, 5, 3}, // 11 to 15
		{13, 12, 0, 0}, // none of up to eight pages begins with 12
		{61, 1, 7, 9},  // 57 to 63
	} {
		pages, wide, ok := spanning(c.number, c.oldest)
		assert.Equal(t, [2]int{c.pages, c.wide}, [2]int{pages, wide}, "page %d, from %d on", c.number, c.oldest)
		assert.Equal(t, c.pages > 0, ok)
		if ok {
			first, last := (wide-1)*pages+1, wide*pages
			assert.GreaterOrEqual(t, first, c.oldest)
			assert.True(t, first < c.number && c.number <= last)
		}
	}
}
