package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/internal/environment"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
)

const day = 24 * time.Hour

var asperaVariables = []string{"ASPERA_ORGANIZATION", "ASPERA_CLIENT_ID", "ASPERA_USER", "ASPERA_PRIVATE_KEY_FILE"}

// asperaSource reads an organization, its fakes, or what a collector stored of it.
type asperaSource struct {
	transfers func(tally.Span) activity.List[aspera.Transfer]
	events    func(tally.Span) activity.List[aspera.ApplicationEvent]
	volumes   func(context.Context, tally.Span) (volumes, error)
	files     *aspera.Client // nil for a collector's file, which has no permissions
	search    string         // the name of a file; "" if the user named none
	limit     float64        // of one user, in Mbit/s; 0 for no limit
}

// asperaClient returns a client of the configured organization and its name, or nil if none is
// configured.
func asperaClient(v environment.Variables) (*aspera.Client, string, error) {
	env, err := v.Required(asperaVariables)
	if err != nil || env == nil {
		return nil, "", err
	}
	key, err := os.ReadFile(env["ASPERA_PRIVATE_KEY_FILE"])
	if err != nil {
		return nil, "", fmt.Errorf("read ASPERA_PRIVATE_KEY_FILE: %w", err)
	}
	client, err := aspera.New(aspera.JWT(aspera.JWTConfig{
		Organization: env["ASPERA_ORGANIZATION"],
		ClientID:     env["ASPERA_CLIENT_ID"],
		ClientSecret: v("ASPERA_CLIENT_SECRET"),
		User:         env["ASPERA_USER"],
		PrivateKey:   key,
	}), v.BaseURL("ASPERA_BASE_URL")...)
	return client, env["ASPERA_ORGANIZATION"], err
}

func asperaService(s settings) (source, error) {
	client, organization, err := asperaClient(s.env)
	if err != nil {
		return source{}, err
	}
	a := asperaOf(client, client, client)
	a.search, a.limit = s.search, s.limit
	return source{where: organization, now: time.Now(), reports: a.reports()}, nil
}

// asperaFake sets a file name and a limit if the user set none, so that every report shows
// something.
func asperaFake(s settings) source {
	a := asperaOf(fakeTransfers().Client(), fakeFiles().Client(), fakeLogins().Client())
	a.search, a.limit = cmp.Or(s.search, "Merger"), cmp.Or(s.limit, 500)
	return source{where: fake, now: endOfFakeAspera, reports: a.reports()}
}

func asperaOf(transfers, files, events *aspera.Client) asperaSource {
	return asperaSource{
		transfers: func(span tally.Span) activity.List[aspera.Transfer] {
			return transfers.OwnOrganization().Transfers(aspera.TransferQuery{Start: span.From, Stop: span.Until})
		},
		events: func(span tally.Span) activity.List[aspera.ApplicationEvent] {
			return events.OwnOrganization().ApplicationEvents(aspera.EventQuery{Start: span.From, Stop: span.Until})
		},
		volumes: func(ctx context.Context, span tally.Span) (volumes, error) {
			usage, err := transfers.OwnOrganization().VolumeUsage(ctx, aspera.VolumeQuery{Start: span.From, Stop: span.Until})
			return volumes{tally.Volumes(usage), "workspace", "The vendor documents that the service returns bytes uploaded and downloaded, but neither " +
				"how it breaks them down nor the members of the response: the SDK guesses those of workspaces and of the two figures. 1 GB is " +
				"10^9 bytes."}, err
		},
		files: files,
	}
}

func asperaRecorded(s settings) source {
	a := asperaSource{
		transfers: func(span tally.Span) activity.List[aspera.Transfer] { return s.file.Transfers(span.From, span.Until) },
		events: func(span tally.Span) activity.List[aspera.ApplicationEvent] {
			return s.file.ApplicationEvents(span.From, span.Until)
		},
		volumes: func(ctx context.Context, span tally.Span) (volumes, error) {
			sums, err := tally.ServerVolumesOf(ctx, s.file.Transfers(span.From, span.Until))
			return volumes{sums, "server", "Transfers do not name their workspace, so this report counts by server. It counts the " +
				"transfers that began in this time, each in the last state that was collected. It infers that what a server receives is an " +
				"upload. A session that the service lists on both sides counts on both. 1 GB is 10^9 bytes."}, err
		},
		search: s.search,
		limit:  s.limit,
	}
	return source{reports: a.reports()}
}

// reports are the use cases in the vendor's documentation.
func (a asperaSource) reports() []report {
	return []report{
		{"bandwidth", "who uses excessive bandwidth?", 7 * day, a.bandwidth},
		{"volume", "which workspaces move the most data?", 28 * day, a.volume},
		{"access", "who has access to a file?", 28 * day, a.access},
		{"logins", "does a user log in often enough?", 56 * day, a.logins},
	}
}
