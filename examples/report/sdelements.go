package main

import (
	"time"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// sdElementsSource is a tenant, or the fake of one.
type sdElementsSource struct{ client *sdelements.Client }

func connectSDElements(s settings) (source, error) {
	env, configured, err := s.env.config("SDELEMENTS_BASE_URL", "SDELEMENTS_TOKEN")
	if err != nil {
		return source{}, err
	}
	if !configured {
		e := sdElementsSource{sdelementstest.NewServer(sdelementstest.WithRows(3000)).Client()}
		return source{fake, endOfFakeSDElements, e.reports()}, nil
	}
	client, err := sdelements.New(env["SDELEMENTS_BASE_URL"], sdelements.Token(env["SDELEMENTS_TOKEN"]))
	if err != nil {
		return source{}, err
	}
	return source{env["SDELEMENTS_BASE_URL"], time.Now(), sdElementsSource{client}.reports()}, nil
}

// endOfFakeSDElements is where the dense rows of the fake end; the vendor's own samples are spread
// over the weeks behind.
var endOfFakeSDElements = time.Date(2016, time.March, 30, 18, 0, 0, 0, time.UTC)

func (e sdElementsSource) reports() []report {
	return []report{{"projects", "who works on which project?", 7 * day, e.projects}}
}
