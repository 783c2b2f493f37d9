package snaplogic

// EventType says what happened. The set is open: the service adds types, and the SDK passes on
// those that it does not know, in queries and in records.
type EventType string

// The event types on the vendor's first page about activities.
const (
	SessionStart                 EventType = "session_start"
	SessionEnd                   EventType = "session_end"
	UserCreate                   EventType = "user_create"
	UserDelete                   EventType = "user_delete"
	UserAuthFailure              EventType = "user_auth_failure"
	UserLockout                  EventType = "user_lockout"
	UserUnlock                   EventType = "user_unlock"
	PasswordChange               EventType = "password_change"
	PasswordReset                EventType = "password_reset"
	AssetCreate                  EventType = "asset_create"
	AssetUpdate                  EventType = "asset_update"
	AssetDelete                  EventType = "asset_delete"
	AssetRename                  EventType = "asset_rename"
	AssetOwnerChange             EventType = "asset_owner_change"
	AssetMove                    EventType = "asset_move"
	ACLAdd                       EventType = "acl_add"
	ACLRemove                    EventType = "acl_remove"
	PlexNodeAdd                  EventType = "plex_node_add"
	PlexNodeRestart              EventType = "plex_node_restart"
	DistChange                   EventType = "dist_change"
	DistOverride                 EventType = "dist_override"
	GroupCreate                  EventType = "group_create"
	GroupDelete                  EventType = "group_delete"
	GroupUpdate                  EventType = "group_update"
	PlexCongestion               EventType = "plex_congestion"
	PlexNodeEnterMaintenanceMode EventType = "plex_node_enter_maintenance_mode"
	PlexNodeLeaveMaintenanceMode EventType = "plex_node_leave_maintenance_mode"
)

// The event types that later pages add.
const (
	SSOSessionStart        EventType = "sso_session_start"
	AssetAccess            EventType = "asset_access"
	UserUpdate             EventType = "user_update"
	OrgAddUser             EventType = "org_add_user"
	OrgRemoveUser          EventType = "org_remove_user"
	OrgProvision           EventType = "org_provision"
	OrgConcurrentCallLimit EventType = "org_concurrent_call_limit"
	OrgSettingsUpdate      EventType = "org_settings_update"
	PolicyCreate           EventType = "policy_create"
	PolicyUpdate           EventType = "policy_update"
	PolicyDelete           EventType = "policy_delete"
	PlexNodeCrash          EventType = "plex_node_crash"
	PlexVersionUpdate      EventType = "plex_version_update"
	ApproveDevportalUser   EventType = "approve_devportal_user"
	ClusterInitiated       EventType = "cluster_initiated"
	ClusterIdle            EventType = "cluster_idle"
	ClusterTerminated      EventType = "cluster_terminated"
	ClusterUnknown         EventType = "cluster_unknown"
)
