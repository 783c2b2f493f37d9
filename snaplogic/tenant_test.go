package snaplogic_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// Without a name, the tenant is the organization. What would break a line is not shown.
func TestTenantIsTheOrganization(t *testing.T) {
	tenant := func(organization string, opts ...activity.Option) string {
		_, err := snaplogic.New(organization, snaplogictest.NewServer().Credentials(), append(opts, activity.WithBaseURL("http://example.com"))...)
		failure, ok := errors.AsType[*activity.Error](err)
		require.True(t, ok)
		return failure.Tenant
	}
	assert.Equal(t, "Zoë & Co/Nord", tenant("Zoë & Co/Nord"))
	assert.Equal(t, "acme prod", tenant("acme\nprod"))
	assert.Equal(t, "acme-prod", tenant("Zoë & Co/Nord", activity.WithTenant("acme-prod")))
}
