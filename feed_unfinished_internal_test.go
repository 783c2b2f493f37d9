package activity

import (
	"context"
	"fmt"
	"slices"
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
			for b, err := range NewFeed(s).Follow(t.Context(), kept.load(), FollowOptions{Since: began.Add(-time.Hour), Settle: -1}) {
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
