package snaplogic

import (
	"cmp"
	"strings"

	"github.com/activity-sdk/activity"
)

// Event returns the activity in words that all vendors share. Action is EventType, Message is
// Sentence, and Raw is not copied.
//
// Outcome is empty except for sessions, which begin and end with success, and for a log-in that
// failed. The actor is ByWhom, as an e-mail address if there is an @ in it. Of sessions and log-ins
// that failed it is UserID, if there is one. The address is IPAddress, but not where that may be a
// node's: in events of Snaplexes, of their nodes and of types that have no constant.
//
// The target of sessions and of what is done to the organization is the organization. A user has
// UserID as its ID, and a group has GroupName. A node has its IPAddress as its name and the path of
// its Snaplex, which is a cluster. Any other target is the asset: its type is a common word for a
// File, an Org, a Plex and a project, and AssetType for all else.
//
// The vendor documents most event types by their names alone. It is inferred from those that
// approve_devportal_user enables a user, that org_provision creates an organization, that
// dist_change and dist_override change settings, and that the asset of a policy's event is the
// policy. Whether users joined or left a group is not said: group_update is an update. An event
// type that has no constant is [activity.KindOther], and what is affected is its asset.
func (a Activity) Event() activity.Event {
	m, known := meanings[a.EventType]
	if !known {
		m = meaning{activity.KindOther, "", machine, asset}
	}
	return activity.Event{
		Vendor: vendor, Time: a.CreateTime, Action: string(a.EventType), Kind: m.kind, Outcome: m.outcome,
		Actor: m.actor(&a), Target: m.target(&a), Message: a.Sentence(), Raw: a.Raw,
	}
}

// meaning is what an event type says: what was done, how it ended, and where it stands who did it
// and to what.
type meaning struct {
	kind    activity.Kind
	outcome activity.Outcome
	actor   func(*Activity) activity.Actor
	target  func(*Activity) activity.Target
}

var meanings = map[EventType]meaning{
	EventSessionStart:    {activity.KindLogin, activity.OutcomeSuccess, account, organization},
	EventSSOSessionStart: {activity.KindLogin, activity.OutcomeSuccess, account, organization},
	EventSessionEnd:      {activity.KindLogout, activity.OutcomeSuccess, account, organization},
	EventUserAuthFailure: {activity.KindLogin, activity.OutcomeFailure, account, organization},

	EventUserCreate:           {activity.KindCreate, "", person, user},
	EventUserUpdate:           {activity.KindUpdate, "", person, user},
	EventUserDelete:           {activity.KindDelete, "", person, user},
	EventUserLockout:          {activity.KindLock, "", person, user},
	EventUserUnlock:           {activity.KindUnlock, "", person, user},
	EventPasswordChange:       {activity.KindPasswordChange, "", person, user},
	EventPasswordReset:        {activity.KindPasswordReset, "", person, user},
	EventApproveDevportalUser: {activity.KindEnable, "", person, user},

	EventGroupCreate: {activity.KindCreate, "", person, group},
	EventGroupUpdate: {activity.KindUpdate, "", person, group},
	EventGroupDelete: {activity.KindDelete, "", person, group},

	EventAssetCreate:      {activity.KindCreate, "", person, asset},
	EventAssetAccess:      {activity.KindAccess, "", person, asset},
	EventAssetUpdate:      {activity.KindUpdate, "", person, asset},
	EventAssetRename:      {activity.KindRename, "", person, asset},
	EventAssetMove:        {activity.KindMove, "", person, asset},
	EventAssetOwnerChange: {activity.KindUpdate, "", person, asset},
	EventAssetDelete:      {activity.KindDelete, "", person, asset},
	EventACLAdd:           {activity.KindGrant, "", person, asset},
	EventACLRemove:        {activity.KindRevoke, "", person, asset},

	EventPolicyCreate: {activity.KindCreate, "", person, policy},
	EventPolicyUpdate: {activity.KindUpdate, "", person, policy},
	EventPolicyDelete: {activity.KindDelete, "", person, policy},

	EventOrgProvision:           {activity.KindCreate, "", person, organization},
	EventOrgAddUser:             {activity.KindJoin, "", person, organization},
	EventOrgRemoveUser:          {activity.KindLeave, "", person, organization},
	EventOrgSettingsUpdate:      {activity.KindUpdate, "", person, settings},
	EventOrgConcurrentCallLimit: {activity.KindError, "", machine, organization},
	EventDistChange:             {activity.KindUpdate, "", person, distribution}, // of Snap Packs
	EventDistOverride:           {activity.KindUpdate, "", person, distribution},

	EventPlexNodeAdd:                  {activity.KindCreate, "", machine, node},
	EventPlexNodeRestart:              {activity.KindRestart, "", machine, node},
	EventPlexNodeCrash:                {activity.KindError, "", machine, node},
	EventPlexNodeEnterMaintenanceMode: {activity.KindDisable, "", machine, node},
	EventPlexNodeLeaveMaintenanceMode: {activity.KindEnable, "", machine, node},
	EventPlexCongestion:               {activity.KindError, "", machine, snaplex},
	EventPlexVersionUpdate:            {activity.KindUpdate, "", machine, snaplex},
	EventClusterInitiated:             {activity.KindStart, "", machine, cluster}, // by a pipeline
	EventClusterIdle:                  {activity.KindStop, "", machine, cluster},
	EventClusterTerminated:            {activity.KindStop, "", machine, cluster}, // by hand
	EventClusterUnknown:               {activity.KindStop, "", machine, cluster}, // for an unknown reason
}

// actor is a user, whom the vendor names by an e-mail address or another name.
func actor(name, address string) activity.Actor {
	if strings.Contains(name, "@") {
		return activity.Actor{Email: name, Address: address}
	}
	return activity.Actor{Name: name, Address: address}
}

// account is whose log-in it is.
func account(a *Activity) activity.Actor { return actor(cmp.Or(a.UserID, a.ByWhom), a.IPAddress) }

// person is who did it, from where.
func person(a *Activity) activity.Actor { return actor(a.ByWhom, a.IPAddress) }

// machine is who did it, in an event that may have the address of a node.
func machine(a *Activity) activity.Actor { return actor(a.ByWhom, "") }

func user(a *Activity) activity.Target {
	return activity.Target{Type: activity.TargetUser, ID: a.UserID}
}

func group(a *Activity) activity.Target {
	return activity.Target{Type: activity.TargetGroup, Name: a.GroupName}
}

func organization(a *Activity) activity.Target {
	return activity.Target{Type: activity.TargetOrganization, ID: a.OrgSnodeID, Name: a.OrgLabel}
}

// settings are those of the organization.
func settings(a *Activity) activity.Target {
	t := organization(a)
	t.Type = activity.TargetSettings
	return t
}

// assetAs is the asset, as something of another type.
func assetAs(a *Activity, what string) activity.Target {
	return activity.Target{Type: what, ID: a.AssetSnodeID, Name: a.AssetLabel, Path: a.AssetPath}
}

func policy(a *Activity) activity.Target       { return assetAs(a, activity.TargetPolicy) }
func distribution(a *Activity) activity.Target { return assetAs(a, activity.TargetSettings) }
func snaplex(a *Activity) activity.Target      { return assetAs(a, activity.TargetCluster) }

// cluster is one that the entry need not name: its asset may be a pipeline.
func cluster(a *Activity) activity.Target {
	if AssetType(a.AssetType) == AssetPlex {
		return snaplex(a)
	}
	return activity.Target{Type: activity.TargetCluster}
}

// node is one of the Snaplex that is the asset.
func node(a *Activity) activity.Target {
	return activity.Target{Type: activity.TargetNode, Name: a.IPAddress, Path: a.AssetPath}
}

func asset(a *Activity) activity.Target {
	switch {
	case AssetType(a.AssetType) == AssetFile:
		return assetAs(a, activity.TargetFile)
	case AssetType(a.AssetType) == AssetOrg:
		return assetAs(a, activity.TargetOrganization)
	case AssetType(a.AssetType) == AssetPlex:
		return snaplex(a)
	case a.AssetType == "Dir" && a.DisplayType == "Project": // others are project spaces
		return assetAs(a, activity.TargetProject)
	}
	return assetAs(a, a.AssetType)
}
