package main

import (
	"context"
	"os"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/examples/internal/environment"
)

func connectAspera(v environment.Variables) (*service, error) {
	env, err := v.Required([]string{"ASPERA_ORGANIZATION", "ASPERA_CLIENT_ID", "ASPERA_USER", "ASPERA_PRIVATE_KEY_FILE"})
	if err != nil || env == nil {
		return nil, err
	}
	key, err := os.ReadFile(env["ASPERA_PRIVATE_KEY_FILE"])
	if err != nil {
		return nil, err
	}
	credentials := aspera.JWT(aspera.JWTConfig{
		Organization: env["ASPERA_ORGANIZATION"],
		ClientID:     env["ASPERA_CLIENT_ID"],
		ClientSecret: v("ASPERA_CLIENT_SECRET"),
		User:         env["ASPERA_USER"],
		PrivateKey:   key,
	})
	w := new(sender)
	// The service's limits are unknown: two requests a second should disturb nobody.
	options := append(w.options(nil), activity.WithRateLimit(2, 1))
	client, err := aspera.New(credentials, append(options, v.BaseURL("ASPERA_BASE_URL")...)...)
	if err != nil {
		return nil, err
	}
	return asperaService(w, client, env["ASPERA_ORGANIZATION"]), nil
}

func fakeAspera() *service {
	now := time.Now().UTC().Truncate(time.Second)
	server := asperatest.NewServer(asperatest.WithRows(2500), asperatest.WithNewest(now.Add(-time.Hour)))
	// The generated times have microseconds, which the fake refuses as a bound.
	start := now.Add(-90 * time.Minute)
	server.Add(aspera.Transfer{UUID: "example", Direction: aspera.DirectionSend, Status: aspera.StatusCompleted,
		SessionStart: start, SessionStop: start.Add(20 * time.Second), UpdatedAt: start.Add(30 * time.Second)})
	return fakeAsperaOf(server)
}

func fakeAsperaOf(server *asperatest.Server, options ...activity.Option) *service {
	w := new(sender)
	s := asperaService(w, server.Client(append(w.options(server.Transport()), options...)...), "embedded fake")
	s.fake = true
	return s
}

func asperaService(w *sender, client *aspera.Client, where string) *service {
	a := &asperaProbe{client: client, refused: map[string]bool{}, cached: map[string]exchange{}}
	s := &service{
		name: "aspera", title: "Aspera on Cloud", where: where, sender: w,
		preparation: asperaPreparation,
		questions:   asperaQuestions(a),
	}
	s.prepare = func(ctx context.Context) error { return a.prepare(ctx, s) }
	for _, e := range asperaEndpoints {
		s.endpoints = append(s.endpoints, endpoint{name: e.name, request: request{call: a.call(e, 1)}})
	}
	return s
}
