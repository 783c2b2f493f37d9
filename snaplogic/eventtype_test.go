package snaplogic_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// eventTypes are as the vendor spells them: on the older page, then on later ones.
var eventTypes = map[snaplogic.EventType]string{
	snaplogic.SessionStart: "session_start", snaplogic.SessionEnd: "session_end", snaplogic.UserCreate: "user_create",
	snaplogic.UserDelete: "user_delete", snaplogic.UserAuthFailure: "user_auth_failure", snaplogic.UserLockout: "user_lockout",
	snaplogic.UserUnlock: "user_unlock", snaplogic.PasswordChange: "password_change", snaplogic.PasswordReset: "password_reset",
	snaplogic.AssetCreate: "asset_create", snaplogic.AssetUpdate: "asset_update", snaplogic.AssetDelete: "asset_delete",
	snaplogic.AssetRename: "asset_rename", snaplogic.AssetOwnerChange: "asset_owner_change", snaplogic.AssetMove: "asset_move",
	snaplogic.ACLAdd: "acl_add", snaplogic.ACLRemove: "acl_remove", snaplogic.PlexNodeAdd: "plex_node_add",
	snaplogic.PlexNodeRestart: "plex_node_restart", snaplogic.DistChange: "dist_change", snaplogic.DistOverride: "dist_override",
	snaplogic.GroupCreate: "group_create", snaplogic.GroupDelete: "group_delete", snaplogic.GroupUpdate: "group_update",
	snaplogic.PlexCongestion:               "plex_congestion",
	snaplogic.PlexNodeEnterMaintenanceMode: "plex_node_enter_maintenance_mode",
	snaplogic.PlexNodeLeaveMaintenanceMode: "plex_node_leave_maintenance_mode",

	snaplogic.SSOSessionStart: "sso_session_start", snaplogic.AssetAccess: "asset_access", snaplogic.UserUpdate: "user_update",
	snaplogic.OrgAddUser: "org_add_user", snaplogic.OrgRemoveUser: "org_remove_user", snaplogic.OrgProvision: "org_provision",
	snaplogic.OrgConcurrentCallLimit: "org_concurrent_call_limit", snaplogic.OrgSettingsUpdate: "org_settings_update",
	snaplogic.PolicyCreate: "policy_create", snaplogic.PolicyUpdate: "policy_update", snaplogic.PolicyDelete: "policy_delete",
	snaplogic.PlexNodeCrash: "plex_node_crash", snaplogic.PlexVersionUpdate: "plex_version_update",
	snaplogic.ApproveDevportalUser: "approve_devportal_user", snaplogic.ClusterInitiated: "cluster_initiated",
	snaplogic.ClusterIdle: "cluster_idle", snaplogic.ClusterTerminated: "cluster_terminated", snaplogic.ClusterUnknown: "cluster_unknown",
}

func TestEventTypes(t *testing.T) {
	require.Len(t, eventTypes, 45)
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		rows := old(len(eventTypes))
		i := 0
		for constant := range eventTypes {
			rows[i].EventType = constant
			i++
		}
		server.Add(rows...)
		client := server.Client()
		all := make([]snaplogic.EventType, 0, len(eventTypes))
		for constant, name := range eventTypes {
			all = append(all, constant)
			server.ResetRequests()
			got, err := client.Activities(snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{constant}}).Collect(t.Context(), 0)
			require.NoError(t, err)
			require.Len(t, got, 1, name)
			assert.Equal(t, constant, got[0].EventType)
			assert.Contains(t, string(got[0].Raw), `"event_type":"`+name+`"`)
			assert.Equal(t, "end="+bubbleEnd+"&filter_event_type="+name+"&limit=1000&offset=0", queries(server)[0])
		}
		server.ResetRequests()
		got, err := client.Activities(snaplogic.ActivityQuery{EventTypes: all}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 45)
		assert.Len(t, strings.Split(server.Requests()[0].Query().Get("filter_event_type"), ","), 45)
	})
}

func TestUnknownEventType(t *testing.T) {
	a := record(t, `{"_id":"a","event_type":"brand_new"}`)
	assert.Equal(t, snaplogic.EventType("brand_new"), a.EventType)
	assert.Empty(t, a.Problems)
}
