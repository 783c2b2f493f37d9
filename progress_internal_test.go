package activity

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// fill notes n keys, perMinute of them in each minute.
func fill(p *progress, from time.Time, n, perMinute int) {
	for i := range n {
		p.see(p.hash(fmt.Sprint(i)), from.Add(time.Duration(i/perMinute)*time.Minute))
	}
}

// A key that is met again under a later time counts once, as one of that time.
func TestKeyMetAgain(t *testing.T) {
	since := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := newProgress(identity{}, since)
	hash := p.hash("k")
	assert.True(t, p.see(hash, since))
	assert.False(t, p.see(hash, since.Add(time.Hour)))
	assert.False(t, p.see(hash, since.Add(time.Minute)), "an earlier time changes nothing")
	assert.Equal(t, sightingSize+minuteSize, p.size())
	p.forget(since.Add(time.Hour), 0)
	assert.Equal(t, 1, p.seen(), "it is kept until then")
	p.forget(since.Add(time.Hour+time.Minute), 0)
	assert.Zero(t, p.seen())
	assert.Zero(t, p.size())
}

// A checkpoint that gets too full loses its earliest keys, and some more, so that it is not full
// again at once.
func TestShrink(t *testing.T) {
	since := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct{ keys, perMinute, open int }{
		"many minutes":             {60_000, 60, 0},
		"a single minute":          {60_000, 60_000, 0},
		"a few minutes":            {60_000, 20_000, 0},
		"beside unfinished ones":   {45_000, 60, 5000},
		"hardly a key to a minute": {60_000, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProgress(identity{}, since)
			p.watermark = since.AddDate(1, 0, 0)
			for i := range c.open {
				p.open.track(unfinished{ref: fmt.Sprintf("%08x-0000-4000-8000-000000000000 send", i)}, true, 1)
			}
			fill(&p, since, c.keys, c.perMinute)
			last := minuteOf(since.Add(time.Duration((c.keys-1)/c.perMinute) * time.Minute))
			assert.True(t, p.shrink())
			assert.LessOrEqual(t, p.size()+p.open.size, room)
			assert.Greater(t, p.size(), room/3, "no more than needed")
			assert.Len(t, p.settled, len(p.minutes))
			assert.NotZero(t, p.perMin[last], "the latest are kept")
			for minute := range p.perMin {
				assert.False(t, timeOf(minute).Before(p.floor), "what lies before the floor is forgotten")
			}
			if c.perMinute < c.keys {
				assert.True(t, p.floor.After(since), "what was forgotten is not read again")
			}
			fill(&p, since.Add(100_000*time.Minute), 100, 100)
			assert.False(t, p.shrink(), "not again at once")
		})
	}
}

// The floor does not pass the watermark, since what lies behind that is yet to be read.
func TestShrinkBehindTheWatermark(t *testing.T) {
	since := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := newProgress(identity{}, since)
	fill(&p, since, 60_000, 60)
	assert.True(t, p.shrink())
	assert.Equal(t, since, p.floor)
	assert.False(t, (&progress{}).shrink())
}

// The floor never falls, whatever is forgotten.
func TestFloorStays(t *testing.T) {
	since := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := newProgress(identity{}, since)
	p.forget(since.Add(-time.Hour), 0)
	assert.Equal(t, since, p.floor)

	hash := p.hash("k")
	p.see(hash, since)
	p.forget(since.Add(time.Hour), time.Hour)
	assert.Equal(t, 1, p.seen(), "what a margin reaches is kept")
}

// Whoever chooses what records say cannot choose two keys that look the same.
func TestSalt(t *testing.T) {
	a, b := newProgress(identity{}, time.Now()), newProgress(identity{}, time.Now())
	assert.NotEqual(t, a.hash("k"), b.hash("k"))
}

// A single minute that is too full loses some of its keys, after all of those before it.
func TestShrinkToOneMinute(t *testing.T) {
	since := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := newProgress(identity{}, since)
	p.watermark = since.Add(time.Hour)
	for i := range 60_000 {
		at := since
		if i >= 100 {
			at = since.Add(time.Minute)
		}
		p.see(p.hash(fmt.Sprint(i)), at)
	}
	assert.True(t, p.shrink())
	assert.Zero(t, p.perMin[minuteOf(since)])
	assert.Equal(t, since.Add(time.Minute), p.floor)
}
