package sdelements

import (
	"cmp"
	"strconv"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// Event returns the activity in words that all vendors share. Action is Name, Message is Text in
// one line, and Raw is not copied. The actor is known by Actor alone, a number. Outcome is empty
// except for log-ins and log-outs, whose names say that they succeeded.
//
// The target is what Name is about, with its id and name from Data. Its type is a common word such
// as "project", or "task", "standard", "business_unit", "phase", "reusable_component", "survey",
// "problem", "note", "report" or "module". These are special:
//
//   - A user's id is "U7" in targets, and "7" in actors and old activities.
//   - Where somebody or something joins a project or a group, that is the target. Who joined is in
//     Data.
//   - A project's survey has the id and the name of the project, and a token those of its user.
//   - The path of a note, a problem or a report is the task or the project that it belongs to.
//   - The target of log-ins and log-outs is empty.
//
// The vendor documents the names without a description. What an activity means is inferred from its
// name, and so are the members of Data that this package has no fields for
// (probe: sdelements.members): "phase" and "phase_desc" for a phase, and others likewise. An
// activity whose name does not say what was done, such as ImportExportActivity, and one that has no
// constant are [activity.KindOther].
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

// eventMapping is what the name of an activity says: what was done, how it ended, and where it stands to
// what.
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

	// The same in all projects.
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

// token is of the user that the activity is about.
func token(d Data) activity.Target {
	return activity.Target{Type: activity.TargetToken, ID: d.User, Name: d.UserDesc}
}

func group(d Data) activity.Target {
	return activity.Target{Type: activity.TargetGroup, ID: d.Group, Name: d.GroupDesc}
}

// targetGroup is the group that another one was added to. The vendor shows only its name, in a
// member that says so. The id beside it may be that of the other group.
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

// survey is that of a project, which has one.
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

// named is what has members like those with a field.
func (d Data) named(what, member string) activity.Target {
	return activity.Target{Type: what, ID: d.text(member), Name: d.text(member + "_desc")}
}

// part is what belongs to a task or a project.
func (d Data) part(what string) activity.Target {
	t := d.named(what, what)
	t.Path = cmp.Or(d.Task, d.TaskDesc, d.ProjectDesc, idText(d.Project))
	return t
}

// text returns a member that is a text or a number; "" if it is missing or something else.
func (d Data) text(name string) string {
	text, _, _ := wire.NewReader(d.Get(name)).Text() // what cannot be read is no text
	return text
}

// idText writes an id as text; 0 is none.
func idText(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
