package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/snaplogic"
)

func TestSnapLogicMostIsolated(t *testing.T) {
	p := snapLogicProbe{end: snapLogicDay.Add(time.Hour)}
	p.sampled.rows = snapLogicChanged(9, func(i int, a *snaplogic.Activity) {
		a.CreateTime = snapLogicDay.Add(-time.Duration([]int64{0, 1, 2, 3, 60, 61, 120, 121, 122}[i] * int64(time.Second)))
	})
	p.sampled.total = 9
	all := func(snaplogic.Activity) bool { return true }
	row, ok := p.mostIsolated(p.searchable(), all)
	assert.True(t, ok)
	assert.Equal(t, p.sampled.rows[4].ID, row.ID)
	p.sampled.total = 5000
	p.sampled.rows = p.sampled.rows[:5] // the last of which may have others behind it
	row, _ = p.mostIsolated(p.searchable(), all)
	assert.Equal(t, p.sampled.rows[0].ID, row.ID)
	_, ok = p.mostIsolated(nil, all)
	assert.False(t, ok)
}
