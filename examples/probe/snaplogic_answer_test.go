package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/snaplogic"
)

// A row that an answer lacks is not listed only if the answer is complete.
func TestSnapLogicPresence(t *testing.T) {
	rows := []snaplogic.Activity{{ID: "a"}, {ID: "b"}}
	for name, c := range map[string]struct {
		answer snapLogicAnswer
		want   presence
	}{
		"all that is counted":         {snapLogicAnswer{rows: rows, total: 2}, unlisted},
		"more than is counted":        {snapLogicAnswer{rows: rows, total: 1}, unlisted},
		"less than is counted":        {snapLogicAnswer{rows: rows, total: 3, longest: 9}, unsure},
		"not counted, and not full":   {snapLogicAnswer{rows: rows, total: -1, longest: 3}, unlisted},
		"not counted, perhaps full":   {snapLogicAnswer{rows: rows, total: -1, longest: 2}, unsure},
		"not counted, nothing before": {snapLogicAnswer{total: -1}, unsure},
		"no list":                     {snapLogicAnswer{problem: "it failed"}, unsure},
	} {
		assert.Equal(t, c.want, c.answer.presence("c"), name)
		if len(c.answer.rows) > 0 {
			assert.Equal(t, listed, c.answer.presence("a"), name)
		}
	}
}

func TestSnapLogicNoContent(t *testing.T) {
	a := readSnapLogic(exchange{status: http.StatusNoContent})
	assert.Empty(t, a.problem)
	assert.Empty(t, a.rows)
	assert.Zero(t, a.total)
	assert.True(t, a.complete())
	assert.Equal(t, unlisted, a.presence("a"))
}
