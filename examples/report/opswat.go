package main

import (
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

var opswatVariables = []string{"OPSWAT_CLIENT_KEY", "OPSWAT_CLIENT_SECRET"}

// opswatSource is an account, the fake of one, or what a collector stored of one.
type opswatSource struct {
	activities func(opswat.ActivityQuery) activity.List[opswat.Activity]
	zone       string // in which the times are read
}

// opswat returns the client of the account that is configured; nil if none is.
func (e environment) opswat() (*opswat.Client, error) {
	env, configured, err := e.config(opswatVariables)
	if err != nil || !configured {
		return nil, err
	}
	return opswat.New(opswat.ClientCredentials(env["OPSWAT_CLIENT_KEY"], env["OPSWAT_CLIENT_SECRET"]), e.baseURL("OPSWAT_BASE_URL")...)
}

func opswatService(s settings) (source, error) {
	client, err := s.env.opswat()
	if err != nil {
		return source{}, err
	}
	return source{where: "your account", now: time.Now(), reports: opswatSource{client.Activities, "as UTC"}.reports()}, nil
}

// opswatFake has no quota on either side: 3000 rows would take six minutes of the service's.
func opswatFake(settings) source {
	client := opswattest.NewServer(opswattest.WithRows(3000), opswattest.WithoutQuota()).Client(activity.WithRateLimit(1000, 1000))
	return source{where: fake, now: endOfFakeOPSWAT, reports: opswatSource{client.Activities, "as UTC"}.reports()}
}

func opswatRecorded(s settings) source {
	o := opswatSource{zone: "in the zone that the collector was told"}
	o.activities = func(q opswat.ActivityQuery) activity.List[opswat.Activity] {
		return s.file.OPSWAT(q.StartDate, q.EndDate)
	}
	return source{reports: o.reports()}
}

// endOfFakeOPSWAT is where the rows of the fake end.
var endOfFakeOPSWAT = time.Date(2018, time.May, 18, 10, 40, 1, 0, time.UTC)

func (o opswatSource) reports() []report {
	return []report{{"blocked", "what is blocked, and on which devices?", 7 * day, o.blocked}}
}
