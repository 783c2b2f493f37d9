package main

import (
	"context"
	"os"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func connectAspera(e environment) (*service, error) {
	env, configured, err := e.config("ASPERA_ORGANIZATION", "ASPERA_CLIENT_ID", "ASPERA_USER", "ASPERA_PRIVATE_KEY_FILE")
	if err != nil || !configured {
		return nil, err
	}
	key, err := os.ReadFile(env["ASPERA_PRIVATE_KEY_FILE"])
	if err != nil {
		return nil, err
	}
	credentials := aspera.JWT(aspera.JWTConfig{
		Organization: env["ASPERA_ORGANIZATION"],
		ClientID:     env["ASPERA_CLIENT_ID"],
		ClientSecret: e("ASPERA_CLIENT_SECRET"),
		User:         env["ASPERA_USER"],
		PrivateKey:   key,
	})
	w := new(wire)
	// The service's limits are not known: two requests a second disturb nobody.
	options := append(w.options(nil), activity.WithRateLimit(2, 1))
	client, err := aspera.New(credentials, append(options, e.baseURL("ASPERA_BASE_URL")...)...)
	if err != nil {
		return nil, err
	}
	return asperaService(w, client, env["ASPERA_ORGANIZATION"]), nil
}

func fakeAspera() *service {
	now := time.Now().UTC().Truncate(time.Second)
	server := asperatest.NewServer(asperatest.WithRows(2500), asperatest.WithNewest(now.Add(-time.Hour)))
	// The invented times have microseconds, which the fake does not take as a bound.
	start := now.Add(-90 * time.Minute)
	server.Add(aspera.Transfer{UUID: "example", Direction: aspera.DirectionSend, Status: aspera.StatusCompleted,
		SessionStart: start, SessionStop: start.Add(20 * time.Second), UpdatedAt: start.Add(30 * time.Second)})
	return fakeAsperaOf(server)
}

func fakeAsperaOf(server *asperatest.Server, options ...activity.Option) *service {
	w := new(wire)
	s := asperaService(w, server.Client(append(w.options(server.Transport()), options...)...), "embedded fake")
	s.fake = true
	return s
}

func asperaService(w *wire, client *aspera.Client, where string) *service {
	a := &asperaAccount{client: client, refused: map[string]bool{}, kept: map[string]exchange{}}
	s := &service{
		name: "aspera", title: "Aspera on Cloud", where: where, wire: w,
		preparation: asperaPreparation,
		questions:   asperaQuestions(a),
	}
	s.prepare = func(ctx context.Context) error { return a.prepare(ctx, s) }
	for _, e := range asperaEndpoints {
		s.endpoints = append(s.endpoints, endpoint{name: e.name, request: request{call: a.call(e, 1)}})
	}
	return s
}

func asperaQuestions(a *asperaAccount) []question {
	return []question{
		{
			id:      "aspera.shapes",
			unknown: "what the members of the records are called, except those of transfers",
			why:     "fields of the SDK that are guesses stay zero, and only Raw has what the service sends",
			asked:   "each endpoint once, and once more without parameters if that has no rows; names are compared with the SDK's",
			cost:    2 * (len(asperaEndpoints) - 1), // the transfers are there already
			ask:     a.askShapes,
		},
		{
			id:      "aspera.events",
			unknown: "what the service calls the types of application events",
			why:     "ApplicationEvent.Event reports a type that the SDK does not know as KindOther",
			asked:   "up to three pages of application events",
			cost:    4,
			ask:     a.askEvents,
		},
		{
			id:      "aspera.last",
			unknown: "what the last page of a list has in place of the link to the next",
			why:     "a list ends where there is no link; a form that the SDK does not know is an error",
			asked:   "the last page of the transfers around one that is known",
			cost:    lastPages,
			ask:     a.askLast,
		},
		{
			id:      "aspera.limit",
			unknown: "how many rows a page may have",
			why:     "larger pages need fewer requests",
			asked:   "transfers with four limits",
			cost:    len(asperaLimits),
			ask:     a.askLimit,
		},
		{
			id:      "aspera.window",
			unknown: "which spans between start and stop the service accepts",
			why:     "Windows and feeds cut time into spans; one that is refused ends a round",
			asked:   "transfers with four spans that end now, one row each",
			cost:    len(asperaSpans),
			ask:     a.askWindow,
		},
		{
			id:      "aspera.start",
			unknown: "which time of a transfer start_time bounds, and whether a transfer of that very instant is included",
			why:     "slices of time that lie side by side lose or repeat what stands on their bounds",
			asked:   "bounds within and at the times of one transfer that is over",
			cost:    4,
			ask:     a.askStart,
		},
		{
			id:      "aspera.stop",
			unknown: "which time of a transfer stop_time bounds, and whether a transfer of that very instant is included",
			why:     "slices of time that lie side by side lose or repeat what stands on their bounds",
			asked:   "bounds within and at the times of one transfer that is over",
			cost:    4,
			ask:     a.askStop,
		},
		{
			id:      "aspera.order",
			unknown: "in which order transfers come",
			why:     "a reader who stops early gets those that come first",
			asked:   "the first page of the transfers, and those around the end of a week",
			cost:    2,
			ask:     a.askOrder,
		},
		{
			id:      "aspera.total",
			unknown: "whether total_transfers counts the query or the page",
			why:     "Page.Total is taken for the number of transfers of the query",
			asked:   "some transfers at once, and then one a page",
			cost:    4,
			ask:     a.askTotal,
		},
		{
			id:      "aspera.transfer",
			unknown: "whether a single transfer is bare or wrapped, and what comes for a UUID with two directions",
			why:     "a feed reads transfers that were not over again by their UUID",
			asked:   "one transfer by its UUID",
			cost:    1,
			ask:     a.askTransfer,
		},
		{
			id:      "aspera.filters",
			unknown: "whether the filters status and direction are honoured",
			why:     "a filter that the service ignores returns everything",
			asked:   "transfers with either filter",
			cost:    2,
			ask:     a.askFilters,
		},
		{
			id:      "aspera.throughput",
			unknown: "whether a transfer's throughput is in bits or in bytes per second",
			why:     "the one is eight times the other",
			asked:   "nothing more: bytes and durations of the transfers are there",
			ask:     a.askThroughput,
		},
		{
			id:      "aspera.direction",
			unknown: `whether "send" is a download or an upload`,
			why:     "Transfer.Event takes it for a download",
			asked:   "transfers, rates and volumes of the time of the largest transfer of either direction",
			cost:    8,
			ask:     a.askDirection,
		},
		{
			id:      "aspera.errors",
			unknown: "how the service refuses a request",
			why:     "a program tells by the kind of an error what to do",
			asked:   "a UUID that is none, one of no transfer, three limits that make no sense, and an unknown parameter",
			cost:    len(asperaMistakes),
			ask:     a.askErrors,
		},
		{
			id:      "aspera.search",
			unknown: "what the search parameter of file_access/search is called, if the endpoint is still there",
			why:     "a search by another name is refused, or finds everything",
			asked:   "a term that finds nothing, under several names",
			cost:    1 + len(searchNames),
			ask:     a.askSearch,
		},
	}
}
