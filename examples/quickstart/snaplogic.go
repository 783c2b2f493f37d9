package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func (q *quickstart) snaplogic(ctx context.Context) error {
	client, start, where, err := q.snaplogicClient()
	if err != nil {
		return err
	}
	activities := table[snaplogic.Activity]{
		vendor: "SnapLogic", name: "snaplogic", list: "activities", where: where, tenant: where != fake,
		header: []string{"created (UTC)", "event", "by whom", "asset", "sentence"},
		row: func(a snaplogic.Activity) []string {
			return []string{when(a.CreateTime), string(a.EventType), a.ByWhom, a.AssetLabel, a.Sentence()}
		},
		raw: func(a snaplogic.Activity) json.RawMessage { return a.Raw },
	}
	if err := walk(ctx, q, client.Activities(snaplogic.ActivityQuery{Start: start}), activities); err != nil || q.json {
		return err
	}
	activities.list = "failed logins and lockouts only"
	return walk(ctx, q, client.Activities(snaplogic.ActivityQuery{
		Start:      start,
		EventTypes: []snaplogic.EventType{snaplogic.EventUserAuthFailure, snaplogic.EventUserLockout},
	}), activities)
}

func (q *quickstart) snaplogicClient() (client *snaplogic.Client, start time.Time, where string, err error) {
	env, configured, err := q.config("SNAPLOGIC_ORGANIZATION", "SNAPLOGIC_USER", "SNAPLOGIC_PASSWORD")
	if err != nil {
		return nil, time.Time{}, "", err
	}
	if !configured {
		return snaplogictest.NewServer(snaplogictest.WithRows(2500)).Client(), time.Time{}, fake, nil
	}
	client, err = snaplogic.New(env["SNAPLOGIC_ORGANIZATION"],
		snaplogic.Basic(env["SNAPLOGIC_USER"], env["SNAPLOGIC_PASSWORD"]), q.baseURL("SNAPLOGIC_BASE_URL")...)
	return client, time.Now().Add(-q.since), env["SNAPLOGIC_ORGANIZATION"], err
}
