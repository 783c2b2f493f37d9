package main

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// answer asks a service one of its questions, and checks what it cost.
func answer(t *testing.T, s *service, id string) finding {
	t.Helper()
	s.user = &user{out: io.Discard, silent: true}
	if s.prepare != nil {
		require.NoError(t, s.prepare(t.Context()))
	}
	for _, q := range s.questions {
		if q.id != id {
			continue
		}
		s.asked = nil
		f := q.ask(t.Context(), s)
		require.LessOrEqual(t, len(s.asked), q.cost, "more requests than it says")
		require.NotEmpty(t, f.answer)
		return f
	}
	require.Failf(t, "no such question", "%s", id)
	return finding{}
}
