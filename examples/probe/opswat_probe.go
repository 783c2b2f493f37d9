package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
)

// opswatProbe is what the questions to OPSWAT share: requests are scarce, so that one answer serves
// several.
type opswatProbe struct {
	wire    *wire
	pace    *opswatPace
	options []activity.Option
	connect func() (*opswat.Client, error) // makes a client that has no token yet
	client  *opswat.Client
	fresh   bool // the client has no token yet

	apart    time.Duration // between the requests for the first page and for recent
	from, to string        // the span of the first page, as it is sent

	newest *exchange // the first page
	recent *exchange // of opswat.zone
	alone  bool      // recent was asked for by a start date alone
	oneDay *exchange // of opswat.day
	target *opswatDay
	dated  bool // oneDay shows that dates are obeyed
	behind *opswatBehind

	zoned  bool          // the zone is settled
	offset time.Duration // of that zone, east of UTC
	rated  []opswatRate  // what the answers say about the quota
}

const (
	opswatPage = 50 // the largest that the vendor documents
	opswatMost = 8  // requests, in all and in any minute
	// opswatSpan is how far back the first page reaches, which has the newest activities in any
	// case.
	opswatSpan  = 90 * 24 * time.Hour
	opswatApart = 20 * time.Second
	opswatDate  = "01/02/2006"
)

func newOPSWATProbe(transport http.RoundTripper) *opswatProbe {
	now := time.Now().UTC()
	p := &opswatProbe{wire: new(wire), pace: newOPSWATPace(), fresh: true, apart: opswatApart,
		from: now.Add(-opswatSpan).Format(opswatDate),
		to:   now.AddDate(0, 0, 2).Format(opswatDate), // in every zone the end of the list, included or not
	}
	p.options = p.wire.options(opswatPacing{p.pace, opswatHeaderToken{transport}})
	p.wire.list = p.list
	return p
}

// list sends one request for activities, and notes what all questions may need of the answer.
func (p *opswatProbe) list(ctx context.Context) error {
	needs := 1
	if p.fresh {
		needs, p.fresh = 2, false
	}
	if err := p.pace.over(needs); err != nil {
		return err
	}
	if err := p.pace.room(ctx, needs); err != nil {
		return err
	}
	refused := new(bool)
	_, err := p.client.Activities(opswat.ActivityQuery{}).Collect(context.WithValue(ctx, opswatRefusedKey{}, refused), 1)
	if sent, ok := ctx.Value(pendingKey{}).(*pending); ok {
		if *refused {
			sent.exchange.status = http.StatusUnauthorized
			err = &activity.Error{Op: "list activities", Kind: activity.ErrUnauthorized, StatusCode: http.StatusUnauthorized}
		}
		e := sent.exchange
		if e.err = err; errors.Is(err, errOnce) {
			e.err = nil
		}
		p.note(e)
		if p.newest == nil && bytes.Equal(sent.request.body, p.listed(opswatPage, 1)) {
			p.newest = &e
		}
	}
	return err
}

// listed is the body that asks for a page of the newest activities.
func (p *opswatProbe) listed(limit, page int) []byte { return opswatBody(limit, page, p.from, p.to) }

// opswatBody is the body of a request. A date that is empty is left out.
func opswatBody(limit, page int, start, end string) []byte {
	members := []string{fmt.Sprintf(`"limit":%d,"page":%d`, limit, page)}
	for _, date := range [][2]string{{"start_date", start}, {"end_date", end}} {
		if date[1] != "" {
			members = append(members, fmt.Sprintf("%q:%q", date[0], date[1]))
		}
	}
	return []byte("{" + strings.Join(members, ",") + "}")
}

// first returns the answer with the newest activities, as the endpoint was asked for them.
func (p *opswatProbe) first(ctx context.Context, s *service) exchange {
	if p.newest == nil {
		if e := s.wire.ask(ctx, request{body: p.listed(opswatPage, 1)}); p.newest == nil {
			p.newest = &e
		}
	}
	return *p.newest
}

// later returns an answer with the newest activities that is 20 seconds younger. Where that can
// show something, it was asked for by a start date alone. An access that the user made is not to be
// lost by that, and takes some time to be listed.
func (p *opswatProbe) later(ctx context.Context, s *service, accessMade bool) exchange {
	if p.recent != nil {
		return *p.recent
	}
	since := p.first(ctx, s).sent
	if accessMade {
		since = time.Now()
	}
	p.wait(ctx, since.Add(p.apart))
	body := p.listed(opswatPage, 1)
	if _, ok := p.pastDefault(*p.newest); ok && !accessMade {
		p.alone, body = true, opswatBody(opswatPage, 1, p.from, "")
	}
	e := s.wire.ask(ctx, request{body: body})
	p.recent = &e
	return e
}

// spare reports whether one of the eight requests is left.
func (p *opswatProbe) spare() bool { return p.wire.sent() < opswatMost }

// opswatAllUsed is the finding of a question that would have to send a ninth.
func opswatAllUsed() finding {
	return leavesOpen("not asked: the other questions needed all of the eight requests")
}

// wait waits until then, or until the context ends; then the next request fails by itself. Where no
// request would be sent, it does not wait.
func (p *opswatProbe) wait(ctx context.Context, until time.Time) {
	if p.pace.over(1) != nil {
		return
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
