package sdelements_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// Without a name, the tenant is the host, however it is written, with the path of a gateway.
func TestTenantIsTheHost(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	for address, want := range map[string]string{
		"https://acme.sdelements.com":      "acme.sdelements.com",
		"HTTPS://Acme.SDElements.com:443/": "acme.sdelements.com",
		"https://acme.sdelements.com:8443": "acme.sdelements.com:8443",
		"https://gateway.example.com/acme": "gateway.example.com/acme",
		"https://[::1]:8443":               "[::1]:8443",
	} {
		client, err := sdelements.New(address, server.Credentials(), activity.WithTransport(server.Transport()))
		require.NoError(t, err, address)
		_, err = client.Activities(sdelements.ActivityQuery{PageSize: -1}).Collect(t.Context(), 0)
		failure, ok := errors.AsType[*activity.Error](err)
		require.True(t, ok)
		assert.Equal(t, want, failure.Tenant)
	}
	_, err := sdelements.New("https://acme.sdelements.com", server.Credentials(), activity.WithPrefetch(-1))
	require.ErrorIs(t, err, activity.ErrInvalid)
}
