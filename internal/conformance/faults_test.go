package conformance_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// stalled is beyond the patience of one attempt.
const stalled = 90 * time.Second

// While one request in four fails, in any of the ways in which requests fail, a list is read from
// end to end.
func TestOneRequestInFourFails(t *testing.T) {
	for i, a := range adapters {
		for _, prefetch := range []int{0, 8} {
			t.Run(fmt.Sprintf("%s, prefetch %d", a, prefetch), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					n := 250
					s := a.fill(n)
					expired := ""
					if s.expire != nil && s.logins[0].renews {
						expired = `{"message":"token expired"}`
					}
					faults := fake.NewRandomFaults(uint64(i), stalled, expired)
					s.FailWith(faults.Fault)
					opts := []activity.Option{activity.WithRetry(activity.RetryPolicy{MaxAttempts: 14}), activity.WithPrefetch(prefetch)}
					ids, err := idsUntil(t.Context(), s.client(t, opts...).list(bounded(2)), "")
					require.NoError(t, err)
					assert.Equal(t, down(n, 1), ids)
					counts := faults.Counts()
					failed := -counts["requests"]
					for _, count := range counts {
						failed += count
					}
					assert.InDelta(t, 0.25, float64(failed)/float64(counts["requests"]), 0.08)
				})
			})
		}
	}
}
