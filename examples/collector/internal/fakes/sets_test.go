package fakes_test

import (
	"encoding/json"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/config"
	"github.com/activity-sdk/activity/examples/collector/internal/fakes"
	"github.com/activity-sdk/activity/examples/collector/internal/feeds"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

func TestSetsAreIndependent(t *testing.T) {
	sets := fakes.NewSets(3)
	defer sets.Close()
	now := time.Now()
	sets.Add(20, now.Add(-time.Hour), now)
	sets.Grow(t.Context(), 1000, 10)

	var growing atomic.Bool
	answer := httptest.NewRecorder()
	sets.Control(&growing).ServeHTTP(answer, httptest.NewRequest("GET", "/records", nil))
	count := map[store.FeedID]int{}
	owner := map[string]string{} // of a record
	for lines := json.NewDecoder(answer.Body); lines.More(); {
		var r fakes.Record
		require.NoError(t, lines.Decode(&r))
		count[r.Feed]++
		key := r.Feed.Vendor + r.Feed.Feed + string(r.Raw)
		require.Contains(t, []string{"", r.Feed.Tenant}, owner[key], "two tenants have the record %s", r.Raw)
		owner[key] = r.Feed.Tenant
	}
	require.Len(t, count, 15)
	for _, tenant := range []string{"demo", "demo2", "demo3"} {
		for _, feed := range fakes.Feeds {
			feed.Tenant = tenant
			assert.Equal(t, 30, count[feed], feed)
		}
	}
}

// One configuration names the tenants of all sets.
func TestConfigOfSets(t *testing.T) {
	sets := fakes.NewSets(2)
	defer sets.Close()
	path, err := sets.WriteConfig(t.TempDir(), time.Now(), time.Second, time.Second)
	require.NoError(t, err)
	c, err := config.Load(path)
	require.NoError(t, err)
	made := feeds.FromConfig(c, feeds.ClientConfig{Limiter: func(string, string, config.Quota) (activity.RateLimiter, error) {
		return activity.NewWindowLimiter(1, time.Minute), nil
	}})
	var ids, want []store.FeedID
	for _, feed := range made {
		ids = append(ids, feed.ID)
	}
	for _, one := range sets {
		want = append(want, one.Feeds()...)
	}
	assert.ElementsMatch(t, want, ids)
	assert.NotEqual(t, c.OPSWAT[0].BaseURL, c.OPSWAT[1].BaseURL)
}
