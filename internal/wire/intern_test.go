package wire_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/wire"
)

func TestInternSharesStrings(t *testing.T) {
	got, err := wire.Records(wire.NewReader([]byte(`[{"id":"common","kind":"a"},{"id":"common","kind":"b"},{"id":"other","kind":"common"}]`)), strict)
	require.NoError(t, err)
	assert.Same(t, unsafe.StringData(got[0].ID), unsafe.StringData(got[1].ID))
	assert.Same(t, unsafe.StringData(got[0].ID), unsafe.StringData(string(got[2].Kind)))
	assert.Equal(t, []string{"common", "common", "other", "a", "b", "common"},
		[]string{got[0].ID, got[1].ID, got[2].ID, string(got[0].Kind), string(got[1].Kind), string(got[2].Kind)})
}

// A record of entryPage has 22 strings, of which 3 are in no other record. Some strings have the
// same slot and replace each other.
func TestInternAllocations(t *testing.T) {
	codec := newEntryCodec()
	allocations := func(body []byte) float64 {
		return testing.AllocsPerRun(5, func() {
			got, err := readEntries(body, codec)
			if err != nil || len(got) == 0 {
				panic("not read")
			}
		})
	}
	few, many := entryPage(200, "1"), entryPage(1200, "1")
	perRecord := (allocations(many) - allocations(few)) / 1000
	assert.Greater(t, perRecord, 2.9)
	assert.Less(t, perRecord, 10.0)
}

// A string that a program keeps must not keep the whole body in memory.
func TestStringsShareNoMemoryWithBody(t *testing.T) {
	const records, long, size = 16 << 10, 250, 8 << 20
	for name, keep := range map[string]func(record) string{
		"the first text":  func(r record) string { return r.ID },
		"the middle text": func(r record) string { return string(r.Kind) },
		"the last text":   func(r record) string { return r.Data.User },
	} {
		before := heap()
		var kept []string
		for i := range records {
			padding := fmt.Sprintf(`%d%s`, i, strings.Repeat("x", long))
			raw := fmt.Sprintf(`[{"id":"id %d","Untagged":"%s","kind":"kind %d","labels":{"%s":"%s"},"data":{"user":"user %d"}}]`,
				i, padding, i, padding, padding, i)
			got, err := wire.Records(wire.NewReader([]byte(raw)), strict)
			require.NoError(t, err, name)
			kept = append(kept, keep(got[0]))
		}
		assert.Less(t, heap(), before+size/4, name)
		assert.Contains(t, kept[7], " 7", name)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
