package main

import (
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/internal/environment"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

var snapLogicVariables = []string{"SNAPLOGIC_ORGANIZATION", "SNAPLOGIC_USER", "SNAPLOGIC_PASSWORD"}

// snapLogicSource reads an organization, its fake, or what a collector stored of it.
type snapLogicSource struct {
	activities     func(snaplogic.ActivityQuery) activity.List[snaplogic.Activity]
	space, project string // whose changes to list; "" for the project with the most changes
}

// snapLogicClient returns a client of the configured organization and its name, or nil if none is
// configured.
func snapLogicClient(v environment.Variables) (*snaplogic.Client, string, error) {
	env, err := v.Required(snapLogicVariables)
	if err != nil || env == nil {
		return nil, "", err
	}
	client, err := snaplogic.New(env["SNAPLOGIC_ORGANIZATION"], snaplogic.Basic(env["SNAPLOGIC_USER"], env["SNAPLOGIC_PASSWORD"]),
		v.BaseURL("SNAPLOGIC_BASE_URL")...)
	return client, env["SNAPLOGIC_ORGANIZATION"], err
}

func snapLogicService(s settings) (source, error) {
	client, organization, err := snapLogicClient(s.env)
	if err != nil {
		return source{}, err
	}
	return source{where: organization, now: time.Now(), reports: snapLogicSource{client.Activities, s.space, s.project}.reports()}, nil
}

func snapLogicFake(s settings) source {
	server := snaplogictest.NewServer(snaplogictest.WithRows(4000))
	server.Add(fakeBursts()...)
	l := snapLogicSource{server.Client().Activities, s.space, s.project}
	return source{where: fake, now: endOfFakeSnapLogic, reports: l.reports()}
}

// snapLogicRecorded filters records as the service does.
func snapLogicRecorded(s settings) source {
	l := snapLogicSource{space: s.space, project: s.project}
	l.activities = func(q snaplogic.ActivityQuery) activity.List[snaplogic.Activity] {
		return tally.Filter(s.file.SnapLogic(q.Start, q.End, q.EventTypes), func(a snaplogic.Activity) bool {
			return (q.ProjectSpace == "" || a.PartitionLabel == q.ProjectSpace) && (q.Project == "" || a.ProjectLabel == q.Project)
		})
	}
	return source{reports: l.reports()}
}

// endOfFakeSnapLogic is the time at which the rows of the fake end.
var endOfFakeSnapLogic = time.Date(2018, time.July, 4, 7, 0, 0, 0, time.UTC)

// fakeBursts returns two bursts of failed logins, since those that snaplogictest invents are spread
// out. A login follows the first burst.
func fakeBursts() []snaplogic.Activity {
	const guessed, locked = "chiara.conti@example.com", "oksana.bondar@example.com"
	var all []snaplogic.Activity
	add := func(kind snaplogic.EventType, user, address string, at time.Time) {
		all = append(all, snaplogic.Activity{ID: "b0" + at.Format("060102150405"), EventType: kind, ByWhom: user, UserID: user, IPAddress: address,
			CreateTime: at})
	}
	night := time.Date(2018, time.July, 3, 2, 11, 0, 0, time.UTC)
	for i := range 9 {
		add(snaplogic.EventUserAuthFailure, guessed, []string{"203.0.113.77", "203.0.113.78"}[i%2], night.Add(time.Duration(i)*37*time.Second))
	}
	add(snaplogic.EventSessionStart, guessed, "203.0.113.78", night.Add(9*time.Minute))
	morning := time.Date(2018, time.July, 2, 8, 3, 0, 0, time.UTC)
	for i := range 6 {
		add(snaplogic.EventUserAuthFailure, locked, "198.51.100.24", morning.Add(time.Duration(i)*21*time.Second))
	}
	add(snaplogic.EventUserLockout, locked, "198.51.100.24", morning.Add(3*time.Minute))
	return all
}

func (l snapLogicSource) reports() []report {
	return []report{
		{"changes", "who changed what in a project?", 7 * day, l.changes},
		{"failures", "whose logins fail?", 7 * day, l.failures},
	}
}
