package snaplogictest

import (
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/snaplogic"
)

// kind is a kind of invented activity.
type kind struct {
	event          snaplogic.EventType
	weight         int
	asset, display string // asset_type and display_type
	template       string
	fill           func(g generator, e *invented)
}

const (
	inOrg     = " in organization %(org_label)s"
	inProject = " under %(parent_type)s %(parent_path)s" + inOrg
)

// kinds are the frequent activities of an organization. Each optional member occurs in at least one
// of them.
var kinds = []kind{
	{snaplogic.EventSessionStart, 14, "Org", "User", "%(by_whom)s logged in from %(ip_address)s" + inOrg, session},
	{snaplogic.EventSSOSessionStart, 5, "Org", "User", "%(by_whom)s logged in with single sign-on from %(ip_address)s" + inOrg, session},
	{snaplogic.EventSessionEnd, 9, "Org", "User", "%(by_whom)s logged out" + inOrg, session},
	{snaplogic.EventUserAuthFailure, 3, "Org", "User", "%(user_id)s failed to log in from %(ip_address)s" + inOrg, session},
	{snaplogic.EventAssetCreate, 9, "Pipeline", "Pipeline", "%(by_whom)s created the %(display_type)s %(asset_label)s" + inProject, pipeline},
	{snaplogic.EventAssetUpdate, 26, "Pipeline", "Pipeline", "%(by_whom)s updated the %(display_type)s %(asset_label)s" + inProject, pipeline},
	{snaplogic.EventAssetCreate, 8, "File", "File", "%(by_whom)s uploaded the %(display_type)s %(asset_label)s" + inProject, file},
	{snaplogic.EventAssetDelete, 4, "File", "File", "%(by_whom)s deleted the %(display_type)s %(asset_label)s" + inProject, file},
	{snaplogic.EventAssetRename, 2, "Pipeline", "Pipeline",
		"%(by_whom)s renamed the %(display_type)s %(asset_label)s to %(new_name)s" + inProject, renamed},
	{snaplogic.EventAssetUpdate, 5, "Account", "Account", "%(by_whom)s updated the %(display_type)s %(asset_label)s" + inProject, account},
	{snaplogic.EventACLAdd, 3, "Dir", "Project",
		"%(by_whom)s granted %(perms_entry)s on %(asset_label)s to %(perms_subject)s" + inProject, permission},
	{snaplogic.EventGroupUpdate, 2, "Org", "Group", "%(by_whom)s added %(user_id)s to the group %(group_name)s" + inOrg, group},
	{snaplogic.EventUserCreate, 2, "Org", "User", "%(by_whom)s created the user %(user_id)s" + inOrg, user},
	{snaplogic.EventPlexCongestion, 3, "Plex", "Snaplex", "The Snaplex %(asset_label)s is congested" + inOrg, alert},
	{snaplogic.EventPlexNodeCrash, 1, "Plex", "Snaplex", "A node of the Snaplex %(asset_label)s at %(ip_address)s crashed" + inOrg, alert},
	{snaplogic.EventPlexNodeRestart, 3, "Plex", "Snaplex", "%(by_whom)s restarted a node of the Snaplex %(asset_label)s" + inOrg, node},
	{snaplogic.EventPlexVersionUpdate, 1, "Plex", "Snaplex", "The Snaplex %(asset_label)s was updated to %(new_name)s" + inOrg, upgrade},
}

// kind picks a kind by its weight.
func (g generator) kind() kind {
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	at := int(g.Between(1, int64(total)))
	for _, k := range kinds {
		if at -= k.weight; at <= 0 {
			return k
		}
	}
	return kinds[0]
}

func session(g generator, e *invented) {
	e.AssetLabel, e.UserID, e.IPAddress = orgLabel, e.ByWhom, g.IP()
	e.AssetPath, e.ParentPath, e.ParentType, e.ParentLabel = "/"+orgLabel, "/"+orgLabel, "Org", orgLabel
	e.ParentSnode = e.OrgSnode
	e.AdminUpdate = new(false)
}

func (g generator) setAsset(e *invented, label string) {
	space := g.Pick(fake.Weighted{Value: "projects", Weight: 5}, fake.Weighted{Value: "shared", Weight: 2},
		fake.Weighted{Value: "Finance Integrations", Weight: 2}, fake.Weighted{Value: "Marketing", Weight: 1})
	e.setProject(space, g.Project(), label)
}

func pipeline(g generator, e *invented) {
	verb := g.Pick(fake.Weighted{Value: "Load", Weight: 3}, fake.Weighted{Value: "Transform", Weight: 2}, fake.Weighted{Value: "Export", Weight: 2})
	g.setAsset(e, verb+" "+g.Project())
}

func renamed(g generator, e *invented) {
	pipeline(g, e)
	e.NewName = e.AssetLabel + " v2"
}

func file(g generator, e *invented) { g.setAsset(e, g.File()) }

func account(g generator, e *invented) { g.setAsset(e, g.Project()+" Service Account") }

func permission(g generator, e *invented) {
	g.setAsset(e, "")
	e.AssetLabel, e.AssetPath = e.Project, e.ParentPath
	subject := g.User().Email
	e.Perm = &snaplogic.Perm{Perms: []string{"R", "X"}, SubjectType: "USER", Subject: subject, Inherit: new(g.Chance(0.5))}
	e.PermsSubject, e.PermsEntry = subject, "R, X"
}

func group(g generator, e *invented) {
	session(g, e)
	e.IPAddress, e.UserID, e.GroupName = "", g.User().Email, g.Project()+" Developers"
}

func user(g generator, e *invented) {
	session(g, e)
	e.IPAddress, e.UserID = "", g.User().Email
}

func node(g generator, e *invented) {
	plex := g.Pick(fake.Weighted{Value: "Cloud Production", Weight: 3}, fake.Weighted{Value: "Ground Frankfurt", Weight: 2},
		fake.Weighted{Value: "Ground Ohio", Weight: 1})
	e.setProject("shared", "shared", plex)
	e.IPAddress = g.IP()
}

func alert(g generator, e *invented) {
	node(g, e)
	e.ByWhom, e.IsAlert, e.AlertState = "snaplex@example.com", new(true), string(snaplogic.AlertClosed)
	if g.Chance(0.25) {
		e.AlertState = string(snaplogic.AlertOpen)
	}
}

func upgrade(g generator, e *invented) {
	node(g, e)
	e.ByWhom, e.IPAddress, e.AdminUpdate = "snaplogic@example.com", "", new(true)
	e.NewName = "main-" + g.Hex(6)
}
