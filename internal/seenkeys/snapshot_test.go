package seenkeys

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestMinuteOf(t *testing.T) {
	for seconds, want := range map[int64]int64{0: 0, 59: 0, 60: 1, 119: 1} {
		assert.Equal(t, want, minuteOf(time.Unix(seconds, 0)), seconds)
	}
	assert.Equal(t, int64(-1), minuteOf(timeOf(-1)))
}

// Keys that were noted since the others were sorted stand among them, and each once.
func TestPack(t *testing.T) {
	sorted := []seenKey{{minute: 3, hash: 1}, {minute: 5, hash: 2}, {minute: 5, hash: 3}}
	for name, c := range map[string]struct{ recent, want []seenKey }{
		"none":          {nil, sorted},
		"before others": {[]seenKey{{minute: 2, hash: 9}}, []seenKey{{2, 9}, {3, 1}, {5, 2}, {5, 3}}},
		"among others":  {[]seenKey{{minute: 3, hash: 0}}, []seenKey{{3, 0}, {3, 1}, {5, 2}, {5, 3}}},
		"noted again":   {[]seenKey{{minute: 7, hash: 1}}, []seenKey{{5, 2}, {5, 3}, {7, 1}}},
		"and again":     {[]seenKey{{minute: 7, hash: 1}, {minute: 8, hash: 1}}, []seenKey{{5, 2}, {5, 3}, {8, 1}}},
		"before 1970":   {[]seenKey{{minute: -7, hash: 9}}, []seenKey{{-7, 9}, {3, 1}, {5, 2}, {5, 3}}},
	} {
		t.Run(name, func(t *testing.T) {
			packed := Snapshot{sorted: sorted, recent: c.recent}.Pack()
			all, ok := unpackKeys(packed)
			assert.True(t, ok)
			assert.Equal(t, c.want, all)
			for n := range packed {
				if cut, ok := unpackKeys(packed[:n]); ok {
					assert.Less(t, len(cut), len(all), "a whole number of minutes is left")
				}
			}
		})
	}
}

// Snapshots share the keys that they hold: writing one changes no other.
func TestPackSharedKeys(t *testing.T) {
	sorted := []seenKey{{minute: 1, hash: 1}, {minute: 2, hash: 2}, {minute: 3, hash: 3}}
	before := Snapshot{sorted: sorted}.Pack()
	Snapshot{sorted: sorted, recent: []seenKey{{minute: 4, hash: 1}}}.Pack()
	assert.Equal(t, before, Snapshot{sorted: sorted}.Pack())
}

func TestUnpackTruncated(t *testing.T) {
	packed := Snapshot{sorted: []seenKey{{minute: 1, hash: 1}, {minute: 1, hash: 2}, {minute: 2, hash: 3}}}.Pack()
	for n := range packed {
		all, ok := unpackKeys(packed[:n])
		if whole := n == 0 || n == 2+2*hashSize; whole {
			assert.True(t, ok)
			continue
		}
		assert.False(t, ok, "%d bytes", n)
		assert.Empty(t, all)
	}
}

func TestUnpackRefuses(t *testing.T) {
	salt, floor := make([]byte, saltSize), time.Now()
	_, ok := Unpack(salt, floor, time.Time{}, nil)
	assert.True(t, ok)
	_, ok = Unpack(salt[1:], floor, time.Time{}, nil)
	assert.False(t, ok, "a short salt")
	_, ok = Unpack(salt, time.Time{}, time.Time{}, nil)
	assert.False(t, ok, "no floor")
	_, ok = Unpack(salt, floor, time.Time{}, []byte{0})
	assert.False(t, ok, "damaged keys")
}
