package activity

import (
	"cmp"
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ocsfVersion is the version of the schema. Its version 1.9 replaces Account Change and User Access
// Management by User Management.
const ocsfVersion = "1.8.0"

// OCSF returns the event in the form of the Open Cybersecurity Schema Framework 1.8.0, as JSON. It
// fails for no Event, even if strings in the Event are not UTF-8.
//
// Kind and Target.Type choose the class: Authentication, Account Change, User Access Management,
// Group Management, Entity Management, File Hosting Activity, Web Resources Activity (with the
// profile security_control for OPSWAT), Application Lifecycle or Application Error. An event that
// fits none of them is a Base Event.
//
// metadata.uid is Key, metadata.event_code is Action, and raw_data is Raw. unmapped has what the
// class has no place for. An attribute that a class requires and the vendor does not have is
// "unknown". The severity is a choice of this package: informational, low for a failure, and medium
// for what was blocked and for errors of a system.
//
// OCSF takes from Raw what an Event has no field for, such as granted permissions and the rule that
// blocked. Without Raw those are missing.
func (e Event) OCSF() ([]byte, error) {
	c, a := classOf(e)
	o := ocsf{
		ActivityID: a.id, ActivityName: a.caption, CategoryUID: c.uid / 1000, CategoryName: categories[c.uid/1000], ClassUID: c.uid, ClassName: c.caption,
		TypeUID: c.uid*100 + a.id, TypeName: c.caption + ": " + a.caption, Message: e.Message, RawData: string(e.Raw),
		Unmapped: map[string]any{"kind": e.Kind},
		Metadata: ocsfMetadata{Version: ocsfVersion, Product: productOf(e.Vendor), UID: e.Key, TenantUID: e.Tenant, LogName: e.Feed, EventCode: e.Action},
	}
	if !e.Time.IsZero() {
		o.Time = e.Time.UnixMilli()
	}
	o.SeverityID, o.Severity = e.severity()
	o.StatusID, o.Status = e.status()
	c.fill(&o, e, detailsOf(e.Raw))
	if o.Actor != nil || o.Device != nil {
		o.Metadata.Profiles = append(o.Metadata.Profiles, "host")
	}
	return json.Marshal(o, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
}

func (e Event) severity() (int, string) {
	switch {
	case e.Outcome == OutcomeBlocked, e.Kind == KindError:
		return 3, "Medium"
	case e.Outcome == OutcomeFailure:
		return 2, "Low"
	}
	return 1, "Informational"
}

func (e Event) status() (int, string) {
	switch e.Outcome {
	case OutcomeSuccess:
		return 1, "Success"
	case OutcomeFailure, OutcomeBlocked:
		return 2, "Failure"
	}
	return 0, "Unknown"
}

// user returns the actor as a user of the schema, which has at least a name.
func (a Actor) user() *ocsfUser {
	u := &ocsfUser{UID: a.ID, Name: cmp.Or(a.Name, a.Email), Email: a.Email}
	if u.UID == "" && u.Name == "" {
		u.Name = unknown
	}
	return u
}

// known reports whether the vendor says who it was.
func (a Actor) known() bool { return a.ID != "" || a.Name != "" || a.Email != "" }

// endpoint returns where the actor was; nil if the vendor does not say.
func (a Actor) endpoint() *ocsfEndpoint {
	if a.Address == "" {
		return nil
	}
	if ip, err := netip.ParseAddr(a.Address); err == nil && len(a.Address) <= 40 && ip.Zone() == "" {
		return &ocsfEndpoint{IP: a.Address}
	}
	return &ocsfEndpoint{Name: a.Address}
}

// unknown is the value of a required attribute that the vendor does not have.
const unknown = "unknown"

// class is a class of the schema, and how an event fills it.
type class struct {
	uid        int
	caption    string
	activities map[Kind]ocsfActivity // any other kind is Other
	fill       func(o *ocsf, e Event, d details)
}

type ocsfActivity struct {
	id      int
	caption string
}

var categories = map[int]string{0: "Uncategorized", 3: "Identity & Access Management", 6: "Application Activity"}

// The classes that events may be of.
var (
	authentication = &class{3002, "Authentication", map[Kind]ocsfActivity{KindLogin: {1, "Logon"}, KindLogout: {2, "Logoff"}},
		func(o *ocsf, e Event, _ details) {
			o.User, o.SrcEndpoint = e.Actor.user(), e.Actor.endpoint()
			o.Service = &ocsfNamed{Name: productOf(e.Vendor).Name}
			o.unmapTarget(e.Target)
		}}
	accountChange = &class{3001, "Account Change", map[Kind]ocsfActivity{
		KindCreate: {1, "Create"}, KindEnable: {2, "Enable"}, KindPasswordChange: {3, "Password Change"}, KindPasswordReset: {4, "Password Reset"},
		KindDisable: {5, "Disable"}, KindDelete: {6, "Delete"}, KindLock: {9, "Lock"}, KindUnlock: {12, "Unlock"},
	}, func(o *ocsf, e Event, _ details) {
		o.setActor(e.Actor)
		o.User = Actor{ID: e.Target.ID, Name: e.Target.Name}.user()
		o.unmap("target_type", e.Target.Type)
		o.unmap("target_path", e.Target.Path)
	}}
	userAccess = &class{3005, "User Access Management", map[Kind]ocsfActivity{KindGrant: {1, "Assign Privileges"}, KindRevoke: {2, "Revoke Privileges"}},
		func(o *ocsf, e Event, d details) {
			o.setActor(e.Actor)
			o.User = Actor{ID: d.text("data.user"), Name: d.text("perms_subject", "perm.subject", "data.user_desc", "user_id")}.user()
			o.Privileges = d.privileges()
			o.Resources = e.Target.resources()
		}}
	groupManagement = &class{3006, "Group Management", map[Kind]ocsfActivity{
		KindJoin: {3, "Add User"}, KindLeave: {4, "Remove User"}, KindDelete: {5, "Delete"}, KindCreate: {6, "Create"},
	}, func(o *ocsf, e Event, d details) {
		o.setActor(e.Actor)
		named := e.Target.named()
		o.Group = &ocsfEntity{UID: named.UID, Name: named.Name}
		if e.Target.Type != TargetGroup {
			o.Group.Type = e.Target.Type
		}
		if member := (Actor{ID: d.text("data.user"), Name: d.text("user_id", "data.user_desc")}); member.known() {
			o.User = member.user()
		}
		o.unmap("target_path", e.Target.Path)
	}}
	entityManagement = &class{3004, "Entity Management", map[Kind]ocsfActivity{
		KindCreate: {1, "Create"}, KindAccess: {2, "Read"}, KindUpdate: {3, "Update"}, KindDelete: {4, "Delete"}, KindMove: {5, "Move"},
		KindEnable: {8, "Enable"}, KindDisable: {9, "Disable"},
	}, func(o *ocsf, e Event, _ details) {
		o.setActor(e.Actor)
		named := e.Target.named()
		o.Entity = &ocsfEntity{UID: named.UID, Name: named.Name, Type: e.Target.Type}
		o.unmap("target_path", e.Target.Path)
	}}
	fileHosting = &class{6006, "File Hosting Activity", map[Kind]ocsfActivity{
		KindUpload: {1, "Upload"}, KindDownload: {2, "Download"}, KindUpdate: {3, "Update"}, KindDelete: {4, "Delete"}, KindRename: {5, "Rename"},
		KindCopy: {6, "Copy"}, KindMove: {7, "Move"}, KindShare: {12, "Share"}, KindUnshare: {13, "Unshare"}, KindAccess: {14, "Open"},
	}, func(o *ocsf, e Event, d details) {
		o.setActor(e.Actor)
		o.Actor = &ocsfActor{User: e.Actor.user()}
		o.SrcEndpoint = cmp.Or(o.SrcEndpoint, &ocsfEndpoint{Name: unknown})
		o.File = &ocsfFile{UID: e.Target.ID, Name: cmp.Or(e.Target.Name, unknown), Path: e.Target.Path}
		if e.Target.Type == TargetFolder {
			o.File.TypeID = 2
		}
		o.unmap("target_type", e.Target.Type)
		d.unmapTransfer(o)
	}}
	webResources = &class{6001, "Web Resources Activity", map[Kind]ocsfActivity{
		KindCreate: {1, "Create"}, KindAccess: {2, "Read"}, KindUpdate: {3, "Update"}, KindMove: {3, "Update"}, KindRename: {3, "Update"},
		KindLock: {3, "Update"}, KindUnlock: {3, "Update"}, KindEnable: {3, "Update"}, KindDisable: {3, "Update"},
		KindDelete: {4, "Delete"}, KindImport: {6, "Import"}, KindExport: {7, "Export"}, KindShare: {8, "Share"},
	}, func(o *ocsf, e Event, d details) {
		o.setActor(e.Actor)
		o.WebResources = e.Target.resources()
		o.unmap("target_path", e.Target.Path)
		if e.Vendor == "opswat" {
			d.setControl(o, e)
		}
	}}
	applicationLifecycle = &class{6002, "Application Lifecycle", map[Kind]ocsfActivity{
		KindCreate: {1, "Install"}, KindDelete: {2, "Remove"}, KindStart: {3, "Start"}, KindStop: {4, "Stop"}, KindRestart: {5, "Restart"},
		KindEnable: {6, "Enable"}, KindDisable: {7, "Disable"}, KindUpdate: {8, "Update"},
	}, func(o *ocsf, e Event, _ details) {
		o.setActorOnly(e)
		o.App = e.Target.named()
		o.unmap("target_type", e.Target.Type)
		o.unmap("target_path", e.Target.Path)
	}}
	applicationError = &class{6008, "Application Error", map[Kind]ocsfActivity{KindError: {1, "General Error"}},
		func(o *ocsf, e Event, _ details) {
			o.setActorOnly(e)
			o.unmapTarget(e.Target)
		}}
	baseEvent = &class{0, "Base Event", nil, func(o *ocsf, e Event, _ details) {
		o.setActorOnly(e)
		o.unmapTarget(e.Target)
	}}
)

// classOfKind has the classes that the kind alone decides, and classOfTarget those that the type of
// the target decides. Any other target is a web resource.
var (
	classOfKind = map[Kind]*class{
		KindLogin: authentication, KindLogout: authentication, KindGrant: userAccess, KindRevoke: userAccess,
		KindJoin: groupManagement, KindLeave: groupManagement, KindError: applicationError, KindOther: baseEvent, "": baseEvent,
	}
	classOfTarget = map[string]*class{
		TargetUser: accountChange, TargetToken: accountChange, TargetGroup: groupManagement,
		TargetFile: fileHosting, TargetFolder: fileHosting, TargetPackage: fileHosting,
		TargetRole: entityManagement, TargetPolicy: entityManagement, TargetSettings: entityManagement, TargetOrganization: entityManagement,
		TargetWorkspace: entityManagement, TargetNode: applicationLifecycle, TargetCluster: applicationLifecycle,
	}
)

func classOf(e Event) (*class, ocsfActivity) {
	c := classOfKind[e.Kind]
	if c == nil {
		c = classOfTarget[e.Target.Type]
	}
	if _, fits := webResources.activities[e.Kind]; c == nil && fits {
		c = webResources
	}
	if c == nil {
		c = baseEvent
	}
	if a, ok := c.activities[e.Kind]; ok {
		return c, a
	}
	return c, ocsfActivity{99, "Other"}
}

// ocsf is an event of the schema, with the attributes of all classes that this package uses.
type ocsf struct {
	ActivityID    int            `json:"activity_id"`
	ActivityName  string         `json:"activity_name"`
	CategoryUID   int            `json:"category_uid"`
	CategoryName  string         `json:"category_name"`
	ClassUID      int            `json:"class_uid"`
	ClassName     string         `json:"class_name"`
	TypeUID       int            `json:"type_uid"`
	TypeName      string         `json:"type_name"`
	Time          int64          `json:"time"` // Unix milliseconds
	SeverityID    int            `json:"severity_id"`
	Severity      string         `json:"severity"`
	StatusID      int            `json:"status_id"`
	Status        string         `json:"status"`
	Message       string         `json:"message,omitzero"`
	Metadata      ocsfMetadata   `json:"metadata"`
	Actor         *ocsfActor     `json:"actor,omitzero"`
	SrcEndpoint   *ocsfEndpoint  `json:"src_endpoint,omitzero"`
	User          *ocsfUser      `json:"user,omitzero"`
	Service       *ocsfNamed     `json:"service,omitzero"`
	Privileges    []string       `json:"privileges,omitzero"`
	Resources     []ocsfResource `json:"resources,omitzero"`
	Group         *ocsfEntity    `json:"group,omitzero"`
	Entity        *ocsfEntity    `json:"entity,omitzero"`
	File          *ocsfFile      `json:"file,omitzero"`
	WebResources  []ocsfResource `json:"web_resources,omitzero"`
	App           *ocsfNamed     `json:"app,omitzero"`
	ActionID      int            `json:"action_id,omitzero"`
	Action        string         `json:"action,omitzero"`
	DispositionID int            `json:"disposition_id,omitzero"`
	Disposition   string         `json:"disposition,omitzero"`
	Policy        *ocsfNamed     `json:"policy,omitzero"`
	Device        *ocsfDevice    `json:"device,omitzero"`
	Unmapped      map[string]any `json:"unmapped"`
	RawData       string         `json:"raw_data,omitzero"`
}

// The objects of the schema.
type (
	ocsfMetadata struct {
		Version   string      `json:"version"`
		Product   ocsfProduct `json:"product"`
		UID       string      `json:"uid,omitzero"`
		TenantUID string      `json:"tenant_uid,omitzero"`
		LogName   string      `json:"log_name,omitzero"`
		EventCode string      `json:"event_code,omitzero"`
		Profiles  []string    `json:"profiles,omitzero"`
	}
	ocsfProduct struct {
		Name       string `json:"name"`
		VendorName string `json:"vendor_name,omitzero"`
	}
	ocsfActor struct {
		User *ocsfUser `json:"user"`
	}
	ocsfUser struct {
		UID   string `json:"uid,omitzero"`
		Name  string `json:"name,omitzero"`
		Email string `json:"email_addr,omitzero"`
	}
	ocsfEndpoint struct {
		IP   string `json:"ip,omitzero"`
		Name string `json:"name,omitzero"`
	}
	// ocsfNamed is a service, a policy or an application.
	ocsfNamed struct {
		UID  string `json:"uid,omitzero"`
		Name string `json:"name,omitzero"`
	}
	// ocsfEntity is an entity or a group.
	ocsfEntity struct {
		UID  string `json:"uid,omitzero"`
		Name string `json:"name,omitzero"`
		Type string `json:"type,omitzero"`
	}
	ocsfResource struct {
		UID  string `json:"uid,omitzero"`
		Name string `json:"name,omitzero"`
		Type string `json:"type,omitzero"`
	}
	ocsfFile struct {
		UID    string `json:"uid,omitzero"`
		Name   string `json:"name"`
		Path   string `json:"path,omitzero"`
		TypeID int    `json:"type_id"` // 0: unknown
	}
	ocsfDevice struct {
		UID    string `json:"uid,omitzero"`
		Name   string `json:"name,omitzero"`
		TypeID int    `json:"type_id"` // 0: unknown
	}
)

// products are the services, by vendor.
var products = map[string]ocsfProduct{
	"aspera":     {"Aspera on Cloud", "IBM"},
	"snaplogic":  {"SnapLogic Intelligent Integration Platform", "SnapLogic"},
	"opswat":     {"OPSWAT Central Management", "OPSWAT"},
	"sdelements": {"SD Elements", "Security Compass"},
}

func productOf(vendor string) ocsfProduct {
	if p, ok := products[vendor]; ok {
		return p
	}
	return ocsfProduct{Name: cmp.Or(vendor, unknown)}
}

// setActor sets who did it and from where, in a class that has both.
func (o *ocsf) setActor(a Actor) {
	if a.known() {
		o.Actor = &ocsfActor{User: a.user()}
	}
	o.SrcEndpoint = a.endpoint()
}

// setActorOnly sets who did it, in a class that has no place for an address.
func (o *ocsf) setActorOnly(e Event) {
	o.setActor(e.Actor)
	o.SrcEndpoint = nil
	o.unmap("address", e.Actor.Address)
}

// unmap keeps a value that the class has no place for.
func (o *ocsf) unmap(name, value string) {
	if value != "" {
		o.Unmapped[name] = value
	}
}

// unmapTarget keeps a target that the class has no place for.
func (o *ocsf) unmapTarget(t Target) {
	o.unmap("target_type", t.Type)
	o.unmap("target_id", t.ID)
	o.unmap("target_name", t.Name)
	o.unmap("target_path", t.Path)
}

// named returns the target with a name or an id, where the schema requires one.
func (t Target) named() *ocsfNamed {
	n := &ocsfNamed{UID: t.ID, Name: t.Name}
	if n.UID == "" && n.Name == "" {
		n.Name = cmp.Or(t.Path, unknown)
	}
	return n
}

func (t Target) resources() []ocsfResource {
	n := t.named()
	return []ocsfResource{{UID: n.UID, Name: n.Name, Type: t.Type}}
}

// details are the members of a vendor's record, from which comes what an Event has no field for.
type details map[string]any

func detailsOf(raw []byte) (d details) {
	if len(raw) > 0 {
		// Raw that is not an object has no members.
		_ = json.Unmarshal(raw, &d, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), numbersAsSent)
	}
	return d
}

// number is a number as the vendor wrote it. A float64 does not hold all digits of a large one, and
// has no value for one beyond its range.
type number = jsontext.Value

var numbersAsSent = json.WithUnmarshalers(json.UnmarshalFromFunc(func(in *jsontext.Decoder, out *any) error {
	if in.PeekKind() != '0' {
		return errors.ErrUnsupported
	}
	value, err := in.ReadValue()
	*out = value.Clone()
	return err
}))

// text returns the first text or number among the members of some names; "a.b" is the member b of
// the member a.
func (d details) text(names ...string) string {
	for _, name := range names {
		in := map[string]any(d)
		if outer, inner, nested := strings.Cut(name, "."); nested {
			in, _ = in[outer].(map[string]any)
			name = inner
		}
		switch value := in[name].(type) {
		case string:
			if value != "" {
				return value
			}
		case number: // such as an id
			return string(value)
		}
	}
	return ""
}

// privileges returns what was granted or revoked.
func (d details) privileges() (all []string) {
	perm, _ := d["perm"].(map[string]any)
	list, _ := perm["perms"].([]any)
	for _, p := range list {
		if s, _ := p.(string); s != "" {
			all = append(all, s)
		}
	}
	if all == nil {
		all = []string{cmp.Or(d.text("data.role_desc", "data.role", "perms_entry"), unknown)}
	}
	return all
}

// unmapTransfer keeps how much a transfer moved, which the class has no place for.
func (d details) unmapTransfer(o *ocsf) {
	for _, name := range []string{"transferred_bytes", "throughput", "file_count", "folder_count", "session_start_time", "session_stop_time"} {
		switch value := d[name].(type) {
		case string:
			o.Unmapped[name] = value
		case number:
			o.Unmapped[name] = value
			if _, err := strconv.ParseFloat(string(value), 64); err != nil {
				o.Unmapped[name] = string(value) // most readers refuse such a number
			}
		}
	}
}

// setControl sets what a rule did to an access, and the device. An access that was only monitored
// counts as logged, whatever the rule would have done. If the vendor does not say what was done,
// neither does the event.
func (d details) setControl(o *ocsf, e Event) {
	switch {
	case e.Outcome == OutcomeBlocked:
		o.ActionID, o.Action, o.DispositionID, o.Disposition = 2, "Denied", 2, "Blocked"
	case e.Outcome == OutcomeSuccess:
		o.ActionID, o.Action, o.DispositionID, o.Disposition = 1, "Allowed", 1, "Allowed"
	case strings.HasPrefix(strings.ToLower(e.Action), "monitored"):
		o.ActionID, o.Action, o.DispositionID, o.Disposition = 3, "Observed", 17, "Logged"
	}
	o.Metadata.Profiles = append(o.Metadata.Profiles, "security_control")
	if rule := d.text("access_rule"); rule != "" {
		o.Policy = &ocsfNamed{Name: rule}
	}
	if id, name := d.text("device_id"), d.text("device_name"); id != "" || name != "" {
		o.Device = &ocsfDevice{UID: id, Name: name}
	}
	o.unmap("device_status", d.text("device_status"))
	o.unmap("device_group", d.text("device_group"))
}
