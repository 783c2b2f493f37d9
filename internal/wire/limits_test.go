package wire_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// An element of two bytes can take hundreds as a record, so a limit for the size of a response does
// not limit the memory.
func TestMemoryLimit(t *testing.T) {
	const maxBytes = 1 << 20
	half := maxBytes / 2
	for name, body := range map[string]string{
		"objects":            "[{}" + strings.Repeat(",{}", maxBytes/3) + "]",
		"numbers":            "[1" + strings.Repeat(",1", half) + "]",
		"odd records":        `[{}` + strings.Repeat(`,{"bytes":"x"}`, half/10) + `]`,
		"control characters": `["` + strings.Repeat("\x01xx", maxBytes/3) + `"]`,
		"damaged texts":      `[""` + strings.Repeat(",\"\x01\"", half/4) + `]`,
		"half surrogates":    `["` + strings.Repeat(`\ud800`, half/6) + `"]`,
		"a list of numbers":  `[{"marks":[1` + strings.Repeat(",1", half) + `]}]`,
		"an odd list":        `[{"bytes":"x","marks":[1` + strings.Repeat(",1", half) + `]}]`,
		"a map":              `[{"labels":{"":""` + strings.Repeat(`,"":""`, half/6) + `}}]`,
		"anything":           `[{"any":[[]` + strings.Repeat(`,[]`, half/3) + `]}]`,
		"repeated misfits":   `[{"bytes":"x"` + strings.Repeat(`,"bytes":"x"`, half/12) + `}]`,
		"a repeated field":   `[{"data":{"user":"a"}` + strings.Repeat(`,"data":{}`, half/10) + `}]`,
	} {
		t.Run(name, func(t *testing.T) {
			r := wire.NewBoundedReader(t.Context(), []byte(body), maxBytes)
			allocated := bytesAllocated(func() {
				records, err := wire.Records(r, strict)
				require.ErrorIs(t, err, activity.ErrResponseTooLarge)
				require.Nil(t, records)
			})
			assert.Less(t, allocated, uint64(12*maxBytes))
			assert.ErrorIs(t, r.End(), activity.ErrResponseTooLarge, "the error stays")

			_, err := wire.Records(wire.NewBoundedReader(t.Context(), []byte(body), math.MaxInt64), strict)
			assert.NoError(t, err)
		})
	}
}

// A few records fit, even if the limit is smaller than them.
func TestMemoryLimitMinimum(t *testing.T) {
	body := []byte("[" + strings.Repeat(`{"id":"a","kind":"b"},`, 40) + "{}]")
	records, err := wire.Records(wire.NewBoundedReader(t.Context(), body, 1), strict)
	require.NoError(t, err)
	assert.Len(t, records, 41)
}

// The memory for records is proportional to their number, even if the first one is very long.
func TestMemoryInProportion(t *testing.T) {
	const long, records = 8 << 20, 8_000
	body := []byte(`[{"id":"` + strings.Repeat("x", long) + `"}` + strings.Repeat(",{}", records) + "]")
	allocated := bytesAllocated(func() {
		_, err := wire.Records(wire.NewReader(body), strict)
		require.NoError(t, err)
	})
	assert.Less(t, allocated, uint64(2*long+4*records*int(unsafe.Sizeof(record{}))))
}

func bytesAllocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// countdown is a context that ends after a number of calls of Err.
type countdown struct {
	context.Context
	calls int
}

func (c *countdown) Err() error {
	if c.calls--; c.calls < 0 {
		return context.Canceled
	}
	return nil
}

// A reader checks the context now and then, whatever the body contains.
func TestReaderContext(t *testing.T) {
	const many = 10_000
	for name, body := range map[string]string{
		"records":                  "[{}" + strings.Repeat(",{}", many) + "]",
		"odd records":              "[{}" + strings.Repeat(",0", many) + "]",
		"members of a record":      `[{"a":0` + strings.Repeat(`,"a":0`, many) + "}]",
		"members of an odd record": `[{"bytes":"x"` + strings.Repeat(`,"a":0`, many) + "}]",
		"an unknown member":        `[{"a":[0` + strings.Repeat(",0", many) + "]}]",
		"the rest of a record":     `[{"bytes":[0` + strings.Repeat(",0", many) + "]}]",
	} {
		t.Run(name, func(t *testing.T) {
			ctx := &countdown{t.Context(), 5}
			records, err := wire.Records(wire.NewBoundedReader(ctx, []byte(body), math.MaxInt64), strict)
			require.ErrorIs(t, err, context.Canceled)
			assert.Nil(t, records)
			assert.Equal(t, -1, ctx.calls, "the first error of the context is the last")
		})
	}
	ctx := &countdown{t.Context(), 5}
	r := wire.NewBoundedReader(ctx, []byte(`["`+strings.Repeat("\",\"\x01", many)+`"]`), math.MaxInt64)
	assert.Equal(t, -1, ctx.calls, "newSource checks the context too")
	require.ErrorIs(t, r.Skip(), context.Canceled)
	ctx = &countdown{t.Context(), 5}
	require.ErrorIs(t, walk(wire.NewBoundedReader(ctx, []byte("[[0"+strings.Repeat(",0", many)+"]]"), 1)), context.Canceled)
	require.ErrorIs(t, wire.NewBoundedReader(&countdown{t.Context(), 0}, []byte("[]"), 1).Skip(), context.Canceled)
}

// A record has at most 64 problems of each kind.
func TestProblemLimit(t *testing.T) {
	var members []string
	for i := range 1000 {
		members = append(members, fmt.Sprintf("\"%s\":\"\x01\"", strings.Repeat("a", i%64+1)+strings.Repeat("b", i/64)))
	}
	raw := "{" + strings.Join(members, ",") + "}"
	assert.Len(t, strict.Decode([]byte(raw)).Problems, 64)
	records, err := wire.Records(wire.NewReader([]byte("["+raw+"]")), strict)
	require.NoError(t, err)
	assert.Len(t, records[0].Problems, 64)
}
