package main

import (
	"time"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// sdElementsSource is a tenant, or the fake of one.
type sdElementsSource struct{ client *sdelements.Client }

// sdelements returns the client of the server that is configured, and its address; nil if none is.
func (e environment) sdelements() (*sdelements.Client, string, error) {
	env, configured, err := e.config("SDELEMENTS_BASE_URL", "SDELEMENTS_TOKEN")
	if err != nil || !configured {
		return nil, "", err
	}
	client, err := sdelements.New(env["SDELEMENTS_BASE_URL"], sdelements.Token(env["SDELEMENTS_TOKEN"]))
	return client, env["SDELEMENTS_BASE_URL"], err
}

func connectSDElements(s settings) (source, error) {
	client, address, err := s.env.sdelements()
	if err != nil {
		return source{}, err
	}
	if client == nil {
		e := sdElementsSource{sdelementstest.NewServer(sdelementstest.WithRows(3000)).Client()}
		return source{fake, endOfFakeSDElements, e.reports()}, nil
	}
	return source{address, time.Now(), sdElementsSource{client}.reports()}, nil
}

// endOfFakeSDElements is where the dense rows of the fake end; the vendor's own samples are spread
// over the weeks behind.
var endOfFakeSDElements = time.Date(2016, time.March, 30, 18, 0, 0, 0, time.UTC)

func (e sdElementsSource) reports() []report {
	return []report{{"projects", "who works on which project?", 7 * day, e.projects}}
}
