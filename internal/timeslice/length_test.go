package timeslice

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

const day = 24 * time.Hour

func newLength() *Length {
	l := New(time.Second, 60*day)
	l.Reset(0)
	return l
}

func TestReset(t *testing.T) {
	for name, c := range map[string]struct{ shortest, longest, again, want time.Duration }{
		"a day":                     {time.Second, math.MaxInt64, 0, day},
		"and what is read again":    {time.Second, math.MaxInt64, time.Hour, 25 * time.Hour},
		"no more than the longest":  {time.Second, time.Hour, time.Hour, time.Hour},
		"no less than the shortest": {2 * day, 4 * day, 0, 2 * day},
	} {
		l := New(c.shortest, c.longest)
		l.Reset(c.again)
		assert.Equal(t, c.want, l.Next(), name)
	}
}

func TestSplit(t *testing.T) {
	for name, c := range map[string]struct {
		length       time.Duration
		total, known int
		split        bool
		next         time.Duration
	}{
		"few records":         {day, 20_000, 0, false, day},
		"many records":        {day, 40_000, 0, true, day / 4},
		"most are known":      {day, 40_000, 20_000, false, day},
		"of any length":       {8 * day, 40_000, 0, true, 2 * day},
		"the shortest slice":  {time.Second, 40_000, 0, false, day},
		"nearly the shortest": {2 * time.Second, 40_000, 0, true, time.Second},
		"no total":            {day, -1, 0, false, day},
	} {
		l := newLength()
		split, distrusted := l.Split(c.length, c.total, c.known)
		assert.Equal(t, c.split, split, name)
		assert.False(t, distrusted, name)
		assert.Equal(t, c.next, l.Next(), name)
	}
}

// A total that does not fall however short the slice gets is not believed for long.
func TestUselessSplits(t *testing.T) {
	l := newLength()
	for i := range 20 {
		split, distrusted := l.Split(day, 5_000_000, 0)
		assert.Equal(t, i < 7, split, i)
		assert.Equal(t, i == 7, distrusted, i)
	}

	l = newLength()
	for i := range 20 {
		split, _ := l.Split(day, 5_000_000-i, 0)
		assert.True(t, split, "totals that fall are believed")
	}
}

// Slices of which the service refused a page grow again only slowly.
func TestRefused(t *testing.T) {
	l := newLength()
	assert.True(t, l.Refused(day, 1000))
	assert.Equal(t, day/2, l.Next())
	l.Read(day/2, 600, 600)
	assert.Equal(t, day/2, l.Next(), "twice as long would be refused again")
	l.Read(day/2, 100, 100)
	assert.Equal(t, day, l.Next())
	assert.True(t, l.Refused(2*time.Second, 1000))
	assert.Equal(t, time.Second, l.Next())
	assert.False(t, l.Refused(time.Second, 1000))
}

func TestFailed(t *testing.T) {
	l := newLength()
	l.Failed()
	assert.Equal(t, day/2, l.Next())
	for range 40 {
		l.Failed()
	}
	assert.Equal(t, time.Second, l.Next())
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		length      time.Duration
		rows, fresh int
		want        time.Duration
	}{
		"too full":              {day, 10_001, 10_001, day / 2},
		"just right":            {day, 4000, 4000, day},
		"nearly empty":          {day, 100, 100, 2 * day},
		"all known":             {day, 100_000, 0, 2 * day},
		"not as long as wanted": {time.Hour, 0, 0, day},
	} {
		l := newLength()
		l.Read(c.length, c.rows, c.fresh)
		assert.Equal(t, c.want, l.Next(), name)
	}
	l := newLength()
	for range 10 {
		l.Read(l.Next(), 0, 0)
	}
	assert.Equal(t, 32*day, l.Next(), "no longer than the longest")
}
