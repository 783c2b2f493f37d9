package activity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"time"
)

const (
	saltSize = 16
	// room is how many bytes sightings and unfinished records take together in a checkpoint, before
	// base64 makes them a third longer.
	room = 384_000
)

// progress is what a follower knows of what it delivered. It changes all the time; a checkpoint has
// a snapshot of it.
type progress struct {
	identity
	salt      []byte
	watermark time.Time
	floor     time.Time // what lies before it is not read: the keys that would be needed were never known, or were forgotten

	minutes map[uint64]int64 // until when a key is kept, by its hash
	perMin  map[int64]int    // how many keys are kept until a minute
	// settled and recent hold what minutes holds, in a form that snapshots can share: settled does
	// not change, recent grows at its end.
	settled, recent []sighting

	open openRecords
}

func newProgress(id identity, since time.Time) progress {
	since = since.Round(0).UTC()
	p := progress{identity: id, salt: make([]byte, saltSize), watermark: since, floor: since}
	_, _ = rand.Read(p.salt) // never fails
	p.minutes, p.perMin = map[uint64]int64{}, map[int64]int{}
	p.open = newOpenRecords(nil)
	return p
}

// resume makes a progress that goes on where a snapshot was taken.
func (s *snapshot) resume() progress {
	p := progress{identity: s.identity, salt: s.salt, watermark: s.watermark, floor: s.floor,
		minutes: map[uint64]int64{}, perMin: map[int64]int{}, open: newOpenRecords(s.unfinished)}
	for _, k := range slices.Concat(s.settled, s.recent) {
		p.keep(k)
	}
	p.settle()
	return p
}

// checkpoint takes a snapshot.
func (p *progress) checkpoint() Checkpoint {
	return Checkpoint{&snapshot{
		identity:   p.identity,
		salt:       p.salt,
		watermark:  p.watermark,
		floor:      p.floor,
		settled:    p.settled,
		recent:     p.recent,
		unfinished: p.open.snapshot(),
	}}
}

// hash shortens a key. The salt, which nobody else knows, keeps those who choose what a record says
// from making two keys look the same, so that the second record would pass for the first.
func (p *progress) hash(key string) uint64 {
	h := sha256.New()
	h.Write(p.salt)
	h.Write([]byte(key))
	return binary.BigEndian.Uint64(h.Sum(make([]byte, 0, sha256.Size)))
}

// seen is how many keys are kept.
func (p *progress) seen() int { return len(p.minutes) }

// see notes that a key was met, to be kept as one of a time. It reports whether that was the first
// time.
func (p *progress) see(hash uint64, at time.Time) bool {
	k := sighting{minute: minuteOf(at), hash: hash}
	before, known := p.minutes[hash]
	if known && before >= k.minute {
		return false
	}
	p.keep(k)
	p.recent = append(p.recent, k)
	return !known
}

func (p *progress) keep(k sighting) {
	before, known := p.minutes[k.hash]
	if known && before >= k.minute {
		return
	}
	if known {
		p.drop(before)
	}
	p.minutes[k.hash] = k.minute
	p.perMin[k.minute]++
}

// drop counts one key less in a minute.
func (p *progress) drop(minute int64) {
	if p.perMin[minute]--; p.perMin[minute] == 0 {
		delete(p.perMin, minute)
	}
}

// settle puts all keys in order.
func (p *progress) settle() {
	p.settled = make([]sighting, 0, len(p.minutes))
	for hash, minute := range p.minutes {
		p.settled = append(p.settled, sighting{minute: minute, hash: hash})
	}
	slices.SortFunc(p.settled, sighting.compare)
	p.recent = nil
}

// forget ends the time in which records are recognized: nothing before a moment is read again, and
// what comes with later records is not further from it than a margin.
func (p *progress) forget(before time.Time, margin time.Duration) {
	p.floor = later(p.floor, before)
	p.forgetUntil(minuteOf(p.floor.Add(-margin)))
	p.settle()
}

// forgetUntil forgets the keys of all minutes before one.
func (p *progress) forgetUntil(minute int64) {
	for hash, until := range p.minutes {
		if until < minute {
			delete(p.minutes, hash)
			p.drop(until)
		}
	}
}

// shrink forgets the earliest keys if there are too many for a checkpoint. It reports whether it
// did.
func (p *progress) shrink() bool {
	left := room - p.open.size
	if p.size() <= left {
		return false
	}
	left -= left / 10 // not again at once
	minutes := slices.Sorted(maps.Keys(p.perMin))
	size, cut := p.size(), 0
	for ; size > left && cut < len(minutes)-1; cut++ {
		size -= sightingSize*p.perMin[minutes[cut]] + minuteSize
	}
	p.forgetUntil(minutes[cut])
	p.thin(left)
	p.settle()
	p.floor = later(p.floor, earlier(timeOf(minutes[cut]), p.watermark))
	return true
}

// thin forgets keys of a single minute that is too full by itself.
func (p *progress) thin(left int) {
	for hash, minute := range p.minutes {
		if p.size() <= left {
			return
		}
		delete(p.minutes, hash)
		p.drop(minute)
	}
}

// size is how many bytes the keys take in a checkpoint, at most.
func (p *progress) size() int { return sightingSize*len(p.minutes) + minuteSize*len(p.perMin) }
