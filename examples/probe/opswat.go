package main

import (
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/internal/environment"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func connectOPSWAT(v environment.Variables) (*service, error) {
	env, err := v.Required([]string{"OPSWAT_CLIENT_KEY", "OPSWAT_CLIENT_SECRET"})
	if err != nil || env == nil {
		return nil, err
	}
	p := newOPSWATProbe(newTransport())
	options := append(p.options, v.BaseURL("OPSWAT_BASE_URL")...)
	p.connect = func() (*opswat.Client, error) {
		return opswat.New(opswat.ClientCredentials(env["OPSWAT_CLIENT_KEY"], env["OPSWAT_CLIENT_SECRET"]), options...)
	}
	if p.client, err = p.connect(); err != nil {
		return nil, err
	}
	return p.service("your account; takes about a minute; stop other programs that use it", false), nil
}

// fakeOPSWAT returns a fake with activities of the last days. Those that the fake generates are of
// 2018, and show nothing about clocks. It needs no interval between requests.
func fakeOPSWAT() *service {
	server := opswattest.NewServer()
	actions := []opswat.Action{opswat.ActionAllowed, opswat.ActionAllowed, opswat.ActionBlocked, "monitored_allow"}
	for i := range 40 {
		server.Add(opswat.Activity{
			Timestamp: time.Now().Add(-time.Minute - time.Duration(i)*100*time.Minute),
			Action:    actions[i%len(actions)],
			DeviceID:  "DEV001EXMPL", AppUser: "ada@example.com", AppName: "Salesforce",
		})
	}
	p := newFakeOPSWATProbe(server)
	p.interval = 0
	return p.service("embedded fake", true)
}

func fakeOPSWATOf(server *opswattest.Server, options ...activity.Option) *service {
	return newFakeOPSWATProbe(server, options...).service("embedded fake", true)
}

func newFakeOPSWATProbe(server *opswattest.Server, options ...activity.Option) *opswatProbe {
	p := newOPSWATProbe(server.Transport())
	options = slices.Concat(p.options, options)
	p.connect = func() (*opswat.Client, error) { return server.Client(options...), nil }
	p.client, _ = p.connect() // a fake panics instead of returning an error
	return p
}

func (p *opswatProbe) service(where string, fake bool) *service {
	return &service{
		name: "opswat", title: "OPSWAT Central Management", where: where, fake: fake, sender: p.sender,
		preparation: 1, // a token
		endpoints:   []endpoint{{name: "activities", request: request{body: p.pageBody(opswatPageSize, 1)}}},
		questions:   p.questions(),
	}
}
