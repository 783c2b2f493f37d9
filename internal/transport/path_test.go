package transport_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

func TestPath(t *testing.T) {
	const template = "/api/{organization}/files/{file_id}/"
	for name, tt := range map[string]struct {
		values []string
		want   string
		text   string
	}{
		"plain":             {[]string{"acme", "7"}, "/api/acme/files/7/", ""},
		"escaped":           {[]string{"a b", "x?y#z%"}, "/api/a%20b/files/x%3Fy%23z%25/", ""},
		"slash":             {[]string{"a/b", "7"}, "/api/a%2Fb/files/7/", ""},
		"dots inside":       {[]string{"a.b", "..."}, "/api/a.b/files/.../", ""},
		"unicode":           {[]string{"é", "7"}, "/api/%C3%A9/files/7/", ""},
		"empty":             {[]string{"", "7"}, "", "organization is empty"},
		"blank":             {[]string{"a", " "}, "", "file id is empty"},
		"dot":               {[]string{".", "7"}, "", "segment"},
		"climbs":            {[]string{"a/../b", "7"}, "", "segment"},
		"climbs backwards":  {[]string{`a\..\b`, "7"}, "", "segment"},
		"climbs, encoded":   {[]string{"a%2f..%2Fb", "7"}, "", "segment"},
		"climbs, twice":     {[]string{"%252e%252e", "7"}, "", "segment"},
		"climbs, capitals":  {[]string{"a/%252E%252e%2Fb", "7"}, "", "segment"},
		"path parameters":   {[]string{"a/..;x=1/b", "7"}, "", "segment"},
		"both, encoded":     {[]string{"a%2F..%3B%2Fb", "7"}, "", "segment"},
		"behind no escape":  {[]string{"100%/%2e%2e/b", "7"}, "", "segment"},
		"control":           {[]string{"a\nb", "7"}, "", "control"},
		"invalid UTF-8":     {[]string{"a\xff", "7"}, "", "control"},
		"percent, harmless": {[]string{"100%", "7"}, "/api/100%25/files/7/", ""},
	} {
		t.Run(name, func(t *testing.T) {
			path, err := transport.Path(template, tt.values...)
			if tt.text == "" {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, activity.ErrInvalid)
				require.ErrorContains(t, err, tt.text)
			}
			assert.Equal(t, tt.want, path)
		})
	}
}

func FuzzPath(f *testing.F) {
	for _, seed := range []string{"acme", "a b", "a/../b", "..%2f", "%2e%2e", "é\x00", `\..\`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		path, err := transport.Path("/api/{x}/end", value)
		if err != nil {
			require.ErrorIs(t, err, activity.ErrInvalid)
			return
		}
		require.Equal(t, 3, strings.Count(path, "/"), "%q", path)
		require.NotContains(t, path, "/../")
		s := &script{steps: []step{answer(200, things)}}
		call := list()
		call.Path = path
		_, err = newClient(t, s).Do(t.Context(), call)
		require.NoError(t, err)
		require.Equal(t, "/v1/api/"+value+"/end", s.sent()[0].req.URL.Path)
	})
}
