package main

import (
	"context"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/internal/environment"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func connectSnapLogic(v environment.Variables) (*service, error) {
	env, err := v.Required([]string{"SNAPLOGIC_ORGANIZATION", "SNAPLOGIC_USER", "SNAPLOGIC_PASSWORD"})
	if err != nil || env == nil {
		return nil, err
	}
	w := new(sender)
	client, err := snaplogic.New(env["SNAPLOGIC_ORGANIZATION"], snaplogic.Basic(env["SNAPLOGIC_USER"], env["SNAPLOGIC_PASSWORD"]),
		append(w.options(nil), v.BaseURL("SNAPLOGIC_BASE_URL")...)...)
	if err != nil {
		return nil, err
	}
	return snapLogicService(w, client, env["SNAPLOGIC_ORGANIZATION"]), nil
}

func fakeSnapLogic() *service {
	return fakeSnapLogicOf(snaplogictest.NewServer(snaplogictest.WithRows(2500)))
}

func fakeSnapLogicOf(server *snaplogictest.Server, options ...activity.Option) *service {
	w := new(sender)
	s := snapLogicService(w, server.Client(append(w.options(server.Transport()), options...)...), "embedded fake")
	s.fake = true
	return s
}

func snapLogicService(w *sender, client *snaplogic.Client, where string) *service {
	w.list = func(ctx context.Context) error {
		_, err := client.Activities(snaplogic.ActivityQuery{Start: time.Now().Add(-time.Hour), PageSize: 1}).Collect(ctx, 1)
		return err
	}
	return &service{
		name: "snaplogic", title: "SnapLogic", where: where, sender: w,
		endpoints: []endpoint{{name: "activities"}},
		questions: snapLogicQuestions(),
	}
}
