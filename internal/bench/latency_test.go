package bench

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// latency is the time that the service takes to answer, and a slow consumer to use a page.
const latency = 50 * time.Millisecond

func slow[R fake.AnyRequest, F fake.AnyFault](R) *F {
	fault := F(fake.Fault{Delay: latency})
	return &fault
}

// elapsed returns the time of a walk whose consumer spends a time on each page.
func elapsed[T any](t *testing.T, list activity.List[T], pages int, consumer time.Duration) time.Duration {
	t.Helper()
	begin, got := time.Now(), 0
	for _, err := range list.Pages(t.Context()) {
		require.NoError(t, err)
		got++
		wait(t.Context(), consumer)
	}
	require.Equal(t, pages, got)
	return time.Since(begin)
}

func wait(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}

// latencyRows compares the times of walks with and without prefetching.
func latencyRows(t *testing.T, s scale) (rows []row) {
	if !s.virtual {
		return latencies(t, s)
	}
	synctest.Test(t, func(t *testing.T) { rows = latencies(t, s) })
	return rows
}

func latencies(t *testing.T, s scale) []row {
	const perPage = 5
	log := snaplogictest.NewServer(snaplogictest.WithRows(s.pages * perPage))
	log.FailWith(slow)
	server := sdelementstest.NewServer(sdelementstest.WithRows(s.pages * perPage))
	server.FailWith(slow)
	cloud := asperatest.NewServer(asperatest.WithRows(s.pages * perPage))
	cloud.FailWith(slow)

	activities := func(prefetch int) time.Duration {
		client := log.Client(activity.WithPrefetch(prefetch))
		return elapsed(t, client.Activities(snaplogic.ActivityQuery{PageSize: perPage}), s.pages, 0)
	}
	numbered := func(prefetch int) time.Duration {
		client := server.Client(activity.WithPrefetch(prefetch))
		return elapsed(t, client.Activities(sdelements.ActivityQuery{PageSize: perPage}), s.pages, latency)
	}
	transfers := func(prefetch int) time.Duration {
		client := cloud.Client(activity.WithPrefetch(prefetch))
		list := client.Organization(asperatest.OrganizationID).Transfers(aspera.TransferQuery{PageSize: perPage})
		return elapsed(t, list, s.pages, latency)
	}
	ratio := func(what string, walk func(prefetch int) time.Duration, prefetch int, faster float64) row {
		with, without := walk(prefetch), walk(0)
		return row{what: what, measured: with.Seconds() / without.Seconds(), limit: 1 / faster, exact: s.virtual,
			note: fmt.Sprintf("%.1f times as fast: %v, %v without",
				without.Seconds()/with.Seconds(), with.Round(time.Millisecond), without.Round(time.Millisecond))}
	}
	return []row{
		ratio("time with prefetch 8, SnapLogic", activities, 8, 6),
		ratio("time with prefetch 16, SnapLogic", activities, 16, 10),
		ratio("time one ahead, SD Elements, slow consumer", numbered, 1, 1.8),
		ratio("time one ahead, Aspera, slow consumer", transfers, 1, 1.8),
	}
}
