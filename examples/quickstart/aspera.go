package main

import (
	"context"
	"os"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func (q *quickstart) aspera(ctx context.Context) error {
	client, from, err := q.asperaClient()
	if err != nil {
		return err
	}
	transfers := table[aspera.Transfer]{
		title: "Aspera on Cloud", vendor: "aspera", list: "transfers", source: from,
		header: []string{"started (UTC)", "direction", "status", "bytes", "user", "content"},
		row: func(t aspera.Transfer) []string {
			return []string{timeText(t.SessionStart), string(t.Direction), string(t.Status), strconv.FormatInt(t.TransferredBytes, 10), t.UserEmail, t.Content}
		},
	}
	organization := client.OwnOrganization()
	query := aspera.TransferQuery{Start: from.start}
	if err := printList(ctx, q, organization.Transfers(query), transfers); err != nil || q.json {
		return err
	}
	transfers.list = "completed, direction send"
	query.Direction, query.Status = aspera.DirectionSend, aspera.StatusCompleted
	return printList(ctx, q, organization.Transfers(query), transfers)
}

func (q *quickstart) asperaClient() (*aspera.Client, source, error) {
	env, err := q.env.Required([]string{"ASPERA_ORGANIZATION", "ASPERA_CLIENT_ID", "ASPERA_USER", "ASPERA_PRIVATE_KEY_FILE"})
	if err != nil {
		return nil, source{}, err
	}
	if env == nil {
		return asperatest.NewServer(asperatest.WithRows(450)).Client(), fake(time.Time{}), nil
	}
	key, err := os.ReadFile(env["ASPERA_PRIVATE_KEY_FILE"])
	if err != nil {
		return nil, source{}, err
	}
	client, err := aspera.New(aspera.JWT(aspera.JWTConfig{
		Organization: env["ASPERA_ORGANIZATION"],
		ClientID:     env["ASPERA_CLIENT_ID"],
		ClientSecret: q.env("ASPERA_CLIENT_SECRET"),
		User:         env["ASPERA_USER"],
		PrivateKey:   key,
	}), q.env.BaseURL("ASPERA_BASE_URL")...)
	return client, q.service(env["ASPERA_ORGANIZATION"]), err
}
