package main

import (
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/internal/environment"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

var sdElementsVariables = []string{"SDELEMENTS_BASE_URL", "SDELEMENTS_TOKEN"}

// sdElementsSource reads a tenant, its fake, or what a collector stored of it.
type sdElementsSource struct {
	activities func(sdelements.ActivityQuery) activity.List[sdelements.Activity]
}

// sdElementsClient returns a client of the configured server and its address, or nil if none is
// configured.
func sdElementsClient(v environment.Variables) (*sdelements.Client, string, error) {
	env, err := v.Required(sdElementsVariables)
	if err != nil || env == nil {
		return nil, "", err
	}
	client, err := sdelements.New(env["SDELEMENTS_BASE_URL"], sdelements.Token(env["SDELEMENTS_TOKEN"]))
	return client, env["SDELEMENTS_BASE_URL"], err
}

func sdElementsService(s settings) (source, error) {
	client, address, err := sdElementsClient(s.env)
	if err != nil {
		return source{}, err
	}
	return source{where: address, now: time.Now(), reports: sdElementsSource{client.Activities}.reports()}, nil
}

func sdElementsFake(settings) source {
	client := sdelementstest.NewServer(sdelementstest.WithRows(3000)).Client()
	return source{where: fake, now: endOfFakeSDElements, reports: sdElementsSource{client.Activities}.reports()}
}

func sdElementsRecorded(s settings) source {
	return source{reports: sdElementsSource{func(q sdelements.ActivityQuery) activity.List[sdelements.Activity] {
		return s.file.SDElements(q.DateFrom, q.DateTo)
	}}.reports()}
}

// endOfFakeSDElements is the time at which the dense rows of the fake end. The vendor's own samples
// are spread over the weeks before.
var endOfFakeSDElements = time.Date(2016, time.March, 30, 18, 0, 0, 0, time.UTC)

func (e sdElementsSource) reports() []report {
	return []report{{"projects", "who works on which project?", 7 * day, e.projects}}
}
