package ocsftest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// ClassOf requires that an event is valid in OCSF, and returns its class_uid and activity_id.
func ClassOf(t testing.TB, e activity.Event) (class, activityID int) {
	t.Helper()
	text, err := e.OCSF()
	require.NoError(t, err)
	require.Empty(t, Problems(text), "%s", text)
	var event struct {
		Class    int `json:"class_uid"`
		Activity int `json:"activity_id"`
	}
	require.NoError(t, json.Unmarshal(text, &event))
	return event.Class, event.Activity
}
