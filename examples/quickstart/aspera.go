package main

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func (q *quickstart) aspera(ctx context.Context) error {
	client, start, where, err := q.asperaClient()
	if err != nil {
		return err
	}
	transfers := table[aspera.Transfer]{
		vendor: "Aspera on Cloud", name: "aspera", list: "transfers", where: where, tenant: where != fake,
		header: []string{"started (UTC)", "direction", "status", "bytes", "user", "content"},
		row: func(t aspera.Transfer) []string {
			return []string{when(t.SessionStart), string(t.Direction), string(t.Status), strconv.FormatInt(t.TransferredBytes, 10), t.UserEmail, t.Content}
		},
		raw: func(t aspera.Transfer) json.RawMessage { return t.Raw },
	}
	organization := client.OwnOrganization()
	if err := walk(ctx, q, organization.Transfers(aspera.TransferQuery{Start: start}), transfers); err != nil || q.json {
		return err
	}
	transfers.list = "completed, direction send"
	return walk(ctx, q, organization.Transfers(aspera.TransferQuery{
		Start: start, Direction: aspera.DirectionSend, Status: aspera.StatusCompleted,
	}), transfers)
}

// fake is what a table says of a vendor without configuration.
const fake = "embedded fake"

func (q *quickstart) asperaClient() (client *aspera.Client, start time.Time, where string, err error) {
	env, configured, err := q.config("ASPERA_ORGANIZATION", "ASPERA_CLIENT_ID", "ASPERA_USER", "ASPERA_PRIVATE_KEY_FILE")
	if err != nil {
		return nil, time.Time{}, "", err
	}
	if !configured {
		return asperatest.NewServer(asperatest.WithRows(450)).Client(), time.Time{}, fake, nil
	}
	key, err := os.ReadFile(env["ASPERA_PRIVATE_KEY_FILE"])
	if err != nil {
		return nil, time.Time{}, "", err
	}
	client, err = aspera.New(aspera.JWT(aspera.JWTConfig{
		Organization: env["ASPERA_ORGANIZATION"],
		ClientID:     env["ASPERA_CLIENT_ID"],
		ClientSecret: q.getenv("ASPERA_CLIENT_SECRET"),
		User:         env["ASPERA_USER"],
		PrivateKey:   key,
	}), q.baseURL("ASPERA_BASE_URL")...)
	return client, time.Now().Add(-q.since), env["ASPERA_ORGANIZATION"], err
}

// baseURL is the option for an address of the user's, if there is one.
func (q *quickstart) baseURL(name string) []activity.Option {
	if address := q.getenv(name); address != "" {
		return []activity.Option{activity.WithBaseURL(address)}
	}
	return nil
}
