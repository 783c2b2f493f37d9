package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// asperaAccount is what the questions about Aspera on Cloud share.
type asperaAccount struct {
	client       *aspera.Client
	organization aspera.Resource // set by prepare
	bySelf       bool            // the organization's id is that of /api/v1/self

	start, stop time.Time  // within which the sample lies; zero: no bounds
	sample      asperaPage // of transfers

	refused map[string]bool     // endpoints that answered 401, by name
	kept    map[string]exchange // samples of the other endpoints, by name
}

// asperaPreparation is what prepare and the tokens need: one for a token, two for the id, two for
// the sample. An endpoint that answers 401 is asked once more, with a new token, and then never
// again.
var asperaPreparation = 5 + 2*len(asperaEndpoints)

// asperaPage is a page of transfers, and how it came.
type asperaPage struct {
	exchange
	activity.Page[aspera.Transfer]
}

// answered reports whether the page is one.
func (p asperaPage) answered() bool { return p.status == http.StatusOK && p.err == nil }

// more reports whether the page has a link to a next one.
func (p asperaPage) more() bool { return p.Next != "" }

// failure says why there is no page.
func (p asperaPage) failure() string { return asperaFailure(p.exchange) }

// asperaFailure says in the probe's own words how a request ended.
func asperaFailure(e exchange) string {
	result, _ := judge(e)
	return result
}

const (
	sampleRows = 100                 // known to work: the vendor's own client asks for it
	sampleTime = 90 * 24 * time.Hour // within what the manual of aspera-cli says the service takes
)

// prepare finds the organization and reads a sample of its transfers.
func (a *asperaAccount) prepare(ctx context.Context, s *service) error {
	id, err := a.client.OrganizationID(ctx)
	if errors.Is(err, activity.ErrNotFound) || errors.Is(err, activity.ErrForbidden) || errors.Is(err, activity.ErrMalformed) {
		if self, otherErr := a.client.Self(ctx); otherErr == nil && self.OrganizationID != "" {
			id, err, a.bySelf = self.OrganizationID, nil, true
		}
	}
	if err != nil {
		return err
	}
	a.organization = a.client.Organization(id)
	a.stop = time.Now().UTC().Truncate(time.Second)
	a.start = a.stop.Add(-sampleTime)
	a.sample = a.transfers(ctx, s, aspera.TransferQuery{Start: a.start, Stop: a.stop, PageSize: sampleRows}, nil)
	if len(a.sample.Items) > 0 || a.refused["transfers"] {
		return ctx.Err()
	}
	anytime := a.transfers(ctx, s, aspera.TransferQuery{PageSize: sampleRows}, nil)
	if anytime.answered() && (len(anytime.Items) > 0 || !a.sample.answered()) {
		a.start, a.stop, a.sample = time.Time{}, time.Time{}, anytime
	}
	return ctx.Err()
}

// transfers asks for a page of transfers. instead, if there is one, is sent in place of the query.
func (a *asperaAccount) transfers(ctx context.Context, s *service, q aspera.TransferQuery, instead *string) asperaPage {
	return a.page(ctx, s, a.organization.Transfers(q), "", instead)
}

// page asks for the page of a list of transfers that a cursor names.
func (a *asperaAccount) page(ctx context.Context, s *service, of activity.List[aspera.Transfer], at activity.Cursor, instead *string) asperaPage {
	var p asperaPage
	p.exchange = s.ask(ctx, request{query: instead, call: a.guard("transfers", func(ctx context.Context) (err error) {
		p.Page, err = of.Page(ctx, at)
		return err
	})})
	if !p.answered() {
		p.Page = activity.Page[aspera.Transfer]{Total: -1}
	}
	return p
}

// guard returns a call to an endpoint, which is not made once the endpoint refused the token. Each
// such call would cost a new token and be made twice.
func (a *asperaAccount) guard(name string, call func(ctx context.Context) error) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		if a.refused[name] {
			return notAsked("the account may not read this")
		}
		err := call(ctx)
		if errors.Is(err, activity.ErrUnauthorized) {
			a.refused[name] = true
		}
		return err
	}
}

// call returns the SDK's call to an endpoint, for a number of rows at most.
func (a *asperaAccount) call(e asperaEndpoint, rows int) func(ctx context.Context) error {
	return a.guard(e.name, func(ctx context.Context) error { return e.send(ctx, a, rows) })
}

// look returns the sample of an endpoint, which is asked for once: within the time of the sample of
// transfers, and without any parameter if that has no rows.
func (a *asperaAccount) look(ctx context.Context, s *service, e asperaEndpoint) exchange {
	if e.name == "transfers" {
		s.asked = append(s.asked, a.sample.exchange)
		return a.sample.exchange
	}
	if kept, ok := a.kept[e.name]; ok {
		return kept
	}
	got := s.ask(ctx, request{call: a.call(e, sampleRows)})
	if e.hasSpan && !e.hasRows(got) {
		if other := s.ask(ctx, request{query: new(""), call: a.call(e, sampleRows)}); other.status == http.StatusOK {
			got = other
		}
	}
	a.kept[e.name] = got
	return got
}

// example returns a transfer of the sample that has a UUID: one that comes in two directions if
// there is one, or else one that is over.
func (a *asperaAccount) example() (t aspera.Transfer, twice bool) {
	seen := map[string]aspera.Transfer{}
	for _, item := range a.sample.Items {
		if item.UUID == "" {
			continue
		}
		if other, again := seen[item.UUID]; again && other.Direction != item.Direction {
			return item, true
		}
		seen[item.UUID] = item
		if t.UUID == "" || !t.Done() && item.Done() {
			t = item
		}
	}
	return t, false
}
