package wire_test

import (
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/wire"
)

func TestRecordsShareTheTextsTheyHaveInCommon(t *testing.T) {
	got, err := wire.Records(wire.NewReader([]byte(`[{"id":"common","kind":"a"},{"id":"common","kind":"b"},{"id":"other","kind":"common"}]`)), strict)
	require.NoError(t, err)
	assert.Same(t, unsafe.StringData(got[0].ID), unsafe.StringData(got[1].ID))
	assert.Same(t, unsafe.StringData(got[0].ID), unsafe.StringData(string(got[2].Kind)))
	assert.Equal(t, []string{"common", "common", "other", "a", "b", "common"},
		[]string{got[0].ID, got[1].ID, got[2].ID, string(got[0].Kind), string(got[1].Kind), string(got[2].Kind)})
}

func TestRecordsMakeOneAllocationForTheirTexts(t *testing.T) {
	page := func(entries int) []byte { return entryPage(entries, "1") }
	allocations := func(codec *wire.Codec[entry], body []byte) float64 {
		return testing.AllocsPerRun(5, func() {
			got, err := readEntries(body, codec)
			if err != nil || len(got) == 0 {
				panic("not read")
			}
		})
	}
	few, many := page(200), page(1200)
	codec := newEntryCodec()
	assert.InDelta(t, 1, (allocations(codec, many)-allocations(codec, few))/1000, 0.1)
	codec = newEntryCodec(wire.Apart("_id"))
	assert.InDelta(t, 2, (allocations(codec, many)-allocations(codec, few))/1000, 0.1)
}

// What a program keeps of a record must not keep much more than that.
func TestTextsAreKeptApart(t *testing.T) {
	const size = 8 << 20
	for name, c := range map[string]struct {
		codec *wire.Codec[record]
		times int
		raw   string
	}{
		"a long text": {strict, 1, `{"Untagged":"` + strings.Repeat("x", size) + `","id":"some-id"}`},
		"an id": {wire.NewCodec(plainOf, keptOf, wire.Apart("id")), size / 256,
			`{"Untagged":"` + strings.Repeat("x", 250) + `","kind":"` + strings.Repeat("y", 250) + `","id":"some-id"}`},
	} {
		before := heap()
		var ids []string
		for range c.times {
			got, err := wire.Records(wire.NewReader([]byte("["+c.raw+"]")), c.codec)
			require.NoError(t, err, name)
			ids = append(ids, got[0].ID)
		}
		assert.Less(t, heap(), before+size/2, name)
		assert.Equal(t, "some-id", ids[0], name)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
