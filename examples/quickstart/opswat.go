package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func (q *quickstart) opswat(ctx context.Context) error {
	client, query, where, err := q.opswatClient()
	if err != nil {
		return err
	}
	activities := table[opswat.Activity]{
		vendor: "OPSWAT Central Management", name: "opswat", list: "access activities", where: where, tenant: where != fake,
		header: []string{"time (UTC)", "action", "device", "user", "application", "rule"},
		row: func(a opswat.Activity) []string {
			return []string{when(a.Timestamp), string(a.Action), a.DeviceName, a.AppUser, a.AppName, a.AccessRule}
		},
		raw: func(a opswat.Activity) json.RawMessage { return a.Raw },
	}
	if err := walk(ctx, q, client.Activities(query), activities); err != nil || q.json {
		return err
	}
	activities.list = "blocked only"
	query.Actions = []opswat.Action{opswat.ActionBlocked}
	return walk(ctx, q, client.Activities(query), activities)
}

// opswatClient gives a client, and a query for the time that is to be read: the service looks back
// one day unless it is told.
func (q *quickstart) opswatClient() (client *opswat.Client, query opswat.ActivityQuery, where string, err error) {
	env, configured, err := q.config("OPSWAT_CLIENT_KEY", "OPSWAT_CLIENT_SECRET")
	if err != nil {
		return nil, query, "", err
	}
	if !configured {
		// 180 records: both walks together fit the ten requests that the service allows at once.
		query.StartDate = time.Date(2018, time.January, 1, 0, 0, 0, 0, time.UTC)
		query.EndDate = time.Date(2018, time.May, 19, 0, 0, 0, 0, time.UTC)
		return opswattest.NewServer(opswattest.WithRows(180)).Client(), query, fake, nil
	}
	query.Age = q.since
	client, err = opswat.New(opswat.ClientCredentials(env["OPSWAT_CLIENT_KEY"], env["OPSWAT_CLIENT_SECRET"]), q.baseURL("OPSWAT_BASE_URL")...)
	return client, query, "your account", err
}
