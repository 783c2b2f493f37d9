package sdelements

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKeyOf(t *testing.T) {
	a := &Activity{ID: 7, Raw: []byte(`{"id":7}`)}
	assert.Equal(t, rowKey(7), keyOf(a))
	assert.Negative(t, keyOfBytes(a.Raw))
	assert.Equal(t, keyOfBytes(a.Raw), keyOf(&Activity{Raw: a.Raw}), "without an id")
	assert.Equal(t, keyOfBytes(a.Raw), keyOf(&Activity{ID: -7, Raw: a.Raw}), "which would be another's")
	assert.NotEqual(t, keyOfBytes(a.Raw), keyOfBytes([]byte(`{"id":8}`)))
}

func TestPackKeys(t *testing.T) {
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
		"too many":   make([]byte, maxPackedKeys+1),
	} {
		keys, ok := unpackKeys(packed)
		assert.False(t, ok, name)
		assert.Nil(t, keys, name)
	}
}

func FuzzKeys(f *testing.F) {
	for _, seed := range [][]byte{nil, {0}, {0x0a, 1}, {0x80}, bytes.Repeat([]byte{0xff}, 11), bytes.Repeat([]byte{2}, 4000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		keys, ok := unpackKeys(packed)
		if !ok {
			require.Nil(t, keys)
			return
		}
		require.LessOrEqual(t, len(keys), maxPackedKeys)
		again, _ := packKeys(keys)
		rest, ok := unpackKeys(again)
		require.True(t, ok)
		require.Equal(t, keys[len(keys)-len(rest):], append([]rowKey(nil), rest...))
	})
}
