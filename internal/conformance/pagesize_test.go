package conformance_test

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// TestRequestsOfAList counts requests: a list that does not change costs as many as it has pages,
// with any prefetching.
func TestRequestsOfAList(t *testing.T) {
	const pageSize = 20
	everyVendor(t, func(t *testing.T, a *adapter) {
		for _, prefetch := range []int{0, 1, 8} {
			for _, n := range []int{0, 1, pageSize - 1, pageSize, pageSize + 1, 5*pageSize - 1, 5 * pageSize, 9*pageSize + 3} {
				s := a.fill(n)
				assert.Len(t, readAll(t, s.client(t, activity.WithPrefetch(prefetch)).list(bounded(pageSize))), n)
				assert.Len(t, s.calls(), a.requests(n, pageSize), "%d records, prefetch %d", n, prefetch)
			}
		}
	})
}

// TestShortPages checks that a short page in the middle of a list is not taken for the last one.
func TestShortPages(t *testing.T) {
	for _, sizes := range [][]int{{50, 49}, {49}, {50, 1, 50}, {1, 1, 1, 1}} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) {
			everyReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
				records, err := r.all(t, a.fillWith(149, faults{pageSizes: sizes}), 50)
				require.NoError(t, err)
				assert.Equal(t, descending(149, 1), idsOf(records))
			})
		})
	}
}

// TestSmallerPages reads from a service whose pages are smaller than the requested size.
func TestSmallerPages(t *testing.T) {
	everyReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
		for _, limit := range []int{1, 7, 49} {
			records, err := r.all(t, a.fillWith(60, faults{pageLimit: limit}), 50)
			require.NoError(t, err)
			assert.Equal(t, descending(60, 1), idsOf(records), "limit %d", limit)
		}
	})
}

// TestCountTooSmall reads from a service whose count is too small because it counted the records
// before it listed them. The list is read to its end.
func TestCountTooSmall(t *testing.T) {
	count := regexp.MustCompile(`"(total|count)"\s*:\s*(\d+)`)
	for _, late := range []int{1, 3, 40} {
		t.Run(fmt.Sprint(late), func(t *testing.T) {
			everyReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
				s := a.fill(140)
				s.rewrite(func(body []byte) []byte {
					return count.ReplaceAllFunc(body, func(member []byte) []byte {
						parts := count.FindSubmatch(member)
						total, _ := strconv.Atoi(string(parts[2]))
						return fmt.Appendf(nil, `"%s":%d`, parts[1], max(total-late, 0))
					})
				})
				records, err := r.all(t, s, 50)
				require.NoError(t, err)
				assert.Equal(t, descending(140, 1), idsOf(records))
			})
		})
	}
}
