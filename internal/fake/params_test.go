package fake_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/fake"
)

func TestParamsVerify(t *testing.T) {
	params := fake.Params{"limit": fake.Int(1, 50), "search": nil, "key": fake.OneOf("right")}.Secret("key", "search")
	for name, tc := range map[string]struct {
		params fake.Params
		query  string
		want   string // "": accepted
	}{
		"nothing":          {params, "", ""},
		"all":              {params, "key=right&limit=50&search=x", ""},
		"unknown":          {params, "Limit=50", `unknown parameter "Limit": want one of key, limit, search`},
		"none known":       {nil, "a=1", `unknown parameter "a": want none`},
		"repeated":         {params, "limit=1&limit=1", `parameter "limit" occurs 2 times: want it once`},
		"empty":            {params, "search=", `parameter "search" is empty: want a value, or the parameter left out`},
		"failed":           {params, "limit=51", `parameter "limit": want an integer from 1 to 50, got "51"`},
		"failed secret":    {params, "key=wrong", `parameter "key": the value, which is a secret and not shown, has the wrong form`},
		"first by name":    {params, "z=1&limit=0&key=right", `parameter "limit": want an integer from 1 to 50, got "0"`},
		"repeated secret":  {params, "key=wrong&key=worse", `parameter "key" occurs 2 times: want it once`},
		"unknown, by name": {params, "b=1&a=1", `unknown parameter "a": want one of key, limit, search`},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := url.ParseQuery(tc.query)
			require.NoError(t, err)
			err = tc.params.Verify(q)
			if tc.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.EqualError(t, err, tc.want)
		})
	}
	assert.Error(t, params.Verify(url.Values{"limit": nil}), "a name without any value")
}

func TestParamsSecretCopies(t *testing.T) {
	params := fake.Params{"key": fake.OneOf("right")}
	params.Secret("key")
	assert.ErrorContains(t, params.Verify(url.Values{"key": {"wrong"}}), `"wrong"`)
}
