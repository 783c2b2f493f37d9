package opswattest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func everything() opswat.ActivityQuery {
	return opswat.ActivityQuery{StartDate: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), EndDate: time.Date(2018, 5, 18, 0, 0, 0, 0, time.UTC)}
}

func TestGenerate(t *testing.T) {
	all := func(opts ...opswattest.Option) []opswat.Activity {
		got, err := opswattest.NewServer(opts...).Client().Activities(everything()).Collect(t.Context(), 0)
		require.NoError(t, err)
		return got
	}
	assert.Empty(t, all())
	assert.Empty(t, all(opswattest.WithRows(-1)))
	assert.Len(t, all(opswattest.WithRows(1)), 1)

	got := all(opswattest.WithRows(400))
	require.Len(t, got, 400)
	assert.Equal(t, `{ "app_name": "Salesforce", "device_status": "Non-compliant", "device_name": "W8EVN20", "device_id": "SGH238TZW5", `+
		`"access_rule": "NON COMPLIANT DEVICES", "app_user": "test_user@example.com", "device_group": "Group only firewall", `+
		`"action": "blocked", "timestamp": "May 18, 2018 10:40:00 AM" }`, string(got[0].Raw))
	assert.Equal(t, "Slack", got[1].AppName)
	actions := map[opswat.Action]int{}
	for i, a := range got {
		assert.Empty(t, a.Problems)
		assert.True(t, strings.HasSuffix(a.AppUser, "@example.com"))
		actions[a.Action]++
		for _, text := range []string{a.DeviceID, a.DeviceName, a.DeviceStatus, a.DeviceGroup, a.AccessRule, a.AppName} {
			assert.NotEmpty(t, text)
		}
		if i > 0 {
			assert.False(t, a.Timestamp.After(got[i-1].Timestamp), "newest first")
		}
	}
	assert.Len(t, actions, 3)
	raws := func(items []opswat.Activity) (out []string) {
		for _, a := range items {
			out = append(out, string(a.Raw))
		}
		return out
	}
	assert.Equal(t, raws(got), raws(all(opswattest.WithRows(400))), "the same in every run")
	assert.NotEqual(t, raws(got), raws(all(opswattest.WithRows(400), opswattest.WithSeed(2))))
}
