package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
)

const day = 24 * time.Hour

var asperaVariables = []string{"ASPERA_ORGANIZATION", "ASPERA_CLIENT_ID", "ASPERA_USER", "ASPERA_PRIVATE_KEY_FILE"}

// asperaSource is an organization, the fakes of one, or what a collector stored of one.
type asperaSource struct {
	transfers func(tally.Span) activity.List[aspera.Transfer]
	events    func(tally.Span) activity.List[aspera.ApplicationEvent]
	volumes   func(context.Context, tally.Span) (volumes, error)
	files     *aspera.Client // nil: a file, which does not know who has access to what
	search    string         // the name of a file; "": the user named none
	limit     float64        // of one user, in Mbit/s; 0: none
}

// aspera returns the client of the organization that is configured, and its name; nil if none is.
func (e environment) aspera() (*aspera.Client, string, error) {
	env, configured, err := e.config(asperaVariables)
	if err != nil || !configured {
		return nil, "", err
	}
	key, err := os.ReadFile(env["ASPERA_PRIVATE_KEY_FILE"])
	if err != nil {
		return nil, "", fmt.Errorf("read ASPERA_PRIVATE_KEY_FILE: %w", err)
	}
	client, err := aspera.New(aspera.JWT(aspera.JWTConfig{
		Organization: env["ASPERA_ORGANIZATION"],
		ClientID:     env["ASPERA_CLIENT_ID"],
		ClientSecret: e("ASPERA_CLIENT_SECRET"),
		User:         env["ASPERA_USER"],
		PrivateKey:   key,
	}), e.baseURL("ASPERA_BASE_URL")...)
	return client, env["ASPERA_ORGANIZATION"], err
}

func asperaService(s settings) (source, error) {
	client, organization, err := s.env.aspera()
	if err != nil {
		return source{}, err
	}
	a := asperaOf(client, client, client)
	a.search, a.limit = s.search, s.limit
	return source{where: organization, now: time.Now(), reports: a.reports()}, nil
}

// asperaFake has a name to search for and a limit of its own, so that there is something to see.
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
			return volumes{tally.Volumes(usage), "workspace", "The service says that it lists bytes uploaded and downloaded. By what it breaks " +
				"them down, and how it names that, is not documented: workspaces, ids and the two figures are read from the members that the " +
				"SDK guesses. 1 GB is 10^9 bytes."}, err
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
			return volumes{sums, "server", "A transfer does not say to which workspace it belongs: the file knows the server alone. Counted are " +
				"transfers that began in this time, each in the last state in which it was collected. What a server receives is an upload, " +
				"which is inferred. A session that is listed on both sides counts on both. 1 GB is 10^9 bytes."}, err
		},
		search: s.search,
		limit:  s.limit,
	}
	return source{reports: a.reports()}
}

// reports are the use cases that the vendor's page names.
func (a asperaSource) reports() []report {
	return []report{
		{"bandwidth", "who uses excessive bandwidth?", 7 * day, a.bandwidth},
		{"volume", "which workspaces move most data?", 28 * day, a.volume},
		{"access", "who has access to a file?", 28 * day, a.access},
		{"logins", "does a user log in often enough?", 56 * day, a.logins},
	}
}
