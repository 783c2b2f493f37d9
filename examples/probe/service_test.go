package main

import (
	"io"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// answer asks one question about a service, and checks its cost.
func answer(t *testing.T, s *service, id string) finding {
	t.Helper()
	s.prompt = &prompt{out: io.Discard, silent: true}
	if s.prepare != nil {
		require.NoError(t, s.prepare(t.Context()))
	}
	for _, q := range s.questions {
		if q.id != id {
			continue
		}
		s.exchanges = nil
		f := q.ask(t.Context(), s)
		require.LessOrEqual(t, len(s.exchanges), q.cost, "more requests than it says")
		require.NotEmpty(t, f.answer)
		return f
	}
	require.Failf(t, "no such question", "%s", id)
	return finding{}
}

// For an account that does not work, the user learns what to do, and no question is asked.
func TestAccountFails(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(5))
	defer server.Close()
	out, reports := probeRun(t, variables("SDELEMENTS_BASE_URL", server.URL(), "SDELEMENTS_TOKEN", "canary-token"), "y\n")
	assert.Contains(t, out, "the credentials are not accepted (status 401)")
	assert.Contains(t, out, "Check for typing errors")
	assert.Contains(t, reports, "not asked, since the account does not work")
	assert.LessOrEqual(t, len(server.Requests()), 6)
	assert.NotContains(t, out+reports, "canary")

	server.Close()
	out, _ = probeRun(t, variables("SDELEMENTS_BASE_URL", server.URL(), "SDELEMENTS_TOKEN", "canary-token"), "y\n")
	assert.Contains(t, out, "the service cannot be reached")
}

func TestBudget(t *testing.T) {
	for _, s := range []*service{fakeSnapLogic(), fakeSDElements()} {
		s.prompt = &prompt{out: io.Discard, silent: true}
		s.sender.budget = 3
		s.endpoints = slices.Repeat(s.endpoints, 5)
		_, works := s.check(t.Context())
		assert.True(t, works)
		assert.Equal(t, 3, s.sender.sent(), s.name)
		e := s.sender.send(t.Context(), request{})
		require.Error(t, e.err)
		result, _ := explainError(e.err)
		assert.Equal(t, "not asked any more", result)
		assert.Equal(t, 3, s.sender.sent(), s.name)
	}
}

// Status 204 is an empty list: the account works.
func TestNoContent(t *testing.T) {
	server := snaplogictest.NewServer()
	defer server.Close()
	server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault {
		return &snaplogictest.Fault{Status: http.StatusNoContent}
	})
	s := fakeSnapLogicOf(server)
	s.prompt = &prompt{out: io.Discard, silent: true}
	r := s.probe(t.Context(), io.Discard)
	assert.NotEmpty(t, r.Questions)
	for _, e := range r.Questions {
		assert.NotContains(t, e.Answer, "does not work", e.ID)
	}
}
