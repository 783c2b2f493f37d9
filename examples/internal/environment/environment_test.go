package environment_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/internal/environment"
)

func TestRequired(t *testing.T) {
	set := map[string]string{}
	variables := environment.Variables(func(name string) string { return set[name] })
	names := []string{"USER", "PASSWORD"}
	values, err := variables.Required(names)
	require.NoError(t, err)
	assert.Nil(t, values)

	set["USER"] = "ada"
	_, err = variables.Required(names)
	require.EqualError(t, err, "PASSWORD is not set, though others that belong to it are")

	set["PASSWORD"] = "secret"
	values, err = variables.Required(names)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"USER": "ada", "PASSWORD": "secret"}, values)
}

func TestBaseURL(t *testing.T) {
	set := map[string]string{"BASE_URL": "https://example.com"}
	variables := environment.Variables(func(name string) string { return set[name] })
	assert.Len(t, variables.BaseURL("BASE_URL"), 1)
	assert.Empty(t, variables.BaseURL("OTHER_URL"))
}
