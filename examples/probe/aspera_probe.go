package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// asperaProbe is what the questions about Aspera on Cloud share.
type asperaProbe struct {
	client       *aspera.Client
	organization aspera.Resource // set by prepare
	bySelf       bool            // the organization's id comes from /api/v1/self

	start, stop time.Time  // the bounds of the sample; zero: none
	sample      asperaPage // of transfers

	refused map[string]bool     // endpoints that answered 401, by name
	cached  map[string]exchange // samples of the other endpoints, by name
}

// asperaPreparation is the number of requests for prepare and tokens: one for a token, two for the
// id, two for the sample. An endpoint that answers 401 costs a new token and a second request, and
// is not asked again.
var asperaPreparation = 5 + 2*len(asperaEndpoints)

// asperaPage is a page of transfers with its exchange.
type asperaPage struct {
	exchange
	activity.Page[aspera.Transfer]
}

// answered reports whether the exchange returned a page.
func (p asperaPage) answered() bool { return p.status == http.StatusOK && p.err == nil }

// more reports whether the page has a link to a next one.
func (p asperaPage) more() bool { return p.Next != "" }

// failure returns why there is no page.
func (p asperaPage) failure() string { return outcomeOf(p.exchange) }

// outcomeOf returns the result of a request in the probe's own words.
func outcomeOf(e exchange) string {
	result, _ := outcome(e)
	return result
}

const (
	sampleRows = 100                 // known to work: the vendor's own client uses it
	sampleTime = 90 * 24 * time.Hour // within the span that the service accepts, according to the manual of aspera-cli
)

// prepare finds the organization and reads a sample of its transfers.
func (a *asperaProbe) prepare(ctx context.Context, s *service) error {
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

// transfers requests a page of transfers. instead, if set, replaces the query.
func (a *asperaProbe) transfers(ctx context.Context, s *service, q aspera.TransferQuery, instead *string) asperaPage {
	return a.page(ctx, s, a.organization.Transfers(q), "", instead)
}

// page requests the page of a list of transfers at a cursor.
func (a *asperaProbe) page(ctx context.Context, s *service, of activity.List[aspera.Transfer], at activity.Cursor, instead *string) asperaPage {
	var p asperaPage
	p.exchange = s.send(ctx, request{query: instead, call: a.guard("transfers", func(ctx context.Context) (err error) {
		p.Page, err = of.Page(ctx, at)
		return err
	})})
	if !p.answered() {
		p.Page = activity.Page[aspera.Transfer]{Total: -1}
	}
	return p
}

// guard returns a call to an endpoint that is skipped once the endpoint has refused the token. Each
// call would otherwise cost a new token and a second request.
func (a *asperaProbe) guard(name string, call func(ctx context.Context) error) func(ctx context.Context) error {
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

// call returns the SDK's call to an endpoint, for at most a number of rows.
func (a *asperaProbe) call(e asperaEndpoint, rows int) func(ctx context.Context) error {
	return a.guard(e.name, func(ctx context.Context) error { return e.send(ctx, a, rows) })
}

// sampleOf returns a sample of an endpoint, which it requests once: within the time of the sample
// of transfers, and without parameters if that has no rows.
func (a *asperaProbe) sampleOf(ctx context.Context, s *service, e asperaEndpoint) exchange {
	if e.name == "transfers" {
		s.exchanges = append(s.exchanges, a.sample.exchange)
		return a.sample.exchange
	}
	if kept, ok := a.cached[e.name]; ok {
		return kept
	}
	got := s.send(ctx, request{call: a.call(e, sampleRows)})
	if e.hasSpan && !e.hasRows(got) {
		if other := s.send(ctx, request{query: new(""), call: a.call(e, sampleRows)}); other.status == http.StatusOK {
			got = other
		}
	}
	a.cached[e.name] = got
	return got
}

// example returns a transfer of the sample that has a UUID. It prefers one with two directions, and
// then one that is over.
func (a *asperaProbe) example() (t aspera.Transfer, twice bool) {
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
