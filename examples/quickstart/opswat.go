package main

import (
	"context"
	"time"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func (q *quickstart) opswat(ctx context.Context) error {
	client, from, err := q.opswatClient()
	if err != nil {
		return err
	}
	activities := table[opswat.Activity]{
		title: "OPSWAT Central Management", vendor: "opswat", list: "access activities", source: from,
		header: []string{"time (UTC)", "action", "device", "user", "application", "rule"},
		row: func(a opswat.Activity) []string {
			return []string{timeText(a.Timestamp), string(a.Action), a.DeviceName, a.AppUser, a.AppName, a.AccessRule}
		},
	}
	query := opswat.ActivityQuery{Age: q.since}
	if from.fake {
		query = opswat.ActivityQuery{StartDate: from.start, EndDate: time.Date(2018, time.May, 19, 0, 0, 0, 0, time.UTC)}
	}
	if err := printList(ctx, q, client.Activities(query), activities); err != nil || q.json {
		return err
	}
	activities.list = "blocked only"
	query.Actions = []opswat.Action{opswat.ActionBlocked}
	return printList(ctx, q, client.Activities(query), activities)
}

func (q *quickstart) opswatClient() (*opswat.Client, source, error) {
	env, err := q.env.Required([]string{"OPSWAT_CLIENT_KEY", "OPSWAT_CLIENT_SECRET"})
	if err != nil {
		return nil, source{}, err
	}
	if env == nil {
		// Both lists of 180 records take no more than the ten requests that the service allows at
		// once.
		start := time.Date(2018, time.January, 1, 0, 0, 0, 0, time.UTC)
		return opswattest.NewServer(opswattest.WithRows(180)).Client(), fake(start), nil
	}
	client, err := opswat.New(opswat.ClientCredentials(env["OPSWAT_CLIENT_KEY"], env["OPSWAT_CLIENT_SECRET"]), q.env.BaseURL("OPSWAT_BASE_URL")...)
	return client, q.service("your account"), err
}
