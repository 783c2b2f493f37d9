package sdelements

import (
	"cmp"
	"strconv"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// Event returns the activity in the form that all vendors share. Action is Name, Message is Text in
// one line, and Raw is not copied. Actor has an ID only, which is a number. Outcome is set for
// log-ins and log-outs, whose names imply success, and empty otherwise.
//
// Target is the object that Name is about, with its id and name from Data. Its type is a constant
// of package activity, such as [activity.TargetProject], or else "task", "standard",
// "business_unit", "phase", "reusable_component", "survey", "problem", "note", "report" or
// "module". Special cases:
//
//   - A user's id is "U7" in targets, and "7" in actors and old activities.
//   - If somebody joins a project or a group, the target is the project or group. Who joined is in
//     Data.
//   - A survey has the id and name of its project, and a token those of its user.
//   - The path of a note, a problem or a report is the task or project that it belongs to.
//   - Log-ins and log-outs have no target.
//
// The vendor lists the names without a description, so their meaning is inferred. So are the
// members of Data that have no field (probe: sdelements.members): "phase" and "phase_desc" for a
// phase, and likewise for others. The kind is [activity.KindOther] for names that do not tell what
// was done, such as ImportExportActivity, and for names that have no constant.
func (a Activity) Event() activity.Event {
	m, known := eventMappings[a.Name]
	if !known {
		m = eventMapping{activity.KindOther, "", noTarget}
	}
	return activity.Event{
		Vendor: vendor, Time: a.Date, Action: string(a.Name), Kind: m.kind, Outcome: m.outcome,
		Actor: activity.Actor{ID: idText(a.Actor)}, Target: m.target(a.Data), Message: wire.OneLine(a.Text), Raw: a.Raw,
	}
}

// eventMapping is the part of an event that follows from the name of an activity. target returns
// the object from Data.
type eventMapping struct {
	kind    activity.Kind
	outcome activity.Outcome
	target  func(Data) activity.Target
}

var eventMappings = map[ActivityName]eventMapping{
	LoggedInActivity:     {activity.KindLogin, activity.OutcomeSuccess, noTarget},
	LoggedOutActivity:    {activity.KindLogout, activity.OutcomeSuccess, noTarget},
	AcceptedEulaActivity: {activity.KindOther, "", noTarget},

	CreatedUserActivity:         {activity.KindCreate, "", user},
	UserCreatedActivity:         {activity.KindCreate, "", user},
	ActivatedUserActivity:       {activity.KindEnable, "", user},
	DeactivatedUserActivity:     {activity.KindDisable, "", user},
	GeneratedAPIv1TokenActivity: {activity.KindCreate, "", token},
	GeneratedAPIv2TokenActivity: {activity.KindCreate, "", token},

	CreatedGroupActivity:      {activity.KindCreate, "", group},
	DeletedGroupActivity:      {activity.KindDelete, "", group},
	AddedUserToGroupActivity:  {activity.KindJoin, "", group},
	AddedGroupToGroupActivity: {activity.KindJoin, "", targetGroup},

	AddedUserToProjectActivity:        {activity.KindJoin, "", project},
	AddedGroupToProjectActivity:       {activity.KindJoin, "", project},
	ChangedUserRoleInProjectActivity:  {activity.KindGrant, "", project},
	ChangedGroupRoleInProjectActivity: {activity.KindGrant, "", project},

	CreatedBusinessUnitActivity:                    {activity.KindCreate, "", businessUnit},
	ModifiedBusinessUnitActivity:                   {activity.KindUpdate, "", businessUnit},
	ChangedBusinessUnitRiskPolicyActivity:          {activity.KindUpdate, "", businessUnit},
	ChangedBusinessUnitRiskPolicyToDefaultActivity: {activity.KindUpdate, "", businessUnit},
	DeletedBusinessUnitActivity:                    {activity.KindDelete, "", businessUnit},

	CreatedApplicationActivity:  {activity.KindCreate, "", application},
	ModifiedApplicationActivity: {activity.KindUpdate, "", application},
	ArchivedApplicationActivity: {activity.KindUpdate, "", application},
	DeletedApplicationActivity:  {activity.KindDelete, "", application},

	CreatedProjectActivity:                  {activity.KindCreate, "", project},
	CreatedClassifiedProjectActivity:        {activity.KindCreate, "", project},
	ModifiedProjectActivity:                 {activity.KindUpdate, "", project},
	ChangedProjectRiskPolicyActivity:        {activity.KindUpdate, "", project},
	AddedReusableComponentToProjectActivity: {activity.KindUpdate, "", project},
	ArchivedProjectActivity:                 {activity.KindUpdate, "", project},
	LockedProjectActivity:                   {activity.KindLock, "", project},
	DeletedProjectActivity:                  {activity.KindDelete, "", project},

	ChangedProjectSurveyActivity:       {activity.KindUpdate, "", survey},
	ChangedProjectAnswerSurveyActivity: {activity.KindUpdate, "", survey},
	LockedProjectSurveyActivity:        {activity.KindLock, "", survey},

	CreatedTaskActivity:                    {activity.KindCreate, "", task},
	AddedTaskActivity:                      {activity.KindCreate, "", task},
	MarkedTaskActivity:                     {activity.KindUpdate, "", task},
	AssignedUserToTaskActivity:             {activity.KindUpdate, "", task},
	DeletedTaskActivity:                    {activity.KindDelete, "", task},
	ComponentAddedTaskActivity:             {activity.KindCreate, "", task},
	ComponentMarkedImplementedTaskActivity: {activity.KindUpdate, "", task},
	ComponentMarkedIntroducedTaskActivity:  {activity.KindUpdate, "", task},
	ComponentRevertedTaskActivity:          {activity.KindUpdate, "", task},

	// The same for all projects at once.
	ComponentsAddedGlobalActivity:             {activity.KindCreate, "", task},
	ComponentsMarkedImplementedGlobalActivity: {activity.KindUpdate, "", task},
	ComponentsMarkedIntroducedGlobalActivity:  {activity.KindUpdate, "", task},
	ComponentsRevertedGlobalActivity:          {activity.KindUpdate, "", task},

	AddedNoteActivity:             {activity.KindCreate, "", note},
	DeletedNoteActivity:           {activity.KindDelete, "", note},
	CreatedProjectProblemActivity: {activity.KindCreate, "", problem},
	AddedProjectProblemActivity:   {activity.KindCreate, "", problem},
	DeletedProjectProblemActivity: {activity.KindDelete, "", problem},
	CreatedReportActivity:         {activity.KindCreate, "", report},
	DeletedReportActivity:         {activity.KindDelete, "", report},

	CreatedStandardActivity:     {activity.KindCreate, "", standard},
	ActivatedStandardActivity:   {activity.KindEnable, "", standard},
	DeactivatedStandardActivity: {activity.KindDisable, "", standard},
	DeletedStandardActivity:     {activity.KindDelete, "", standard},

	CreatedPhaseActivity:     {activity.KindCreate, "", phase},
	ActivatedPhaseActivity:   {activity.KindEnable, "", phase},
	DeactivatedPhaseActivity: {activity.KindDisable, "", phase},
	DeletedPhaseActivity:     {activity.KindDelete, "", phase},

	CreatedReusableComponentActivity:                 {activity.KindCreate, "", component},
	ActivatedReusableComponentActivity:               {activity.KindEnable, "", component},
	DeactivatedReusableComponentActivity:             {activity.KindDisable, "", component},
	ModifiedReusableComponentActivity:                {activity.KindUpdate, "", component},
	ModifiedReusableComponentSurveyMappingActivity:   {activity.KindUpdate, "", component},
	ModifiedReusableComponentImplementedTaskActivity: {activity.KindUpdate, "", component},
	ModifiedReusableComponentIntroducedTaskActivity:  {activity.KindUpdate, "", component},

	CreatedRiskPolicyActivity:        {activity.KindCreate, "", riskPolicy},
	DeletedRiskPolicyActivity:        {activity.KindDelete, "", riskPolicy},
	ChangedDefaultRiskPolicyActivity: {activity.KindUpdate, "", settings},
	EnableClassificationActivity:     {activity.KindEnable, "", settings},
	DisableClassificationActivity:    {activity.KindDisable, "", settings},

	CompletedModuleActivity: {activity.KindOther, "", module},
	ImportExportActivity:    {activity.KindOther, "", noTarget},
}

func noTarget(Data) activity.Target { return activity.Target{} }

func settings(Data) activity.Target { return activity.Target{Type: activity.TargetSettings} }

func user(d Data) activity.Target {
	return activity.Target{Type: activity.TargetUser, ID: d.User, Name: d.UserDesc}
}

// token returns an API token, which is known by its user.
func token(d Data) activity.Target {
	return activity.Target{Type: activity.TargetToken, ID: d.User, Name: d.UserDesc}
}

func group(d Data) activity.Target {
	return activity.Target{Type: activity.TargetGroup, ID: d.Group, Name: d.GroupDesc}
}

// targetGroup returns the group that another group was added to. The vendor shows its name in
// target_group_desc, but the id in the same data may be that of the other group.
func targetGroup(d Data) activity.Target {
	t := activity.Target{Type: activity.TargetGroup, Name: d.text("target_group_desc")}
	if t.Name != "" && t.Name == d.GroupDesc {
		t.ID = d.Group
	}
	return t
}

func businessUnit(d Data) activity.Target {
	return activity.Target{Type: "business_unit", ID: idText(d.BusinessUnit), Name: d.BusinessUnitDesc}
}

func application(d Data) activity.Target {
	return activity.Target{Type: activity.TargetApplication, ID: idText(d.Application), Name: d.ApplicationDesc}
}

func project(d Data) activity.Target {
	return activity.Target{Type: activity.TargetProject, ID: idText(d.Project), Name: d.ProjectDesc}
}

// survey returns the survey of a project. Each project has one.
func survey(d Data) activity.Target {
	return activity.Target{Type: "survey", ID: idText(d.Project), Name: d.ProjectDesc}
}

func task(d Data) activity.Target {
	return activity.Target{Type: "task", ID: d.Task, Name: d.TaskDesc}
}

func standard(d Data) activity.Target {
	return activity.Target{Type: "standard", ID: d.Standard, Name: d.StandardDesc}
}

func note(d Data) activity.Target    { return d.part("note") }
func problem(d Data) activity.Target { return d.part("problem") }
func report(d Data) activity.Target  { return d.part("report") }

func phase(d Data) activity.Target     { return d.named("phase", "phase") }
func component(d Data) activity.Target { return d.named("reusable_component", "reusable_component") }
func module(d Data) activity.Target    { return d.named("module", "module") }
func riskPolicy(d Data) activity.Target {
	return d.named(activity.TargetPolicy, "risk_policy")
}

// named returns a target whose id and name are members without a field.
func (d Data) named(what, member string) activity.Target {
	return activity.Target{Type: what, ID: d.text(member), Name: d.text(member + "_desc")}
}

// part returns a target that belongs to a task or a project.
func (d Data) part(what string) activity.Target {
	t := d.named(what, what)
	t.Path = cmp.Or(d.Task, d.TaskDesc, d.ProjectDesc, idText(d.Project))
	return t
}

// text returns a member that is a string or a number; "" if it is missing or of another type.
func (d Data) text(name string) string {
	text, _, _ := wire.NewReader(d.Get(name)).Text() // malformed JSON is no text
	return text
}

// idText returns an id as text; "" for 0.
func idText(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
