package unfinished

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestManyRecords(t *testing.T) {
	q := NewQueue(nil)
	kept := 0
	for i := range 12_000 {
		ref := fmt.Sprintf("%08x-0000-4000-8000-000000000000 receive", i)
		if q.Note(Record{Ref: ref, Hash: uint64(i)}, true) {
			kept++
		}
	}
	packed := Pack(q.Records())
	assert.LessOrEqual(t, len(packed), q.Size())
	assert.LessOrEqual(t, q.Size(), maxSize)
	assert.Equal(t, kept, q.Count())
	assert.LessOrEqual(t, kept, maxRecords)
	again, ok := Unpack(packed)
	require.True(t, ok)
	assert.Equal(t, q.Records(), again)
}

func TestOldestRecordMakesRoom(t *testing.T) {
	q := NewQueue(nil)
	for i := range maxRecords {
		require.True(t, q.Note(Record{Ref: fmt.Sprint(i)}, true))
	}
	q.NextRound()
	assert.True(t, q.Note(Record{Ref: "0"}, true), "it is there already, and the newest now")
	assert.False(t, q.Note(Record{Ref: "new"}, true))
	assert.NotContains(t, q.byRef, "1")
	assert.Contains(t, q.byRef, "0")
	assert.Contains(t, q.byRef, "new")
}

// A long reference makes as many others leave as it takes, so that what is stored can be read
// again.
func TestLongReferencesMakeRoom(t *testing.T) {
	q := NewQueue(nil)
	for i := range maxRecords {
		q.Note(Record{Ref: fmt.Sprintf("%020d", i)}, true)
	}
	full := true
	for i := range maxRecords {
		full = !q.Note(Record{Ref: fmt.Sprintf("%0*d", maxRef, i)}, true)
		require.LessOrEqual(t, q.Size(), maxSize)
	}
	assert.True(t, full)
	again, ok := Unpack(Pack(q.Records()))
	assert.True(t, ok)
	assert.Equal(t, q.Records(), again)
}

// Records are what the queue holds at that moment.
func TestRecordsDoNotChange(t *testing.T) {
	q := NewQueue([]Record{{Ref: "a"}, {Ref: "b"}, {Ref: "c"}})
	before := q.Records()
	q.Remove("b")
	assert.Equal(t, []Record{{Ref: "a"}, {Ref: "c"}}, q.Records())
	q.Postpone("a")
	assert.Equal(t, []Record{{Ref: "c"}, {Ref: "a"}}, q.Records())
	assert.Equal(t, []string{"c"}, q.Overdue(10))
	assert.Equal(t, []Record{{Ref: "a"}, {Ref: "b"}, {Ref: "c"}}, before)
	assert.True(t, q.Contains(Record{Ref: "c"}))
	assert.False(t, q.Contains(Record{Ref: "c", Hash: 1}))
	assert.Equal(t, 2*(2+1+hashSize), q.Size())
}

// Each record is wanted once a round, until it is final.
func TestOverdue(t *testing.T) {
	q := NewQueue([]Record{{Ref: "a"}, {Ref: "b"}, {Ref: "c"}})
	assert.Equal(t, []string{"a", "b"}, q.Overdue(2))
	q.Note(Record{Ref: "a"}, true)
	q.Note(Record{Ref: "b"}, false)
	assert.Equal(t, []string{"c"}, q.Overdue(2))
	q.NextRound()
	assert.Equal(t, []string{"c", "a"}, q.Overdue(2))
}
