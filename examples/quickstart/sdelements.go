package main

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func (q *quickstart) sdelements(ctx context.Context) error {
	client, from, where, err := q.sdelementsClient()
	if err != nil {
		return err
	}
	activities := table[sdelements.Activity]{
		vendor: "SD Elements", name: "sdelements", list: "activities", where: where, tenant: where != fake,
		header: []string{"id", "date (UTC)", "name", "actor", "text"},
		row: func(a sdelements.Activity) []string {
			return []string{strconv.FormatInt(a.ID, 10), when(a.Date), string(a.Name), strconv.FormatInt(a.Actor, 10), a.Text}
		},
		raw: func(a sdelements.Activity) json.RawMessage { return a.Raw },
	}
	if err := walk(ctx, q, client.Activities(sdelements.ActivityQuery{DateFrom: from}), activities); err != nil || q.json {
		return err
	}
	activities.list = "logins only"
	return walk(ctx, q, client.Activities(sdelements.ActivityQuery{DateFrom: from, Name: sdelements.LoggedInActivity}), activities)
}

func (q *quickstart) sdelementsClient() (client *sdelements.Client, from time.Time, where string, err error) {
	env, configured, err := q.config("SDELEMENTS_BASE_URL", "SDELEMENTS_TOKEN")
	if err != nil {
		return nil, time.Time{}, "", err
	}
	if !configured {
		return sdelementstest.NewServer(sdelementstest.WithRows(450)).Client(), time.Time{}, fake, nil
	}
	client, err = sdelements.New(env["SDELEMENTS_BASE_URL"], sdelements.Token(env["SDELEMENTS_TOKEN"]))
	return client, time.Now().Add(-q.since), env["SDELEMENTS_BASE_URL"], err
}
