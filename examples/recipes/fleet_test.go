package recipes

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// Of thirty accounts, one is refused. The others continue, and every batch is stored to its end.
func TestFleet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		stored, requests, failures := map[string]int{}, map[string]int{}, map[string]error{}
		storing := 0
		measured := Measured(func(call activity.Call, resp *http.Response, err error) {
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				requests[fmt.Sprintf("%s %s %s %d", call.Vendor, call.Tenant, call.Op, resp.StatusCode)]++
			}
		})
		store := func(tenant string, records int) error { // takes a second
			mu.Lock()
			storing++
			mu.Unlock()
			<-time.After(time.Second)
			mu.Lock()
			storing--
			stored[tenant] += records
			mu.Unlock()
			return nil
		}
		fleet := Fleet{}
		options := activity.FollowOptions{Since: time.Now()}
		var elements []*sdelementstest.Server
		for i := range 20 {
			name := fmt.Sprintf("sdelements-%02d", i)
			server := sdelementstest.NewServer()
			elements = append(elements, server)
			client := server.Client(activity.WithTenant(name), measured)
			fleet[name] = Follower(client.ActivityFeed(sdelements.ActivityQuery{}), activity.Checkpoint{}, options,
				func(b activity.Batch[sdelements.Activity]) error { return store(name, len(b.Records)) })
		}
		for i := range 10 {
			name := fmt.Sprintf("opswat-%02d", i)
			server := opswattest.NewServer()
			server.Add(opswat.Activity{Timestamp: time.Now().Add(-time.Minute).UTC(), Action: opswat.ActionBlocked})
			client := server.Client(activity.WithTenant(name), measured)
			fleet[name] = Follower(client.ActivityFeed(opswat.ActivityQuery{}), activity.Checkpoint{}, options,
				func(b activity.Batch[opswat.Activity]) error { return store(name, len(b.Records)) })
		}
		elements[7].FailWith(func(sdelementstest.Request) *sdelementstest.Fault { return &sdelementstest.Fault{Status: 403} })
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour+time.Second/2)
		defer cancel()
		fleet.Run(ctx, func(tenant string, err error) {
			mu.Lock()
			defer mu.Unlock()
			failures[tenant] = err
		})
		assert.Zero(t, storing, "no batch is left half stored")
		require.ErrorIs(t, failures["sdelements-07"], activity.ErrForbidden)
		failure, _ := errors.AsType[*activity.Error](failures["sdelements-07"])
		assert.Equal(t, "sdelements-07", failure.Tenant)
		assert.Len(t, failures, 1)
		for i := range 10 {
			assert.Equal(t, 1, stored[fmt.Sprintf("opswat-%02d", i)])
			assert.Greater(t, requests[fmt.Sprintf("opswat opswat-%02d list activities 200", i)], 50)
		}
		assert.Equal(t, 1, requests["sdelements sdelements-07 list activities 403"])
		assert.Greater(t, requests["sdelements sdelements-08 list activities 200"], 50)
	})
}
