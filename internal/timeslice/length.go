// Package timeslice chooses how much time a feed asks a service for at once. A long time is read in
// slices, so that a crash costs little and the keys of one slice find room in a checkpoint.
package timeslice

import "time"

const (
	// first is how much time the first slice covers, besides what is read once more.
	first = 24 * time.Hour
	// full is how many new records a slice should have at most. After a crash they are read again,
	// and their keys must find room in the checkpoint.
	full = 10_000
	// maxUselessSplits is the number of splits without a smaller total after which totals are no
	// longer believed.
	maxUselessSplits = 8
	// unlimited is more records than a slice has.
	unlimited = 1 << 30
)

// Length chooses the lengths of the slices of one feed, by what the slices before held.
type Length struct {
	shortest, longest time.Duration
	next              time.Duration
	readable          int // how many records of a slice the service lets a client read, as far as it is known
	splitTotal        int // the total of the slice that was split last
	uselessSplits     int // the splits in a row that did not make the total smaller
}

// New returns lengths between two bounds.
func New(shortest, longest time.Duration) *Length {
	return &Length{shortest: shortest, longest: longest, readable: unlimited}
}

// Next returns the length of the next slice.
func (l *Length) Next() time.Duration { return l.next }

// Reset makes the next slice as long as a first one: a day and what is read once more, so that a
// round over little that is new is one slice.
func (l *Length) Reset(again time.Duration) {
	l.next = min(max(again+first, l.shortest), l.longest)
}

// Split reports whether a slice of some length has more new records than it should, by its total
// and how many of them may be known. It makes the next ones shorter then.
//
// A service whose totals stay as they are, however short the slice, counts something else. Split
// returns distrusted when that is found out, and true for no slice from then on.
func (l *Length) Split(length time.Duration, total, known int) (split, distrusted bool) {
	fresh := total - known
	if fresh <= 2*full || length <= l.shortest || l.uselessSplits == maxUselessSplits {
		return false, false
	}
	if total < l.splitTotal {
		l.uselessSplits = 0
	} else if l.uselessSplits++; l.uselessSplits == maxUselessSplits {
		return false, true
	}
	l.splitTotal = total
	l.next = max(time.Duration(float64(length)*full/float64(fresh)), l.shortest) // less than half
	return true, false
}

// Refused reports whether a slice can be read in shorter ones, of which the service refused a page
// after some rows. It makes the next ones shorter then.
func (l *Length) Refused(length time.Duration, rows int) bool {
	if length <= l.shortest {
		return false
	}
	l.next, l.readable = max(length/2, l.shortest), rows
	return true
}

// Failed makes the next slice shorter, so that it ends before the next failure.
func (l *Length) Failed() { l.next = max(l.next/2, l.shortest) }

// Read chooses the length of the next slice by how many records one had, and how many were new.
func (l *Length) Read(length time.Duration, rows, fresh int) {
	l.readable = min(l.readable+l.readable/32+1, unlimited) // what was refused once may not be later
	switch {
	case fresh > full:
		l.next = max(l.next/2, l.shortest)
	case fresh < full/4 && rows < l.readable/2 && length >= l.next && l.next <= l.longest/2:
		l.next *= 2
	}
}
