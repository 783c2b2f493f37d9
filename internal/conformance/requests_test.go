package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity"
)

// A list at rest costs as many requests as it has pages, however many are loaded ahead.
func TestRequestsOfAWalk(t *testing.T) {
	const pageSize = 20
	every(t, func(t *testing.T, a *adapter) {
		for _, prefetch := range []int{0, 1, 8} {
			for _, n := range []int{0, 1, pageSize - 1, pageSize, pageSize + 1, 5*pageSize - 1, 5 * pageSize, 9*pageSize + 3} {
				s := a.fill(n)
				assert.Len(t, collect(t, s.client(t, activity.WithPrefetch(prefetch)).list(bounded(pageSize))), n)
				assert.Len(t, s.calls(), a.requests(n, pageSize), "%d records, prefetch %d", n, prefetch)
			}
		}
	})
}
