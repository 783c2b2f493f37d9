package snaplogic_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/snaplogic"
)

// A permission is changed by its fields, and keeps what has none.
func TestChangedPermission(t *testing.T) {
	const sent = `{"perm":{"perms":["R","X"],"x":1.0,"subject":"secret","inherit":true},"by_whom":"a"}`
	for want, change := range map[string]func(a *snaplogic.Activity){
		`{"perm":{"perms":["R","W"],"x":1.0,"subject":"b","inherit":false},"by_whom":"a"}`: func(a *snaplogic.Activity) {
			a.Perm.Perms[1], a.Perm.Subject, *a.Perm.Inherit = "W", "b", false
		},
		`{"perm":{"perms":["R","X"],"x":1.0},"by_whom":"a"}`: func(a *snaplogic.Activity) { a.Perm.Subject, a.Perm.Inherit = "", nil },
		`{"by_whom":"b"}`: func(a *snaplogic.Activity) { a.Perm, a.ByWhom = nil, "b" },
	} {
		var a snaplogic.Activity
		require.NoError(t, json.Unmarshal([]byte(sent), &a))
		change(&a)
		text, err := json.Marshal(a)
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
}
