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
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// walked reads a list and counts its records.
func walked[T any](t *testing.T, list activity.List[T]) int {
	t.Helper()
	items, err := list.Collect(t.Context(), 0)
	require.NoError(t, err)
	return len(items)
}

// A list of k records costs as many requests as it has pages. OPSWAT alone needs one more for a last page that is full, since only a page
// that is short, or the answer past the end, tells that the list is over.
func TestRequestsOfAWalk(t *testing.T) {
	const pageSize = 20
	now := time.Date(1999, 12, 31, 12, 0, 0, 0, time.UTC)
	walks := map[string]func(t *testing.T, k int, opts ...activity.Option) (records, requests int){
		"aspera": func(t *testing.T, k int, opts ...activity.Option) (int, int) {
			t.Helper()
			server := asperatest.NewServer()
			for i := range k {
				server.Add(aspera.Transfer{UUID: fmt.Sprint(i), SessionStart: now})
			}
			n := walked(t, server.Client(opts...).Organization(asperatest.OrganizationID).Transfers(aspera.TransferQuery{PageSize: pageSize}))
			return n, len(server.Requests()) - 1 // one is for the token
		},
		"snaplogic": func(t *testing.T, k int, opts ...activity.Option) (int, int) {
			t.Helper()
			server := snaplogictest.NewServer()
			for i := range k {
				server.Add(snaplogic.Activity{ID: fmt.Sprint(i), CreateTime: now})
			}
			n := walked(t, server.Client(opts...).Activities(snaplogic.ActivityQuery{PageSize: pageSize}))
			return n, len(server.Requests())
		},
		"opswat": func(t *testing.T, k int, opts ...activity.Option) (int, int) {
			t.Helper()
			server := opswattest.NewServer()
			for i := range k {
				server.Add(opswat.Activity{Timestamp: now, DeviceID: fmt.Sprint(i)})
			}
			n := walked(t, server.Client(opts...).Activities(opswat.ActivityQuery{PageSize: pageSize}))
			return n, len(server.APIRequests())
		},
		"sdelements": func(t *testing.T, k int, opts ...activity.Option) (int, int) {
			t.Helper()
			server := sdelementstest.NewServer()
			for i := range k {
				server.Add(sdelements.Activity{ID: int64(k - i), Date: now})
			}
			n := walked(t, server.Client(opts...).Activities(sdelements.ActivityQuery{PageSize: pageSize, DateTo: now.Add(time.Hour)}))
			return n, len(server.Requests())
		},
	}
	for vendor, walk := range walks {
		for _, prefetch := range []int{0, 1, 8} {
			t.Run(fmt.Sprintf("%s, prefetch %d", vendor, prefetch), func(t *testing.T) {
				for _, k := range []int{0, 1, pageSize - 1, pageSize, pageSize + 1, 5*pageSize - 1, 5 * pageSize, 17*pageSize + 3} {
					synctest.Test(t, func(t *testing.T) {
						want := max((k+pageSize-1)/pageSize, 1)
						if vendor == "opswat" {
							want = k/pageSize + 1
						}
						records, requests := walk(t, k, activity.WithPrefetch(prefetch))
						assert.Equal(t, k, records)
						assert.Equal(t, want, requests, "%d records", k)
					})
				}
			})
		}
	}
}

// Making a client sends nothing, and the first record needs one page.
func TestRequestsBeforeTheFirstRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer(snaplogictest.WithRows(5000))
		client := server.Client()
		list := client.Activities(snaplogic.ActivityQuery{})
		assert.Empty(t, server.Requests())
		for _, err := range list.All(t.Context()) {
			require.NoError(t, err)
			break
		}
		assert.Len(t, server.Requests(), 1)
	})
}
