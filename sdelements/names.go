package sdelements

import "slices"

// ActivityName is the service's word for what happened. The set is open, and all known names end in
// "Activity". Names without a constant are delivered and can be queried too
// (probe: sdelements.names).
type ActivityName string

// The known names. "Standard" is the service's older word for a library task.
const (
	AcceptedEulaActivity                             ActivityName = "AcceptedEulaActivity"
	ActivatedPhaseActivity                           ActivityName = "ActivatedPhaseActivity"
	ActivatedReusableComponentActivity               ActivityName = "ActivatedReusableComponentActivity"
	ActivatedStandardActivity                        ActivityName = "ActivatedStandardActivity"
	ActivatedUserActivity                            ActivityName = "ActivatedUserActivity"
	AddedGroupToGroupActivity                        ActivityName = "AddedGroupToGroupActivity"
	AddedGroupToProjectActivity                      ActivityName = "AddedGroupToProjectActivity"
	AddedNoteActivity                                ActivityName = "AddedNoteActivity"
	AddedProjectProblemActivity                      ActivityName = "AddedProjectProblemActivity"
	AddedReusableComponentToProjectActivity          ActivityName = "AddedReusableComponentToProjectActivity"
	AddedTaskActivity                                ActivityName = "AddedTaskActivity"
	AddedUserToGroupActivity                         ActivityName = "AddedUserToGroupActivity"
	AddedUserToProjectActivity                       ActivityName = "AddedUserToProjectActivity"
	ArchivedApplicationActivity                      ActivityName = "ArchivedApplicationActivity"
	ArchivedProjectActivity                          ActivityName = "ArchivedProjectActivity"
	AssignedUserToTaskActivity                       ActivityName = "AssignedUserToTaskActivity"
	ChangedBusinessUnitRiskPolicyActivity            ActivityName = "ChangedBusinessUnitRiskPolicyActivity"
	ChangedBusinessUnitRiskPolicyToDefaultActivity   ActivityName = "ChangedBusinessUnitRiskPolicyToDefaultActivity"
	ChangedDefaultRiskPolicyActivity                 ActivityName = "ChangedDefaultRiskPolicyActivity"
	ChangedGroupRoleInProjectActivity                ActivityName = "ChangedGroupRoleInProjectActivity"
	ChangedProjectAnswerSurveyActivity               ActivityName = "ChangedProjectAnswerSurveyActivity"
	ChangedProjectRiskPolicyActivity                 ActivityName = "ChangedProjectRiskPolicyActivity"
	ChangedProjectSurveyActivity                     ActivityName = "ChangedProjectSurveyActivity"
	ChangedUserRoleInProjectActivity                 ActivityName = "ChangedUserRoleInProjectActivity"
	CompletedModuleActivity                          ActivityName = "CompletedModuleActivity"
	ComponentAddedTaskActivity                       ActivityName = "ComponentAddedTaskActivity"
	ComponentMarkedImplementedTaskActivity           ActivityName = "ComponentMarkedImplementedTaskActivity"
	ComponentMarkedIntroducedTaskActivity            ActivityName = "ComponentMarkedIntroducedTaskActivity"
	ComponentRevertedTaskActivity                    ActivityName = "ComponentRevertedTaskActivity"
	ComponentsAddedGlobalActivity                    ActivityName = "ComponentsAddedGlobalActivity"
	ComponentsMarkedImplementedGlobalActivity        ActivityName = "ComponentsMarkedImplementedGlobalActivity"
	ComponentsMarkedIntroducedGlobalActivity         ActivityName = "ComponentsMarkedIntroducedGlobalActivity"
	ComponentsRevertedGlobalActivity                 ActivityName = "ComponentsRevertedGlobalActivity"
	CreatedApplicationActivity                       ActivityName = "CreatedApplicationActivity"
	CreatedBusinessUnitActivity                      ActivityName = "CreatedBusinessUnitActivity"
	CreatedClassifiedProjectActivity                 ActivityName = "CreatedClassifiedProjectActivity"
	CreatedGroupActivity                             ActivityName = "CreatedGroupActivity"
	CreatedPhaseActivity                             ActivityName = "CreatedPhaseActivity"
	CreatedProjectActivity                           ActivityName = "CreatedProjectActivity"
	CreatedProjectProblemActivity                    ActivityName = "CreatedProjectProblemActivity"
	CreatedReportActivity                            ActivityName = "CreatedReportActivity"
	CreatedReusableComponentActivity                 ActivityName = "CreatedReusableComponentActivity"
	CreatedRiskPolicyActivity                        ActivityName = "CreatedRiskPolicyActivity"
	CreatedStandardActivity                          ActivityName = "CreatedStandardActivity"
	CreatedTaskActivity                              ActivityName = "CreatedTaskActivity"
	CreatedUserActivity                              ActivityName = "CreatedUserActivity"
	DeactivatedPhaseActivity                         ActivityName = "DeactivatedPhaseActivity"
	DeactivatedReusableComponentActivity             ActivityName = "DeactivatedReusableComponentActivity"
	DeactivatedStandardActivity                      ActivityName = "DeactivatedStandardActivity"
	DeactivatedUserActivity                          ActivityName = "DeactivatedUserActivity"
	DeletedApplicationActivity                       ActivityName = "DeletedApplicationActivity"
	DeletedBusinessUnitActivity                      ActivityName = "DeletedBusinessUnitActivity"
	DeletedGroupActivity                             ActivityName = "DeletedGroupActivity"
	DeletedNoteActivity                              ActivityName = "DeletedNoteActivity"
	DeletedPhaseActivity                             ActivityName = "DeletedPhaseActivity"
	DeletedProjectActivity                           ActivityName = "DeletedProjectActivity"
	DeletedProjectProblemActivity                    ActivityName = "DeletedProjectProblemActivity"
	DeletedReportActivity                            ActivityName = "DeletedReportActivity"
	DeletedRiskPolicyActivity                        ActivityName = "DeletedRiskPolicyActivity"
	DeletedStandardActivity                          ActivityName = "DeletedStandardActivity"
	DeletedTaskActivity                              ActivityName = "DeletedTaskActivity"
	DisableClassificationActivity                    ActivityName = "DisableClassificationActivity"
	EnableClassificationActivity                     ActivityName = "EnableClassificationActivity"
	GeneratedAPIv1TokenActivity                      ActivityName = "GeneratedAPIv1TokenActivity"
	GeneratedAPIv2TokenActivity                      ActivityName = "GeneratedAPIv2TokenActivity"
	ImportExportActivity                             ActivityName = "ImportExportActivity"
	LockedProjectActivity                            ActivityName = "LockedProjectActivity"
	LockedProjectSurveyActivity                      ActivityName = "LockedProjectSurveyActivity"
	LoggedInActivity                                 ActivityName = "LoggedInActivity"
	LoggedOutActivity                                ActivityName = "LoggedOutActivity"
	MarkedTaskActivity                               ActivityName = "MarkedTaskActivity"
	ModifiedApplicationActivity                      ActivityName = "ModifiedApplicationActivity"
	ModifiedBusinessUnitActivity                     ActivityName = "ModifiedBusinessUnitActivity"
	ModifiedProjectActivity                          ActivityName = "ModifiedProjectActivity"
	ModifiedReusableComponentActivity                ActivityName = "ModifiedReusableComponentActivity"
	ModifiedReusableComponentImplementedTaskActivity ActivityName = "ModifiedReusableComponentImplementedTaskActivity"
	ModifiedReusableComponentIntroducedTaskActivity  ActivityName = "ModifiedReusableComponentIntroducedTaskActivity"
	ModifiedReusableComponentSurveyMappingActivity   ActivityName = "ModifiedReusableComponentSurveyMappingActivity"
	UserCreatedActivity                              ActivityName = "UserCreatedActivity"
)

// ActivityNames returns a new slice with the names that have a constant, in alphabetical order.
func ActivityNames() []ActivityName { return slices.Clone(activityNames) }

var activityNames = []ActivityName{
	AcceptedEulaActivity,
	ActivatedPhaseActivity,
	ActivatedReusableComponentActivity,
	ActivatedStandardActivity,
	ActivatedUserActivity,
	AddedGroupToGroupActivity,
	AddedGroupToProjectActivity,
	AddedNoteActivity,
	AddedProjectProblemActivity,
	AddedReusableComponentToProjectActivity,
	AddedTaskActivity,
	AddedUserToGroupActivity,
	AddedUserToProjectActivity,
	ArchivedApplicationActivity,
	ArchivedProjectActivity,
	AssignedUserToTaskActivity,
	ChangedBusinessUnitRiskPolicyActivity,
	ChangedBusinessUnitRiskPolicyToDefaultActivity,
	ChangedDefaultRiskPolicyActivity,
	ChangedGroupRoleInProjectActivity,
	ChangedProjectAnswerSurveyActivity,
	ChangedProjectRiskPolicyActivity,
	ChangedProjectSurveyActivity,
	ChangedUserRoleInProjectActivity,
	CompletedModuleActivity,
	ComponentAddedTaskActivity,
	ComponentMarkedImplementedTaskActivity,
	ComponentMarkedIntroducedTaskActivity,
	ComponentRevertedTaskActivity,
	ComponentsAddedGlobalActivity,
	ComponentsMarkedImplementedGlobalActivity,
	ComponentsMarkedIntroducedGlobalActivity,
	ComponentsRevertedGlobalActivity,
	CreatedApplicationActivity,
	CreatedBusinessUnitActivity,
	CreatedClassifiedProjectActivity,
	CreatedGroupActivity,
	CreatedPhaseActivity,
	CreatedProjectActivity,
	CreatedProjectProblemActivity,
	CreatedReportActivity,
	CreatedReusableComponentActivity,
	CreatedRiskPolicyActivity,
	CreatedStandardActivity,
	CreatedTaskActivity,
	CreatedUserActivity,
	DeactivatedPhaseActivity,
	DeactivatedReusableComponentActivity,
	DeactivatedStandardActivity,
	DeactivatedUserActivity,
	DeletedApplicationActivity,
	DeletedBusinessUnitActivity,
	DeletedGroupActivity,
	DeletedNoteActivity,
	DeletedPhaseActivity,
	DeletedProjectActivity,
	DeletedProjectProblemActivity,
	DeletedReportActivity,
	DeletedRiskPolicyActivity,
	DeletedStandardActivity,
	DeletedTaskActivity,
	DisableClassificationActivity,
	EnableClassificationActivity,
	GeneratedAPIv1TokenActivity,
	GeneratedAPIv2TokenActivity,
	ImportExportActivity,
	LockedProjectActivity,
	LockedProjectSurveyActivity,
	LoggedInActivity,
	LoggedOutActivity,
	MarkedTaskActivity,
	ModifiedApplicationActivity,
	ModifiedBusinessUnitActivity,
	ModifiedProjectActivity,
	ModifiedReusableComponentActivity,
	ModifiedReusableComponentImplementedTaskActivity,
	ModifiedReusableComponentIntroducedTaskActivity,
	ModifiedReusableComponentSurveyMappingActivity,
	UserCreatedActivity,
}
