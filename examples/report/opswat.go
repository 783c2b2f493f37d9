package main

import (
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

var opswatVariables = []string{"OPSWAT_CLIENT_KEY", "OPSWAT_CLIENT_SECRET"}

// opswatSource reads an account, its fake, or what a collector stored of it.
type opswatSource struct {
	activities func(opswat.ActivityQuery) activity.List[opswat.Activity]
	zone       string // in which times are read, for a note
}

// opswatClient returns a client of the configured account, or nil if none is configured.
func opswatClient(s settings) (*opswat.Client, error) {
	env, err := s.env.Required(opswatVariables)
	if err != nil || env == nil {
		return nil, err
	}
	options := append(s.env.BaseURL("OPSWAT_BASE_URL"), activity.WithRateLimiter(s.quota))
	return opswat.New(opswat.ClientCredentials(env["OPSWAT_CLIENT_KEY"], env["OPSWAT_CLIENT_SECRET"]), options...)
}

func opswatService(s settings) (source, error) {
	client, err := opswatClient(s)
	if err != nil {
		return source{}, err
	}
	return source{where: "your account", now: time.Now(), reports: opswatSource{client.Activities, "as UTC"}.reports()}, nil
}

// opswatFake has no quota and no rate limit: with those of the service, 3000 rows take six minutes.
func opswatFake(settings) source {
	client := opswattest.NewServer(opswattest.WithRows(3000), opswattest.WithoutQuota()).Client(activity.WithRateLimit(1000, 1000))
	return source{where: fake, now: endOfFakeOPSWAT, reports: opswatSource{client.Activities, "as UTC"}.reports()}
}

func opswatRecorded(s settings) source {
	o := opswatSource{zone: "in the zone that the collector was configured with"}
	o.activities = func(q opswat.ActivityQuery) activity.List[opswat.Activity] {
		return s.file.OPSWAT(q.StartDate, q.EndDate)
	}
	return source{reports: o.reports()}
}

// endOfFakeOPSWAT is the time at which the rows of the fake end.
var endOfFakeOPSWAT = time.Date(2018, time.May, 18, 10, 40, 1, 0, time.UTC)

func (o opswatSource) reports() []report {
	return []report{{"blocked", "what is blocked, and on which devices?", 7 * day, o.blocked}}
}
