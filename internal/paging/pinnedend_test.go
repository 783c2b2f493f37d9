package paging_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/paging"
)

func TestFalls(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	falls := func(rows ...time.Time) bool { return paging.Falls(rows, func(at *time.Time) time.Time { return *at }) }
	assert.False(t, falls())
	assert.False(t, falls(time.Time{}, at, time.Time{}, at, at.Add(1)))
	assert.True(t, falls(time.Time{}, at, at, time.Time{}, at.Add(-1)))
}

func TestPinnedEnd(t *testing.T) {
	date := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return date.Add(-d) }
	for name, c := range map[string]struct {
		rows []time.Time
		want time.Time // zero: none
	}{
		"no rows":           {nil, ago(-time.Second)},
		"newest first":      {[]time.Time{ago(1), {}, ago(1), ago(2)}, ago(-time.Second)},
		"a row in the end":  {[]time.Time{ago(-time.Second), ago(1)}, ago(-time.Second - time.Millisecond)},
		"a row after it":    {[]time.Time{ago(-time.Hour)}, ago(-time.Hour - time.Millisecond)},
		"oldest first":      {[]time.Time{ago(2), {}, ago(1)}, time.Time{}},
		"rows without time": {[]time.Time{{}, {}}, ago(-time.Second)},
	} {
		end, ok := paging.PinnedEnd(date, c.rows, func(at *time.Time) time.Time { return *at }, time.Millisecond)
		assert.Equal(t, c.want, end, name)
		assert.Equal(t, !c.want.IsZero(), ok, name)
	}
}
