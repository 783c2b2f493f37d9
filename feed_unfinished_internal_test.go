package activity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// changing is a service whose records change until they are final.
type changing struct {
	*service
	asked []string
}

func (c *changing) Unfinished(e event) (string, bool) { return e.id[:1], e.open }

func (c *changing) Revisit(_ context.Context, ref string) ([]Record[event], error) {
	c.asked = append(c.asked, ref)
	for _, e := range slices.Backward(c.events) {
		if e.id[:1] == ref {
			return []Record[event]{{Key: e.id, Item: e, Time: e.at}}, nil
		}
	}
	return nil, &Error{Kind: ErrNotFound}
}

func TestUnfinishedRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &changing{service: newService(10)}, newStore(t)
		began := time.Now()
		s.events = []event{{id: "a1", at: began.Add(-time.Minute), open: true}, {id: "b1", at: began.Add(-time.Minute), open: true}}
		run := func() {
			s.asked = nil
			for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), FollowOptions{Since: began.Add(-time.Hour), Settle: -1}) {
				require.NoError(t, err)
				kept.put(b)
			}
		}
		run()
		assert.Empty(t, s.asked, "a list that has shown them is enough")
		rest(t, 5*time.Hour)
		run()
		assert.Empty(t, s.asked, "the lookback has shown them again")
		rest(t, 5*time.Hour)
		run()
		assert.Equal(t, []string{"a", "b"}, s.asked)
		assert.Equal(t, map[string]int{"a1": 1, "b1": 1}, kept.keys, "they are as they were")
		rest(t, 5*time.Hour)
		s.events = []event{{id: "a2", at: began.Add(-time.Minute)}}
		run()
		assert.Equal(t, map[string]int{"a1": 1, "b1": 1, "a2": 1}, kept.keys)
		run()
		assert.Empty(t, s.asked, "one is final, the other is gone")
	})
}

func TestManyUnfinishedRecords(t *testing.T) {
	o := newOpenRecords(nil)
	kept := 0
	for i := range 12_000 {
		ref := fmt.Sprintf("%08x-0000-4000-8000-000000000000 receive", i)
		if o.track(unfinished{ref: ref, hash: uint64(i)}, true, 1) {
			kept++
		}
	}
	packed := packUnfinished(o.snapshot())
	assert.LessOrEqual(t, len(packed), o.size)
	assert.LessOrEqual(t, o.size, unfinishedRoom)
	assert.Len(t, o.byRef, kept)
	assert.LessOrEqual(t, kept, maxUnfinished)
	again, ok := unpackUnfinished(packed)
	require.True(t, ok)
	assert.Equal(t, o.snapshot(), again)
}

// A round reads a hundred unfinished records again, and the next one begins with the others.
func TestRevisitsOfARound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &changing{service: newService(1000)}, newStore(t)
		began := time.Now()
		for i := range byte(150) {
			s.events = append(s.events, event{id: string([]byte{i}) + "1", at: began.Add(-time.Minute), open: true})
		}
		run := func() []string {
			s.asked = nil
			for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), FollowOptions{Since: began.Add(-time.Hour), Settle: -1}) {
				require.NoError(t, err)
				kept.put(b)
			}
			return s.asked
		}
		run()
		rest(t, 5*time.Hour)
		run()
		rest(t, 5*time.Hour)
		first, second := run(), run()
		require.Len(t, first, 100)
		require.Len(t, second, 100)
		for _, ref := range second[:50] {
			assert.NotContains(t, first, ref)
		}
	})
}

// Checkpoints share the keys that they hold: to write one changes none.
func TestWritingSharedSightings(t *testing.T) {
	settled := []sighting{{minute: 1, hash: 1}, {minute: 2, hash: 2}, {minute: 3, hash: 3}}
	again := []sighting{{minute: 4, hash: 1}}
	before := packSightings(settled, nil)
	packSightings(settled, again)
	assert.Equal(t, before, packSightings(settled, nil))
}

func TestTheOldestUnfinishedRecordMakesRoom(t *testing.T) {
	o := newOpenRecords(nil)
	for i := range maxUnfinished {
		require.True(t, o.track(unfinished{ref: fmt.Sprint(i)}, true, 1))
	}
	assert.True(t, o.track(unfinished{ref: "0"}, true, 2), "it is there already, and the newest now")
	assert.False(t, o.track(unfinished{ref: "new"}, true, 2))
	assert.NotContains(t, o.byRef, "1")
	assert.Contains(t, o.byRef, "0")
	assert.Contains(t, o.byRef, "new")
}

// A reference comes back from a checkpoint as it was, whether it is written as a UUID or only looks
// like one. One that is too long is not kept.
func TestReferences(t *testing.T) {
	o := newOpenRecords(nil)
	refs := []string{
		"1f0c8d1e-7a52-4c8e-9d61-0b8f5a3c2e10 send", "1F0C8D1E-7A52-4C8E-9D61-0B8F5A3C2E10 send", "1f0c8d1e-7a52-4c8e-9d61-0b8f5a3c2e10",
		"1f0c8d1e7-a52-4c8e-9d61-0b8f5a3c2e10", "1f0c8d1e7a524c8e9d610b8f5a3c2e10----", "short", strings.Repeat("x", maxRef),
	}
	for i, ref := range refs {
		require.True(t, o.track(unfinished{ref: ref, hash: uint64(i)}, true, 1))
	}
	assert.True(t, o.track(unfinished{ref: strings.Repeat("x", maxRef+1)}, true, 1))
	packed := packUnfinished(o.snapshot())
	assert.LessOrEqual(t, len(packed), o.size)
	all, ok := unpackUnfinished(packed)
	require.True(t, ok)
	require.Len(t, all, len(refs))
	for i, u := range all {
		assert.Equal(t, unfinished{ref: refs[i], hash: uint64(i)}, u)
	}
	for n := range packed {
		if cut, ok := unpackUnfinished(packed[:n]); ok {
			assert.Less(t, len(cut), len(all), "a whole number of references is left")
		}
	}
	_, ok = unpackUnfinished(packUnfinished([]unfinished{{ref: strings.Repeat("x", maxRef+1)}}))
	assert.False(t, ok)
}

// A snapshot is what the records are at that moment.
func TestSnapshotOfUnfinishedRecords(t *testing.T) {
	o := newOpenRecords([]unfinished{{ref: "a"}, {ref: "b"}, {ref: "c"}})
	before := o.snapshot()
	o.remove("b")
	assert.Equal(t, []unfinished{{ref: "a"}, {ref: "c"}}, o.snapshot())
	o.touch("a", 1)
	assert.Equal(t, []unfinished{{ref: "c"}, {ref: "a"}}, o.snapshot())
	assert.Equal(t, []string{"c"}, o.overdue(1, 10))
	assert.Equal(t, []unfinished{{ref: "a"}, {ref: "b"}, {ref: "c"}}, before)
	assert.True(t, o.holds(unfinished{ref: "c"}))
	assert.False(t, o.holds(unfinished{ref: "c", hash: 1}))
	assert.Equal(t, 2*(2+1+sightingSize), o.size)
}

// A round without time to read yields one batch, whether it reads records again or not.
func TestRoundThatOnlyRevisits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &changing{service: newService(10)}, newStore(t)
		at := time.Now().Add(-time.Minute)
		s.events = []event{{id: "a1", at: at, open: true}}
		o := FollowOptions{Since: at.Add(-time.Hour), Lookback: -1, Settle: -1}
		for _, want := range []int{0, 1, 1} {
			s.asked = nil
			batches := 0
			for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), o) {
				require.NoError(t, err)
				kept.put(b)
				batches++
			}
			assert.Equal(t, 1, batches)
			assert.Len(t, s.asked, want)
		}
	})
}
