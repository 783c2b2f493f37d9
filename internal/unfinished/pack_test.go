package unfinished

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A reference comes back from a checkpoint as it was, whether it is written as a UUID or only looks
// like one. One that is too long is not kept.
func TestReferences(t *testing.T) {
	q := NewQueue(nil)
	refs := []string{
		"1f0c8d1e-7a52-4c8e-9d61-0b8f5a3c2e10 send", "1F0C8D1E-7A52-4C8E-9D61-0B8F5A3C2E10 send", "1f0c8d1e-7a52-4c8e-9d61-0b8f5a3c2e10",
		"1f0c8d1e7-a52-4c8e-9d61-0b8f5a3c2e10", "1f0c8d1e7a524c8e9d610b8f5a3c2e10----", "short", strings.Repeat("x", maxRef),
	}
	for i, ref := range refs {
		require.True(t, q.Note(Record{Ref: ref, Hash: uint64(i)}, true))
	}
	assert.True(t, q.Note(Record{Ref: strings.Repeat("x", maxRef+1)}, true))
	packed := Pack(q.Records())
	assert.LessOrEqual(t, len(packed), q.Size())
	all, ok := Unpack(packed)
	require.True(t, ok)
	require.Len(t, all, len(refs))
	for i, r := range all {
		assert.Equal(t, Record{Ref: refs[i], Hash: uint64(i)}, r)
	}
	for n := range packed {
		if cut, ok := Unpack(packed[:n]); ok {
			assert.Less(t, len(cut), len(all), "a whole number of references is left")
		}
	}
	_, ok = Unpack(Pack([]Record{{Ref: strings.Repeat("x", maxRef+1)}}))
	assert.False(t, ok)
}

// A queue holds no more than it can pack, also if somebody else wrote the checkpoint.
func TestUnpackMoreThanAQueueHolds(t *testing.T) {
	numbered := func(n, length int) (all []Record) {
		for i := range n {
			all = append(all, Record{Ref: fmt.Sprintf("%0*d", length, i)})
		}
		return all
	}
	for name, all := range map[string][]Record{
		"records": numbered(maxRecords+1, 5),
		"bytes":   numbered(maxSize/200, 200),
		"twice":   {{Ref: "a"}, {Ref: "a"}},
	} {
		_, ok := Unpack(Pack(all))
		assert.False(t, ok, name)
	}
	_, ok := Unpack(Pack(numbered(maxRecords, 5)))
	assert.True(t, ok)
}
