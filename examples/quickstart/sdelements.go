package main

import (
	"context"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func (q *quickstart) sdelements(ctx context.Context) error {
	client, from, err := q.sdelementsClient()
	if err != nil {
		return err
	}
	activities := table[sdelements.Activity]{
		title: "SD Elements", vendor: "sdelements", list: "activities", source: from,
		header: []string{"id", "date (UTC)", "name", "actor", "text"},
		row: func(a sdelements.Activity) []string {
			return []string{strconv.FormatInt(a.ID, 10), timeText(a.Date), string(a.Name), strconv.FormatInt(a.Actor, 10), a.Text}
		},
	}
	query := sdelements.ActivityQuery{DateFrom: from.start}
	if err := printList(ctx, q, client.Activities(query), activities); err != nil || q.json {
		return err
	}
	activities.list = "logins only"
	query.Name = sdelements.LoggedInActivity
	return printList(ctx, q, client.Activities(query), activities)
}

func (q *quickstart) sdelementsClient() (*sdelements.Client, source, error) {
	env, err := q.env.Required([]string{"SDELEMENTS_BASE_URL", "SDELEMENTS_TOKEN"})
	if err != nil {
		return nil, source{}, err
	}
	if env == nil {
		return sdelementstest.NewServer(sdelementstest.WithRows(450)).Client(), fake(time.Time{}), nil
	}
	client, err := sdelements.New(env["SDELEMENTS_BASE_URL"], sdelements.Token(env["SDELEMENTS_TOKEN"]))
	return client, q.service(env["SDELEMENTS_BASE_URL"]), err
}
