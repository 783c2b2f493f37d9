package main

import (
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

var sdElementsVariables = []string{"SDELEMENTS_BASE_URL", "SDELEMENTS_TOKEN"}

// sdElementsSource is a tenant, the fake of one, or what a collector stored of one.
type sdElementsSource struct {
	activities func(sdelements.ActivityQuery) activity.List[sdelements.Activity]
}

// sdelements returns the client of the server that is configured, and its address; nil if none is.
func (e environment) sdelements() (*sdelements.Client, string, error) {
	env, configured, err := e.config(sdElementsVariables)
	if err != nil || !configured {
		return nil, "", err
	}
	client, err := sdelements.New(env["SDELEMENTS_BASE_URL"], sdelements.Token(env["SDELEMENTS_TOKEN"]))
	return client, env["SDELEMENTS_BASE_URL"], err
}

func sdElementsService(s settings) (source, error) {
	client, address, err := s.env.sdelements()
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

// endOfFakeSDElements is where the dense rows of the fake end; the vendor's own samples are spread
// over the weeks behind.
var endOfFakeSDElements = time.Date(2016, time.March, 30, 18, 0, 0, 0, time.UTC)

func (e sdElementsSource) reports() []report {
	return []report{{"projects", "who works on which project?", 7 * day, e.projects}}
}
