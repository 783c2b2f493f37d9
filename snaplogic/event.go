package snaplogic

import (
	"cmp"
	"strings"

	"github.com/activity-sdk/activity"
)

// Event returns the activity in the form that all vendors share. Action is EventType, Message is
// Sentence, and Raw is not copied. Outcome is success for the start and end of a session, failure
// for a failed log-in, and empty otherwise.
//
// Actor is ByWhom, as an e-mail address if it has an @. For sessions and failed log-ins it is
// UserID, if there is one. The actor's address is IPAddress, except in events of Snaplexes,
// clusters, nodes and the call limit, and of types without a constant: there, IPAddress may be a
// node's.
//
// Target is the asset. Its type is AssetType; for a File, an Org, a Plex and a project, it is one
// that vendors share, such as [activity.TargetFile]. Special cases:
//
//   - Sessions, and what is done to the organization, have the organization as their target.
//   - A user has UserID as its id, and a group GroupName as its name.
//   - A node has IPAddress as its name, and its Snaplex's path as its path.
//   - A Snaplex has the type [activity.TargetCluster].
//
// The vendor documents most event types by their names only, so their meaning is inferred:
// approve_devportal_user enables a user, org_provision creates an organization, dist_change and
// dist_override change settings, and the asset of a policy event is the policy. group_update is an
// update, since it does not tell whether users joined or left. An event type that has no constant
// is [activity.KindOther].
func (a Activity) Event() activity.Event {
	m, known := eventMappings[a.EventType]
	if !known {
		m = eventMapping{activity.KindOther, "", byWhomOnly, asset}
	}
	return activity.Event{
		Vendor: vendor, Time: a.CreateTime, Action: string(a.EventType), Kind: m.kind, Outcome: m.outcome,
		Actor: m.actor(&a), Target: m.target(&a), Message: a.Sentence(), Raw: a.Raw,
	}
}

// eventMapping is the part of an event that follows from its type. actor and target return theirs
// from the fields.
type eventMapping struct {
	kind    activity.Kind
	outcome activity.Outcome
	actor   func(*Activity) activity.Actor
	target  func(*Activity) activity.Target
}

var eventMappings = map[EventType]eventMapping{
	EventSessionStart:    {activity.KindLogin, activity.OutcomeSuccess, sessionUser, organization},
	EventSSOSessionStart: {activity.KindLogin, activity.OutcomeSuccess, sessionUser, organization},
	EventSessionEnd:      {activity.KindLogout, activity.OutcomeSuccess, sessionUser, organization},
	EventUserAuthFailure: {activity.KindLogin, activity.OutcomeFailure, sessionUser, organization},

	EventUserCreate:           {activity.KindCreate, "", byWhom, user},
	EventUserUpdate:           {activity.KindUpdate, "", byWhom, user},
	EventUserDelete:           {activity.KindDelete, "", byWhom, user},
	EventUserLockout:          {activity.KindLock, "", byWhom, user},
	EventUserUnlock:           {activity.KindUnlock, "", byWhom, user},
	EventPasswordChange:       {activity.KindPasswordChange, "", byWhom, user},
	EventPasswordReset:        {activity.KindPasswordReset, "", byWhom, user},
	EventApproveDevportalUser: {activity.KindEnable, "", byWhom, user},

	EventGroupCreate: {activity.KindCreate, "", byWhom, group},
	EventGroupUpdate: {activity.KindUpdate, "", byWhom, group},
	EventGroupDelete: {activity.KindDelete, "", byWhom, group},

	EventAssetCreate:      {activity.KindCreate, "", byWhom, asset},
	EventAssetAccess:      {activity.KindAccess, "", byWhom, asset},
	EventAssetUpdate:      {activity.KindUpdate, "", byWhom, asset},
	EventAssetRename:      {activity.KindRename, "", byWhom, asset},
	EventAssetMove:        {activity.KindMove, "", byWhom, asset},
	EventAssetOwnerChange: {activity.KindUpdate, "", byWhom, asset},
	EventAssetDelete:      {activity.KindDelete, "", byWhom, asset},
	EventACLAdd:           {activity.KindGrant, "", byWhom, asset},
	EventACLRemove:        {activity.KindRevoke, "", byWhom, asset},

	EventPolicyCreate: {activity.KindCreate, "", byWhom, policy},
	EventPolicyUpdate: {activity.KindUpdate, "", byWhom, policy},
	EventPolicyDelete: {activity.KindDelete, "", byWhom, policy},

	EventOrgProvision:           {activity.KindCreate, "", byWhom, organization},
	EventOrgAddUser:             {activity.KindJoin, "", byWhom, organization},
	EventOrgRemoveUser:          {activity.KindLeave, "", byWhom, organization},
	EventOrgSettingsUpdate:      {activity.KindUpdate, "", byWhom, settings},
	EventOrgConcurrentCallLimit: {activity.KindError, "", byWhomOnly, organization},
	EventDistChange:             {activity.KindUpdate, "", byWhom, distribution}, // of Snap Packs
	EventDistOverride:           {activity.KindUpdate, "", byWhom, distribution},

	EventPlexNodeAdd:                  {activity.KindCreate, "", byWhomOnly, node},
	EventPlexNodeRestart:              {activity.KindRestart, "", byWhomOnly, node},
	EventPlexNodeCrash:                {activity.KindError, "", byWhomOnly, node},
	EventPlexNodeEnterMaintenanceMode: {activity.KindDisable, "", byWhomOnly, node},
	EventPlexNodeLeaveMaintenanceMode: {activity.KindEnable, "", byWhomOnly, node},
	EventPlexCongestion:               {activity.KindError, "", byWhomOnly, snaplex},
	EventPlexVersionUpdate:            {activity.KindUpdate, "", byWhomOnly, snaplex},

	// A pipeline initiates a cluster. It ends when it is idle, if somebody terminates it, or for an
	// unknown reason.
	EventClusterInitiated:  {activity.KindStart, "", byWhomOnly, cluster},
	EventClusterIdle:       {activity.KindStop, "", byWhomOnly, cluster},
	EventClusterTerminated: {activity.KindStop, "", byWhomOnly, cluster},
	EventClusterUnknown:    {activity.KindStop, "", byWhomOnly, cluster},
}

// actor returns a user, whom the vendor names by an e-mail address or another name.
func actor(name, address string) activity.Actor {
	if strings.Contains(name, "@") {
		return activity.Actor{Email: name, Address: address}
	}
	return activity.Actor{Name: name, Address: address}
}

// sessionUser returns the user of a session or log-in.
func sessionUser(a *Activity) activity.Actor { return actor(cmp.Or(a.UserID, a.ByWhom), a.IPAddress) }

// byWhom returns who did it, with the address.
func byWhom(a *Activity) activity.Actor { return actor(a.ByWhom, a.IPAddress) }

// byWhomOnly returns who did it, without the address, which may be a node's.
func byWhomOnly(a *Activity) activity.Actor { return actor(a.ByWhom, "") }

func user(a *Activity) activity.Target {
	return activity.Target{Type: activity.TargetUser, ID: a.UserID}
}

func group(a *Activity) activity.Target {
	return activity.Target{Type: activity.TargetGroup, Name: a.GroupName}
}

func organization(a *Activity) activity.Target {
	return activity.Target{Type: activity.TargetOrganization, ID: a.OrgSnodeID, Name: a.OrgLabel}
}

// settings returns the settings of the organization.
func settings(a *Activity) activity.Target {
	t := organization(a)
	t.Type = activity.TargetSettings
	return t
}

// assetAs returns the asset with another type.
func assetAs(a *Activity, typ string) activity.Target {
	return activity.Target{Type: typ, ID: a.AssetSnodeID, Name: a.AssetLabel, Path: a.AssetPath}
}

func policy(a *Activity) activity.Target       { return assetAs(a, activity.TargetPolicy) }
func distribution(a *Activity) activity.Target { return assetAs(a, activity.TargetSettings) }
func snaplex(a *Activity) activity.Target      { return assetAs(a, activity.TargetCluster) }

// cluster returns a cluster without a name if the asset is not the Snaplex but, say, a pipeline.
func cluster(a *Activity) activity.Target {
	if AssetType(a.AssetType) == AssetPlex {
		return snaplex(a)
	}
	return activity.Target{Type: activity.TargetCluster}
}

// node returns a node of the Snaplex that is the asset.
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
