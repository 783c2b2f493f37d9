package transport_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

func TestEncode(t *testing.T) {
	params := url.Values{"b": {"two words", "1+1"}, "a name": {"%20"}}
	query := transport.Encode(params)
	assert.Equal(t, "a%20name=%2520&b=two%20words&b=1%2B1", query)
	decoded, err := url.ParseQuery(query)
	require.NoError(t, err)
	assert.Equal(t, params, decoded)
}

func TestParams(t *testing.T) {
	type wireQuery struct {
		Start string `url:"start,omitempty"`
		Limit int    `url:"limit"`
		Types string `url:"types,omitempty"`
	}
	extra := map[string][]string{"new": {"1", "2"}}
	params, err := transport.Params(wireQuery{Limit: 3}, extra)
	require.NoError(t, err)
	assert.Equal(t, "limit=3&new=1&new=2", params.Encode())
	extra["new"][0] = "changed"
	assert.Equal(t, "limit=3&new=1&new=2", params.Encode(), "the parameters share nothing with Extra")

	for _, name := range []string{"start", "limit", "types", ""} {
		_, err := transport.Params(wireQuery{}, map[string][]string{name: {"1"}})
		require.ErrorIs(t, err, activity.ErrInvalid, name)
	}
}
