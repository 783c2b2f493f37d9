package main

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// A report on many accesses takes minutes, and says so once.
func TestLongWaitIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var problems strings.Builder
		server := opswattest.NewServer(opswattest.WithRows(1200))
		client := server.Client(activity.WithRateLimiter(newQuota(&problems)))
		begun := time.Now()
		for page, err := range client.Activities(opswat.ActivityQuery{StartDate: endOfFakeOPSWAT.AddDate(-1, 0, 0), EndDate: endOfFakeOPSWAT}).Pages(t.Context()) {
			require.NoError(t, err)
			if len(server.APIRequests()) <= 10 && len(page.Items) > 0 {
				assert.Empty(t, problems.String(), "nothing waits")
			}
		}
		assert.GreaterOrEqual(t, time.Since(begun), 2*time.Minute)
		assert.LessOrEqual(t, opswattest.MaxInWindow(server.APIRequests(), time.Minute), 10)
		assert.Equal(t, "report: waiting for OPSWAT, which allows 500 records a minute; -since with a shorter time reads fewer\n", problems.String())
	})
}

// The reports on OPSWAT and on all vendors have a client each, and one quota.
func TestClientsShareQuota(t *testing.T) {
	server := opswattest.NewServer(opswattest.WithRows(10))
	defer server.Close()
	s := settings{quota: &quota{WindowLimiter: activity.NewWindowLimiter(2, time.Hour)}, env: variables("OPSWAT_CLIENT_KEY", opswattest.ClientKey,
		"OPSWAT_CLIENT_SECRET", opswattest.ClientSecret, "OPSWAT_BASE_URL", server.URL())}
	client, err := opswatClient(s)
	require.NoError(t, err)
	all, err := configuredClients(s)
	require.NoError(t, err)
	_, err = client.Activities(opswat.ActivityQuery{}).Page(t.Context(), "")
	require.NoError(t, err)
	_, err = all.opswat.Activities(opswat.ActivityQuery{}).Page(t.Context(), "")
	require.NoError(t, err)
	// Virtual time, so that a slow machine is not mistaken for a quota that is used up.
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, s.quota.Wait(ctx), context.DeadlineExceeded)
	})
}
