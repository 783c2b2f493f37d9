package aspera_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// Without a name, the tenant is the organization that the JWT names: what was stored for one's own
// organization is not read with the credentials of another.
func TestTenantIsTheOrganization(t *testing.T) {
	server := asperatest.NewServer(asperatest.WithRows(5))
	config := server.JWTConfig()
	client := func(organization string, opts ...activity.Option) *aspera.Client {
		config.Organization = organization
		client, err := aspera.New(aspera.JWT(config), append(opts, activity.WithTransport(server.Transport()))...)
		require.NoError(t, err)
		return client
	}
	page, err := client(asperatest.Organization).OwnOrganization().Transfers(aspera.TransferQuery{PageSize: 2}).Page(t.Context(), "")
	require.NoError(t, err)
	server.ResetRequests()

	_, err = client("other").OwnOrganization().Transfers(aspera.TransferQuery{}).Page(t.Context(), page.Next)
	require.ErrorIs(t, err, activity.ErrCursorMismatch)
	require.ErrorContains(t, err, `made for tenant "acme", and this list is of tenant "other"`)
	failure, ok := errors.AsType[*activity.Error](err)
	require.True(t, ok)
	assert.Equal(t, "other", failure.Tenant)
	assert.Empty(t, server.Requests())

	bearer, err := aspera.New(aspera.Bearer(server.TokenSource()), activity.WithTransport(server.Transport()), activity.WithTenant("acme"))
	require.NoError(t, err)
	_, err = bearer.OwnOrganization().Transfers(aspera.TransferQuery{}).Page(t.Context(), page.Next)
	require.NoError(t, err, "the same account, with another login")
}
