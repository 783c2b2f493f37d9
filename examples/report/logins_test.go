package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/examples/report/internal/tally"
)

func TestCalendarLines(t *testing.T) {
	for _, test := range []struct {
		first   int // day of June 2026, of which the first is a Monday
		counts  []int
		mondays string
		line    string
	}{
		{1, []int{0, 1, 9, 10, 200, 0, 2, 3}, "01 Jun   ", "·19++·2 3"},
		{6, []int{1, 2, 3, 4, 5, 6, 7, 8}, "   08 Jun", "12 345678"},
		{6, []int{1, 2, 3, 4, 5, 6, 7}, "        ", "12 34567"},
		{8, []int{5}, " ", "5"},
		{7, []int{5, 6}, "   ", "5 6"},
	} {
		from := time.Date(2026, time.June, test.first, 0, 0, 0, 0, time.UTC)
		days := tally.Span{From: from, Until: from.AddDate(0, 0, len(test.counts))}.Days()
		assert.Equal(t, test.mondays, mondays(days))
		assert.Equal(t, test.line, calendarLine(days, test.counts))
	}
}
