package activity_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// stalled is beyond the patience of one attempt.
const stalled = 90 * time.Second

// walkUnderFault reads a list while one request in four fails, and compares what arrives with what is served.
func walkUnderFault[T any](t *testing.T, pages int, m *fake.RandomFaults, list activity.List[T], id func(T) string, want func(i int) string) {
	t.Helper()
	i := 0
	for item, err := range list.All(t.Context()) {
		require.NoError(t, err, "after %d records", i)
		require.Equal(t, want(i), id(item))
		i++
	}
	assert.Equal(t, pages, i)
	counts := m.Counts()
	faults := -counts["requests"]
	for _, n := range counts {
		faults += n
	}
	assert.InDelta(t, 0.25, float64(faults)/float64(counts["requests"]), 0.08)
	t.Logf("%d pages, %d faults: %v", i, faults, counts)
}

func persistent(prefetch int) []activity.Option {
	return []activity.Option{activity.WithRetry(activity.RetryPolicy{MaxAttempts: 14}), activity.WithPrefetch(prefetch)}
}

// everyPrefetch runs a walk in virtual time, whole without prefetching and a tenth of it with.
func everyPrefetch(t *testing.T, walk func(t *testing.T, pages int, opts []activity.Option)) {
	t.Helper()
	for _, prefetch := range []int{0, 1} {
		t.Run(fmt.Sprintf("prefetch %d", prefetch), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { walk(t, pagesUnderFault/(1+9*prefetch), persistent(prefetch)) })
		})
	}
}

// before gives times that lie in the past of the bubble's clock, which begins with the year 2000; the first is the newest.
func before(i int) time.Time {
	return time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC).Add(-time.Duration(i) * time.Second)
}

func TestAsperaUnderFault(t *testing.T) {
	everyPrefetch(t, func(t *testing.T, pages int, opts []activity.Option) {
		service := asperatest.NewServer()
		items := make([]aspera.Transfer, pages)
		for i := range items {
			items[i] = aspera.Transfer{UUID: fmt.Sprintf("uuid-%05d", i), SessionStart: before(i)}
		}
		service.Add(items...)
		m := fake.NewRandomFaults(1, stalled, `{"code":"unauthorized","message":"token expired"}`)
		service.FailWith(m.Fault)
		list := service.Client(opts...).Organization("1023").Transfers(aspera.TransferQuery{PageSize: 1})
		walkUnderFault(t, pages, m, list, func(t aspera.Transfer) string { return t.UUID }, func(i int) string { return items[i].UUID })
	})
}

func TestSnapLogicUnderFault(t *testing.T) {
	everyPrefetch(t, func(t *testing.T, pages int, opts []activity.Option) {
		service := snaplogictest.NewServer()
		items := make([]snaplogic.Activity, pages)
		for i := range items {
			items[i] = snaplogic.Activity{ID: fmt.Sprintf("%024x", i), EventType: snaplogic.AssetUpdate, CreateTime: before(i)}
		}
		service.Add(items...)
		m := fake.NewRandomFaults(2, stalled, "")
		service.FailWith(m.Fault)
		list := service.Client(opts...).Activities(snaplogic.ActivityQuery{PageSize: 1})
		walkUnderFault(t, pages, m, list, func(a snaplogic.Activity) string { return a.ID }, func(i int) string { return items[i].ID })
	})
}

func TestOPSWATUnderFault(t *testing.T) {
	everyPrefetch(t, func(t *testing.T, pages int, opts []activity.Option) {
		service := opswattest.NewServer()
		items := make([]opswat.Activity, pages)
		for i := range items {
			items[i] = opswat.Activity{Timestamp: before(i), Action: opswat.Blocked, DeviceID: fmt.Sprintf("device-%05d", i)}
		}
		service.Add(items...)
		m := fake.NewRandomFaults(3, stalled, `{"error":"token expired"}`)
		service.FailWith(m.Fault)
		list := service.Client(opts...).Activities(opswat.ActivityQuery{
			PageSize: 1, StartDate: before(2 * pages), EndDate: before(-1),
		})
		walkUnderFault(t, pages, m, list, func(a opswat.Activity) string { return a.DeviceID }, func(i int) string { return items[i].DeviceID })
		assert.LessOrEqual(t, opswattest.MaxInWindow(service.APIRequests(), time.Minute), 10)
	})
}

func TestSDElementsUnderFault(t *testing.T) {
	everyPrefetch(t, func(t *testing.T, pages int, opts []activity.Option) {
		service := sdelementstest.NewServer()
		items := make([]sdelements.Activity, pages)
		for i := range items {
			items[i] = sdelements.Activity{ID: int64(pages - i), Name: sdelements.LoggedInActivity, Date: before(i)}
		}
		service.Add(items...)
		m := fake.NewRandomFaults(4, stalled, "")
		service.FailWith(m.Fault)
		list := service.Client(opts...).Activities(sdelements.ActivityQuery{PageSize: 1})
		walkUnderFault(t, pages, m, list, func(a sdelements.Activity) string { return fmt.Sprint(a.ID) }, func(i int) string { return fmt.Sprint(items[i].ID) })
	})
}
