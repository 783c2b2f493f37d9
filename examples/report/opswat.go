package main

import (
	"time"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// opswatSource is an account, or the fake of one.
type opswatSource struct{ client *opswat.Client }

// opswat returns the client of the account that is configured; nil if none is.
func (e environment) opswat() (*opswat.Client, error) {
	env, configured, err := e.config("OPSWAT_CLIENT_KEY", "OPSWAT_CLIENT_SECRET")
	if err != nil || !configured {
		return nil, err
	}
	return opswat.New(opswat.ClientCredentials(env["OPSWAT_CLIENT_KEY"], env["OPSWAT_CLIENT_SECRET"]), e.baseURL("OPSWAT_BASE_URL")...)
}

func connectOPSWAT(s settings) (source, error) {
	client, err := s.env.opswat()
	if err != nil {
		return source{}, err
	}
	if client == nil {
		// The blocked ones of 3000 rows fit the ten requests that the service allows at once, so
		// that there is nothing to wait for.
		o := opswatSource{opswattest.NewServer(opswattest.WithRows(3000)).Client()}
		return source{fake, endOfFakeOPSWAT, o.reports()}, nil
	}
	return source{"your account", time.Now(), opswatSource{client}.reports()}, nil
}

// endOfFakeOPSWAT is where the rows of the fake end.
var endOfFakeOPSWAT = time.Date(2018, time.May, 18, 10, 40, 1, 0, time.UTC)

func (o opswatSource) reports() []report {
	return []report{{"blocked", "what is blocked, and on which devices?", 7 * day, o.blocked}}
}
