package snaplogic

// EventType is what happened. The set is open: the service may send types that have no constant,
// and a query may select them (probe: snaplogic.events).
type EventType string

// The event types in the vendor's first document about activities.
const (
	EventSessionStart                 EventType = "session_start"
	EventSessionEnd                   EventType = "session_end"
	EventUserCreate                   EventType = "user_create"
	EventUserDelete                   EventType = "user_delete"
	EventUserAuthFailure              EventType = "user_auth_failure"
	EventUserLockout                  EventType = "user_lockout"
	EventUserUnlock                   EventType = "user_unlock"
	EventPasswordChange               EventType = "password_change"
	EventPasswordReset                EventType = "password_reset"
	EventAssetCreate                  EventType = "asset_create"
	EventAssetUpdate                  EventType = "asset_update"
	EventAssetDelete                  EventType = "asset_delete"
	EventAssetRename                  EventType = "asset_rename"
	EventAssetOwnerChange             EventType = "asset_owner_change"
	EventAssetMove                    EventType = "asset_move"
	EventACLAdd                       EventType = "acl_add"
	EventACLRemove                    EventType = "acl_remove"
	EventPlexNodeAdd                  EventType = "plex_node_add"
	EventPlexNodeRestart              EventType = "plex_node_restart"
	EventDistChange                   EventType = "dist_change"
	EventDistOverride                 EventType = "dist_override"
	EventGroupCreate                  EventType = "group_create"
	EventGroupDelete                  EventType = "group_delete"
	EventGroupUpdate                  EventType = "group_update"
	EventPlexCongestion               EventType = "plex_congestion"
	EventPlexNodeEnterMaintenanceMode EventType = "plex_node_enter_maintenance_mode"
	EventPlexNodeLeaveMaintenanceMode EventType = "plex_node_leave_maintenance_mode"
)

// The event types that only newer documents have.
const (
	EventSSOSessionStart        EventType = "sso_session_start"
	EventAssetAccess            EventType = "asset_access"
	EventUserUpdate             EventType = "user_update"
	EventOrgAddUser             EventType = "org_add_user"
	EventOrgRemoveUser          EventType = "org_remove_user"
	EventOrgProvision           EventType = "org_provision"
	EventOrgConcurrentCallLimit EventType = "org_concurrent_call_limit"
	EventOrgSettingsUpdate      EventType = "org_settings_update"
	EventPolicyCreate           EventType = "policy_create"
	EventPolicyUpdate           EventType = "policy_update"
	EventPolicyDelete           EventType = "policy_delete"
	EventPlexNodeCrash          EventType = "plex_node_crash"
	EventPlexVersionUpdate      EventType = "plex_version_update"
	EventApproveDevportalUser   EventType = "approve_devportal_user"
	EventClusterInitiated       EventType = "cluster_initiated"
	EventClusterIdle            EventType = "cluster_idle"
	EventClusterTerminated      EventType = "cluster_terminated"
	EventClusterUnknown         EventType = "cluster_unknown"
)
