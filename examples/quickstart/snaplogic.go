package main

import (
	"context"
	"time"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func (q *quickstart) snaplogic(ctx context.Context) error {
	client, from, err := q.snaplogicClient()
	if err != nil {
		return err
	}
	activities := table[snaplogic.Activity]{
		title: "SnapLogic", vendor: "snaplogic", list: "activities", source: from,
		header: []string{"created (UTC)", "event", "by whom", "asset", "sentence"},
		row: func(a snaplogic.Activity) []string {
			return []string{timeText(a.CreateTime), string(a.EventType), a.ByWhom, a.AssetLabel, a.Sentence()}
		},
	}
	query := snaplogic.ActivityQuery{Start: from.start}
	if err := printList(ctx, q, client.Activities(query), activities); err != nil || q.json {
		return err
	}
	activities.list = "failed logins and lockouts only"
	query.EventTypes = []snaplogic.EventType{snaplogic.EventUserAuthFailure, snaplogic.EventUserLockout}
	return printList(ctx, q, client.Activities(query), activities)
}

func (q *quickstart) snaplogicClient() (*snaplogic.Client, source, error) {
	env, err := q.env.Required([]string{"SNAPLOGIC_ORGANIZATION", "SNAPLOGIC_USER", "SNAPLOGIC_PASSWORD"})
	if err != nil {
		return nil, source{}, err
	}
	if env == nil {
		return snaplogictest.NewServer(snaplogictest.WithRows(2500)).Client(), fake(time.Time{}), nil
	}
	client, err := snaplogic.New(env["SNAPLOGIC_ORGANIZATION"],
		snaplogic.Basic(env["SNAPLOGIC_USER"], env["SNAPLOGIC_PASSWORD"]), q.env.BaseURL("SNAPLOGIC_BASE_URL")...)
	return client, q.service(env["SNAPLOGIC_ORGANIZATION"]), err
}
