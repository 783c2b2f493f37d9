package feeds_test

import (
	"context"
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
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

var clients = feeds.ClientConfig{
	Limiter: func(_, _ string, q config.Quota) (activity.RateLimiter, error) {
		return activity.NewWindowLimiter(q.Requests, time.Duration(q.Per)), nil
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
	made := feeds.FromConfig(c, clients)

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
		source, err := feed.Open()
		require.NoError(t, err)
		assert.Equal(t, feed.ID.Vendor+"/"+feed.ID.Feed, source.Events.Name())
		require.NoError(t, source.Check(t.Context()))
		for batch, err := range source.Events.CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: at.Add(-time.Hour), Settle: -1}) {
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

func TestOpenErrors(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("canary\x00"), 0o600))
	for name, tt := range map[string]struct{ file, says string }{
		"aspera key":       {"aspera: [{organization: o, client_id: c, user: u@example.com, private_key: 'file:/not/there'}]", `aspera tenant "o": private_key: `},
		"aspera no key":    {"aspera: [{organization: o, client_id: c, user: u@example.com, private_key: 'file:" + secret + "'}]", `aspera tenant "o": `},
		"aspera secret":    {"aspera: [{organization: o, client_id: c, user: u, private_key: 'file:" + secret + "', client_secret: env:NOT_SET}]", "client_secret: environment variable NOT_SET"},
		"snaplogic":        {"snaplogic: [{organization: o, user: u, password: env:NOT_SET}]", `snaplogic tenant "o": password: environment variable NOT_SET is not set`},
		"insecure":         {"snaplogic: [{organization: o, user: u, password: 'file:" + secret + "', base_url: 'http://example.com'}]", `snaplogic tenant "o": `},
		"opswat key":       {"opswat: [{key: env:NOT_SET, secret: 'file:" + secret + "'}]", `opswat tenant "default": key: environment variable NOT_SET`},
		"opswat secret":    {"opswat: [{key: 'file:" + secret + "', secret: env:NOT_SET}]", `secret: environment variable NOT_SET`},
		"sdelements":       {"sdelements: [{url: 'https://sde.example.com', token: env:NOT_SET}]", `sdelements tenant "sde.example.com": token: `},
		"sdelements basic": {"sdelements: [{url: 'https://sde.example.com', user: u, password: env:NOT_SET}]", `password: environment`},
		"sdelements token": {"sdelements: [{url: 'https://sde.example.com', token: 'file:" + secret + "'}]", `sdelements tenant "sde.example.com": `},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := config.Parse([]byte(tt.file))
			require.NoError(t, err)
			made := feeds.FromConfig(c, clients)
			_, err = made[0].Open()
			require.ErrorContains(t, err, tt.says)
			assert.NotContains(t, err.Error(), "canary")
		})
	}
}

// Open uses a new secret at once. If no secret has changed, it returns the same client, with its
// token and pauses.
func TestSecretsAreReadAgain(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(1))
	defer server.Close()
	secret := filepath.Join(t.TempDir(), "token")
	c, err := config.Parse([]byte("sdelements: [{tenant: acme, url: '" + server.URL() + "', token: 'file:" + secret + "'}]"))
	require.NoError(t, err)
	made := feeds.FromConfig(c, clients)
	require.Len(t, made, 1)

	_, err = made[0].Open()
	require.ErrorContains(t, err, `sdelements tenant "acme": token: `)
	require.NoError(t, os.WriteFile(secret, []byte("outdated"), 0o600))
	outdated, err := made[0].Open()
	require.NoError(t, err)
	require.ErrorIs(t, outdated.Check(t.Context()), activity.ErrUnauthorized)
	again, err := made[0].Open()
	require.NoError(t, err)
	assert.Equal(t, outdated.Events, again.Events, "another client, although no secret has changed")
	require.NoError(t, os.WriteFile(secret, []byte(sdelementstest.Key+"\n"), 0o600))
	renewed, err := made[0].Open()
	require.NoError(t, err)
	require.NoError(t, renewed.Check(t.Context()))
}

// Each source knows whether the secrets have changed since it was opened, also if another feed of
// the tenant was opened after the change.
func TestSourceKnowsOfChangedSecrets(t *testing.T) {
	services := fakes.New(0)
	defer services.Close()
	dir := t.TempDir()
	path, err := services.WriteConfig(dir, time.Now(), time.Second, time.Second)
	require.NoError(t, err)
	c, err := config.Load(path)
	require.NoError(t, err)
	made := feeds.FromConfig(c, clients)
	require.Equal(t, []store.FeedID{fakes.AsperaTransfers, fakes.AsperaApplicationEvents}, []store.FeedID{made[0].ID, made[1].ID})
	transfers, err := made[0].Open()
	require.NoError(t, err)
	events, err := made[1].Open()
	require.NoError(t, err)
	assert.False(t, transfers.Changed())

	secret := filepath.Join(dir, "aspera.secret")
	require.NoError(t, os.WriteFile(secret, []byte("another"), 0o600))
	assert.True(t, transfers.Changed())
	transfers, err = made[0].Open()
	require.NoError(t, err)
	assert.False(t, transfers.Changed())
	assert.True(t, events.Changed())

	require.NoError(t, os.Remove(secret))
	assert.False(t, events.Changed(), "while a secret is missing, there is none to use instead")
}

// All clients that an account has over time share its quota.
func TestOneQuotaForAllClientsOfATenant(t *testing.T) {
	server := opswattest.NewServer(opswattest.WithQuota(2, time.Hour))
	defer server.Close()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "key"), []byte(opswattest.ClientKey), 0o600))
	c, err := config.Parse([]byte("opswat: [{key: 'file:" + dir + "/key', secret: 'file:" + dir + "/secret', base_url: '" + server.URL() +
		"', quota: {requests: 2, per: 1h}}]"))
	require.NoError(t, err)
	made := feeds.FromConfig(c, clients)
	for _, secret := range []string{"wrong", opswattest.ClientSecret, "wrong again", opswattest.ClientSecret} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "secret"), []byte(secret), 0o600))
		source, err := made[0].Open()
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_ = source.Check(ctx) // the wrong ones are refused, and the last waits for the quota
		cancel()
	}
	assert.LessOrEqual(t, opswattest.MaxInWindow(server.APIRequests(), time.Hour), 2)
	assert.NotEmpty(t, server.APIRequests())
}

// An error of the limiter affects only its tenant, until the next Open.
func TestLimiterError(t *testing.T) {
	t.Setenv("SOME", "secret")
	c, err := config.Parse([]byte("opswat: [{key: env:SOME, secret: env:SOME}]"))
	require.NoError(t, err)
	failing := true
	made := feeds.FromConfig(c, feeds.ClientConfig{Limiter: func(string, string, config.Quota) (activity.RateLimiter, error) {
		if failing {
			return nil, os.ErrInvalid
		}
		return activity.NewWindowLimiter(1, time.Second), nil
	}})
	_, err = made[0].Open()
	require.ErrorIs(t, err, os.ErrInvalid)
	require.ErrorContains(t, err, `opswat tenant "default"`)
	failing = false
	_, err = made[0].Open()
	require.NoError(t, err)
}
