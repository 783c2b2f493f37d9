package seenkeys

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fill notes n keys, perMinute of them in each minute.
func fill(s *Set, from time.Time, n, perMinute int) {
	for i := range n {
		s.Note(s.Hash(fmt.Sprint(i)), from.Add(time.Duration(i/perMinute)*time.Minute))
	}
}

// A key that is noted again with a later time counts once, as one of that time.
func TestKeyNotedAgain(t *testing.T) {
	s := New(noon)
	hash := s.Hash("k")
	assert.True(t, s.Note(hash, noon))
	assert.False(t, s.Note(hash, noon.Add(time.Hour)))
	assert.False(t, s.Note(hash, noon.Add(time.Minute)), "an earlier time changes nothing")
	assert.Equal(t, hashSize+minuteSize, s.Size())
	s.Forget(noon.Add(time.Hour), 0)
	assert.Equal(t, 1, s.Count(noon.Add(time.Hour)), "it is kept until then")
	assert.Zero(t, s.Count(noon.Add(time.Hour+time.Minute)))
	s.Forget(noon.Add(time.Hour+time.Minute), 0)
	assert.Zero(t, s.Count(noon))
	assert.Zero(t, s.Size())
}

// A set that is too large loses its earliest keys, and some more, so that it is not too large again
// at once.
func TestShrinkEmptySet(t *testing.T) {
	assert.False(t, New(time.Unix(0, 0)).Shrink(-1, time.Unix(0, 0)), "there is nothing to forget")
}

func TestShrink(t *testing.T) {
	for name, c := range map[string]struct{ keys, perMinute, room int }{
		"many minutes":             {60_000, 60, 384_000},
		"a single minute":          {60_000, 60_000, 384_000},
		"a few minutes":            {60_000, 20_000, 384_000},
		"less room":                {45_000, 60, 232_000},
		"hardly a key to a minute": {60_000, 1, 384_000},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(noon)
			watermark := noon.AddDate(1, 0, 0)
			fill(s, noon, c.keys, c.perMinute)
			last := minuteOf(noon.Add(time.Duration((c.keys-1)/c.perMinute) * time.Minute))
			assert.True(t, s.Shrink(c.room, watermark))
			assert.LessOrEqual(t, s.Size(), c.room)
			assert.Greater(t, s.Size(), 384_000/3, "no more than needed")
			assert.Len(t, s.sorted, s.Count(noon))
			assert.NotZero(t, s.perMinute[last], "the latest are kept")
			for minute := range s.perMinute {
				if c.perMinute < c.keys {
					assert.False(t, timeOf(minute).Before(s.Floor()), "what lies before the floor is forgotten")
				}
			}
			assert.True(t, s.Floor().After(noon), "what was forgotten is not read again")
			fill(s, noon.Add(100_000*time.Minute), 100, 100)
			assert.False(t, s.Shrink(c.room, watermark), "not again at once")
		})
	}
}

// The floor does not pass the watermark, since what lies after that is yet to be read.
func TestShrinkUpToTheWatermark(t *testing.T) {
	s := New(noon)
	fill(s, noon, 60_000, 60)
	assert.True(t, s.Shrink(384_000, noon))
	assert.Equal(t, noon, s.Floor())
	assert.False(t, new(Set).Shrink(384_000, time.Time{}))

	forgotten := s.Snapshot().Forgotten()
	assert.True(t, forgotten.After(noon), "keys after the floor are missing")
	for _, set := range []*Set{s, unpacked(t, s.Snapshot()).Resume()} {
		assert.False(t, set.Shrink(384_000, noon.Add(time.Minute)), "nothing more is forgotten")
		assert.Equal(t, noon.Add(time.Minute), set.Floor(), "the floor follows the watermark")
		set.Shrink(384_000, noon.AddDate(1, 0, 0))
		assert.Equal(t, forgotten, set.Floor(), "up to what was forgotten")
		assert.Zero(t, set.Snapshot().Forgotten())
	}
}

// A single minute that is too full loses some of its keys, after all of those before it.
func TestShrinkToOneMinute(t *testing.T) {
	s := New(noon)
	for i := range 60_000 {
		at := noon
		if i >= 100 {
			at = noon.Add(time.Minute)
		}
		s.Note(s.Hash(fmt.Sprint(i)), at)
	}
	assert.True(t, s.Shrink(384_000, noon.Add(time.Hour)))
	assert.Zero(t, s.perMinute[minuteOf(noon)])
	assert.NotZero(t, s.perMinute[minuteOf(noon.Add(time.Minute))])
	assert.Equal(t, noon.Add(2*time.Minute), s.Floor(), "that minute is not read again, since some of it would be repeated")
}

// Only the minutes whose keys are forgotten are not read again, however far away the next key is.
func TestShrinkBeforeAGap(t *testing.T) {
	s := New(noon)
	fill(s, noon, 50_000, 50_000)
	s.Note(s.Hash("dated ahead"), noon.AddDate(0, 0, 20))
	assert.True(t, s.Shrink(384_000, noon.Add(2*time.Minute)))
	assert.Equal(t, noon.Add(time.Minute), s.Floor())
	assert.Zero(t, s.Snapshot().Forgotten())
}

func TestFloorNeverFalls(t *testing.T) {
	s := New(noon)
	s.Forget(noon.Add(-time.Hour), 0)
	assert.Equal(t, noon, s.Floor())

	hash := s.Hash("k")
	s.Note(hash, noon)
	s.Forget(noon.Add(time.Hour), time.Hour)
	assert.Equal(t, 1, s.Count(noon), "what a margin reaches is kept")
}

// Whoever chooses what records say cannot choose two keys that look the same.
func TestSalt(t *testing.T) {
	a, b := New(time.Now()), New(time.Now())
	assert.NotEqual(t, a.Hash("k"), b.Hash("k"))
}

func TestResume(t *testing.T) {
	s := New(noon)
	fill(s, noon, 100, 10)
	s.Forget(noon.Add(5*time.Minute), 0)
	fill(s, noon.Add(time.Hour), 70, 10)
	before := s.Snapshot()
	packed := before.Pack()
	for _, snapshot := range []Snapshot{before, unpacked(t, before)} {
		again := snapshot.Resume()
		assert.Equal(t, s.Count(noon), again.Count(noon))
		assert.Equal(t, s.Size(), again.Size())
		assert.Equal(t, s.Floor(), again.Floor())
		assert.False(t, again.Note(again.Hash("99"), noon), "it is known")
		again.Note(again.Hash("new"), noon)
		assert.Equal(t, packed, before.Pack(), "a snapshot does not change")
	}
}

func unpacked(t *testing.T, s Snapshot) Snapshot {
	t.Helper()
	again, ok := Unpack(s.Salt(), s.Floor(), s.Forgotten(), s.Pack())
	assert.True(t, ok)
	return again
}

func TestKeepUntil(t *testing.T) {
	later := noon.Add(time.Hour)
	for name, c := range map[string]struct{ at, want time.Time }{
		"in between":         {noon.Add(time.Minute), noon.Add(time.Minute)},
		"the first moment":   {noon, noon},
		"earlier":            {noon.Add(-time.Second), later},
		"of no known time":   {time.Time{}, later},
		"dated ahead":        {later.AddDate(0, 0, 31), later.AddDate(0, 0, 31)},
		"dated too far away": {noon.AddDate(5000, 0, 0), later},
	} {
		assert.Equal(t, c.want, KeepUntil(c.at, noon, later), name)
	}
}
