package main

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/opswat/opswattest"
)

// Whichever of the tokens are refused, the requests stay few: at most one is sent again.
func TestOPSWATRefusedTokens(t *testing.T) {
	for first := 1; first <= opswatMaxRequests; first++ {
		for _, refuses := range []func(n int) bool{
			func(n int) bool { return n >= first }, func(n int) bool { return n >= first && (n-first)%2 == 0 }, func(n int) bool { return n == first },
		} {
			synctest.Test(t, func(t *testing.T) {
				server := opswatRefusing(refuses)
				s := fakeOPSWATOf(server)
				_, seen := opswatRun(t, s, &prompt{silent: true})
				assert.LessOrEqual(t, s.sender.sent(), opswatMaxRequests+1)
				assert.Len(t, server.Requests(), s.sender.sent())
				refused := 0
				for _, r := range server.APIRequests() {
					if r.Status == http.StatusUnauthorized {
						refused++
					}
				}
				assert.LessOrEqual(t, refused, 2)
				assert.NotContains(t, seen, "the account may not read this")
			})
		}
	}
}

// However many requests are made, and whoever makes them, there are never nine in a minute.
func TestOPSWATPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswatServer(1, 0, opswattest.WithoutQuota())
		p := newFakeOPSWATProbe(server)
		for i := range 30 {
			if i%4 == 0 {
				p.client, _ = p.connect()
				p.needsToken = true
			}
			e := p.sender.send(t.Context(), request{body: p.pageBody(1, 1)})
			require.NoError(t, e.err)
		}
		assert.Equal(t, 38, p.sender.sent())
		assert.Equal(t, opswatMaxRequests, opswattest.MaxInWindow(server.Requests(), time.Minute))
	})
}

// A service that refuses because of its quota is left alone for a minute.
func TestOPSWATPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswatServer(1, 0)
		server.Fail(opswattest.Fault{Status: 429})
		p := newFakeOPSWATProbe(server)
		begun := time.Now()
		require.Error(t, p.sender.send(t.Context(), request{}).err)
		require.NoError(t, p.sender.send(t.Context(), request{}).err)
		assert.GreaterOrEqual(t, time.Since(begun), time.Minute)
	})
}
