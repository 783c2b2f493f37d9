package feeds_test

import (
	"os"
	"path/filepath"
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

// around makes clients that are given nothing more.
var around = feeds.Around{
	Limiter: func(_, _ string, q config.Quota) (activity.RateLimiter, error) {
		return activity.NewWindowLimiter(q.Requests, q.Per), nil
	},
}

func TestEvents(t *testing.T) {
	services := fakes.New(0)
	defer services.Close()
	at := time.Now().Add(-time.Hour).UTC().Truncate(time.Microsecond)
	services.Add(1, at, at)
	path, err := services.WriteConfig(t.TempDir(), at.Add(-time.Hour), time.Second, time.Second)
	require.NoError(t, err)
	c, err := config.Load(path)
	require.NoError(t, err)
	made, err := feeds.Of(c, around)
	require.NoError(t, err)

	want := map[store.FeedID]struct {
		kind activity.Kind
		who  string
	}{
		fakes.AsperaTransfers:         {activity.KindUpload, "ben.iyer@example.com"},
		fakes.AsperaApplicationEvents: {activity.KindShare, "ben.iyer@example.com"},
		fakes.SnapLogicActivities:     {activity.KindLogin, "ben.iyer@example.com"},
		fakes.OPSWATActivities:        {activity.KindAccess, "ben.iyer@example.com"},
		fakes.SDElementsActivities:    {activity.KindUpdate, "2"},
	}
	for _, feed := range made {
		var events []activity.Event
		for batch, err := range feed.Read(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: at.Add(-time.Hour), Settle: -1}) {
			require.NoError(t, err)
			assert.False(t, batch.Checkpoint.IsZero())
			for _, r := range batch.Records {
				events = append(events, r.Item)
			}
		}
		require.Len(t, events, 1, feed.ID)
		e := events[0]
		assert.NotEmpty(t, e.Key)
		assert.Equal(t, store.FeedID{Vendor: e.Vendor, Tenant: e.Tenant, Feed: e.Feed}, feed.ID)
		assert.WithinDuration(t, at, e.Time, time.Second)
		assert.Equal(t, want[feed.ID].kind, e.Kind, feed.ID)
		assert.Equal(t, want[feed.ID].who, store.Who(e.Actor))
		assert.Equal(t, string(services.Records(feed.ID)[0]), string(e.Raw))
		delete(want, feed.ID)
	}
	assert.Empty(t, want)
}

func TestTenantsThatCannotBe(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("canary\x00"), 0o600))
	for name, tt := range map[string]struct{ file, says string }{
		"aspera key":       {"aspera: [{organization: o, client_id: c, user: u@example.com, private_key: 'file:/not/there'}]", `aspera tenant "o": private_key: `},
		"aspera no key":    {"aspera: [{organization: o, client_id: c, user: u@example.com, private_key: 'file:" + secret + "'}]", `aspera tenant "o": `},
		"aspera secret":    {"aspera: [{organization: o, client_id: c, user: u, private_key: 'file:" + secret + "', client_secret: env:NOT_SET}]", "client_secret: environment variable NOT_SET"},
		"snaplogic":        {"snaplogic: [{organization: o, user: u, password: env:NOT_SET}]", `snaplogic tenant "o": password: environment variable NOT_SET is not set`},
		"insecure":         {"snaplogic: [{organization: o, user: u, password: 'file:" + secret + "', base_url: 'http://example.com'}]", `snaplogic tenant "o": `},
		"opswat key":       {"opswat: [{key: env:NOT_SET, secret: env:NOT_SET}]", `opswat tenant "default": key: `},
		"opswat secret":    {"opswat: [{key: 'file:" + secret + "', secret: env:NOT_SET}]", `secret: environment variable NOT_SET`},
		"sdelements":       {"sdelements: [{url: 'https://sde.example.com', token: env:NOT_SET}]", `sdelements tenant "sde.example.com": token: `},
		"sdelements basic": {"sdelements: [{url: 'https://sde.example.com', user: u, password: env:NOT_SET}]", `password: environment`},
		"sdelements token": {"sdelements: [{url: 'https://sde.example.com', token: 'file:" + secret + "'}]", `sdelements tenant "sde.example.com": `},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := config.Parse([]byte(tt.file))
			require.NoError(t, err)
			_, err = feeds.Of(c, around)
			require.ErrorContains(t, err, tt.says)
			assert.NotContains(t, err.Error(), "canary")
		})
	}
}

func TestUnknownFeed(t *testing.T) {
	_, err := feeds.Aspera("acme", "files", nil)
	require.ErrorContains(t, err, `no feed "files"`)
}
