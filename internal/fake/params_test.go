package fake_test

import (
	"net/url"
	"regexp"
	"testing"
	"time"

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

func TestChecks(t *testing.T) {
	for name, tc := range map[string]struct {
		check   fake.Check
		good    []string
		bad     []string
		wording string // for the first bad one
	}{
		"Int": {
			fake.Int(-1, 50), []string{"-1", "0", "1", "50"},
			[]string{"51", "-2", "+1", "01", "-0", "1.0", "1e1", " 1", "x", "", "99999999999999999999"},
			`want an integer from -1 to 50, got "51"`,
		},
		"Bool": {
			fake.Bool(), []string{"true", "false"}, []string{"True", "1", "yes", "", "true "},
			`want one of true, false, got "True"`,
		},
		"OneOf": {
			fake.OneOf("open", "closed"), []string{"open", "closed"}, []string{"Open", "", "open,closed"},
			`want one of open, closed, got "Open"`,
		},
		"Layout": {
			fake.Layout("2006-01-02T15:04:05Z", time.RFC3339Nano, "01/02/2006"),
			[]string{"2026-03-01T10:00:00Z", "2026-03-01T10:00:00.5Z", "2026-03-01T10:00:00-04:00", "03/01/2026"},
			[]string{"2026-03-01T10:00:00.50Z", "2026-03-01", "3/1/2026", "13/01/2026", "02/30/2026", "2026-03-01T10:00:00+00:00", ""},
			`want a time in the form 2006-01-02T15:04:05Z or 2006-01-02T15:04:05.999999999Z07:00 or 01/02/2006, got "2026-03-01T10:00:00.50Z"`,
		},
		"UnixMilli": {
			fake.UnixMilli(), []string{"1772359200000", "946684800000"},
			[]string{"1772359200", "1772359200000000", "-1", "1772359200000.5", "2026-03-01"},
			`want Unix milliseconds (13 digits for a time of today), got "1772359200"`,
		},
		"Match": {
			fake.Match(regexp.MustCompile(`T\d+|CT\d+`), "a standard such as T21"), []string{"T21", "CT3"},
			[]string{"XT21", "T21x", "T21\n", "T", "t21"},
			`want a standard such as T21, got "XT21"`,
		},
		"CSV": {
			fake.CSV(fake.OneOf("a", "b")), []string{"a", "a,b", "b,a,b"}, []string{"c", "a,", ",a", "a,,b", "a, b", "", "a;b"},
			`want one of a, b, got "c"`,
		},
		"CSV of anything": {
			fake.CSV(nil), []string{"x", "x,y z"}, []string{"x,", "x ,y"},
			`want values separated by single commas, got "x,"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, v := range tc.good {
				assert.NoError(t, tc.check(v), v)
			}
			for _, v := range tc.bad {
				assert.Error(t, tc.check(v), v)
			}
			assert.EqualError(t, tc.check(tc.bad[0]), tc.wording)
		})
	}
}
