package activity

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

// Keys that were met since the others were put in order stand among them, and each once.
func TestPackSightings(t *testing.T) {
	settled := []sighting{{minute: 3, hash: 1}, {minute: 5, hash: 2}, {minute: 5, hash: 3}}
	for name, c := range map[string]struct{ recent, want []sighting }{
		"none":          {nil, settled},
		"before others": {[]sighting{{minute: 2, hash: 9}}, []sighting{{2, 9}, {3, 1}, {5, 2}, {5, 3}}},
		"among others":  {[]sighting{{minute: 3, hash: 0}}, []sighting{{3, 0}, {3, 1}, {5, 2}, {5, 3}}},
		"met again":     {[]sighting{{minute: 7, hash: 1}}, []sighting{{5, 2}, {5, 3}, {7, 1}}},
		"and again":     {[]sighting{{minute: 7, hash: 1}, {minute: 8, hash: 1}}, []sighting{{5, 2}, {5, 3}, {8, 1}}},
		"before 1970":   {[]sighting{{minute: -7, hash: 9}}, []sighting{{-7, 9}, {3, 1}, {5, 2}, {5, 3}}},
	} {
		t.Run(name, func(t *testing.T) {
			packed := packSightings(settled, c.recent)
			all, ok := unpackSightings(packed)
			assert.True(t, ok)
			assert.Equal(t, c.want, all)
			for n := range packed {
				if cut, ok := unpackSightings(packed[:n]); ok {
					assert.Less(t, len(cut), len(all), "a whole number of minutes is left")
				}
			}
		})
	}
}
