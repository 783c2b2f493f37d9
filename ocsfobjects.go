package activity

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ocsf is an event of the schema, with the attributes of all classes that are used.
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
	// ocsfEntity is an entity, or what has members.
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

// products are the services as the schema names a product.
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

// by says who did it, in a class that has a place for that.
func (o *ocsf) by(a Actor) {
	if a.known() {
		o.Actor = &ocsfActor{User: a.user()}
	}
	o.SrcEndpoint = a.endpoint()
}

// operated is by for a class without a place for an address.
func (o *ocsf) operated(e Event) {
	o.by(e.Actor)
	o.SrcEndpoint = nil
	o.unmap("address", e.Actor.Address)
}

// unmap keeps what has no place in the class.
func (o *ocsf) unmap(name, value string) {
	if value != "" {
		o.Unmapped[name] = value
	}
}

// rest keeps a target in a class that has no place for one.
func (o *ocsf) rest(t Target) {
	o.unmap("target_type", t.Type)
	o.unmap("target_id", t.ID)
	o.unmap("target_name", t.Name)
	o.unmap("target_path", t.Path)
}

// named is a target where a name or an id is required.
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

// details are the members of a vendor's record, for what an Event has no field for.
type details map[string]any

func detailsOf(raw []byte) (d details) {
	if len(raw) > 0 {
		// What is no object has no members.
		_ = json.Unmarshal(raw, &d, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), numbersAsSent)
	}
	return d
}

// number is one as the vendor wrote it. A float64 has neither all digits of a large one, nor a
// value for one beyond its range.
type number = jsontext.Value

var numbersAsSent = json.WithUnmarshalers(json.UnmarshalFromFunc(func(in *jsontext.Decoder, out *any) error {
	if in.PeekKind() != '0' {
		return errors.ErrUnsupported
	}
	value, err := in.ReadValue()
	*out = value.Clone()
	return err
}))

// text returns the first text or number that there is under one of some names; "a.b" is the member
// b of a.
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

// privileges are what was granted or revoked.
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

// unmapTransfer keeps how much a transfer moved, for which the class has no place.
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

// control says what a rule made of an access, from which device. What was monitored is logged,
// whatever would have become of it. Where the vendor does not say what was done, neither does the
// event.
func (d details) control(o *ocsf, e Event) {
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
