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

// opswatProbe is what the questions about OPSWAT share. Requests are scarce, so that one answer
// serves several questions.
type opswatProbe struct {
	sender     *sender
	pace       *opswatPace
	options    []activity.Option
	connect    func() (*opswat.Client, error) // returns a client without a token
	client     *opswat.Client
	needsToken bool // the client has no token yet

	interval           time.Duration // between firstPage and secondAnswer
	startDate, endDate string        // the span of the first page, as it is sent

	firstPage     *exchange
	secondAnswer  *exchange // of opswat.zone
	startDateOnly bool      // secondAnswer was requested without an end date
	dayAnswer     *exchange // of opswat.day
	chosenDay     *opswatDay
	datesObeyed   bool // as dayAnswer shows
	pastEnd       *opswatPastEnd

	zoneKnown  bool
	zoneOffset time.Duration // east of UTC, if zoneKnown
	quotas     []opswatQuota // what the answers say about the quota
}

const (
	opswatPageSize    = 50 // the largest that the vendor documents
	opswatMaxRequests = 8  // in all, and in any minute
	// opswatHistory is how far back the first page reaches. It has the newest activities in any
	// case.
	opswatHistory    = 90 * 24 * time.Hour
	opswatInterval   = 20 * time.Second
	opswatDateLayout = "01/02/2006"
)

func newOPSWATProbe(transport http.RoundTripper) *opswatProbe {
	now := time.Now().UTC()
	p := &opswatProbe{sender: new(sender), pace: newOPSWATPace(), needsToken: true, interval: opswatInterval,
		startDate: now.Add(-opswatHistory).Format(opswatDateLayout),
		endDate:   now.AddDate(0, 0, 2).Format(opswatDateLayout), // after the newest activity in every zone, included or not
	}
	p.options = p.sender.options(opswatPacingTransport{p.pace, headerTokenTransport{transport}})
	p.sender.list = p.list
	return p
}

// list sends one request for activities. It keeps what questions need of the answer.
func (p *opswatProbe) list(ctx context.Context) error {
	needs := 1
	if p.needsToken {
		needs, p.needsToken = 2, false
	}
	if err := p.pace.exhausted(needs); err != nil {
		return err
	}
	if err := p.pace.waitTurn(ctx, needs); err != nil {
		return err
	}
	refused := new(bool)
	_, err := p.client.Activities(opswat.ActivityQuery{}).Collect(context.WithValue(ctx, tokenRefusedKey{}, refused), 1)
	if sent, ok := ctx.Value(pendingKey{}).(*pending); ok {
		if *refused {
			sent.exchange.status = http.StatusUnauthorized
			err = &activity.Error{Op: "list activities", Kind: activity.ErrUnauthorized, StatusCode: http.StatusUnauthorized}
		}
		e := sent.exchange
		if e.err = err; errors.Is(err, errOneRequest) {
			e.err = nil
		}
		p.noteQuota(e)
		if p.firstPage == nil && bytes.Equal(sent.request.body, p.pageBody(opswatPageSize, 1)) {
			p.firstPage = &e
		}
	}
	return err
}

// pageBody returns the body that requests a page of the newest activities.
func (p *opswatProbe) pageBody(limit, page int) []byte {
	return opswatRequestBody(limit, page, p.startDate, p.endDate)
}

// opswatRequestBody returns the body of a request. It leaves out an empty date.
func opswatRequestBody(limit, page int, start, end string) []byte {
	members := []string{fmt.Sprintf(`"limit":%d,"page":%d`, limit, page)}
	for _, date := range [][2]string{{"start_date", start}, {"end_date", end}} {
		if date[1] != "" {
			members = append(members, fmt.Sprintf("%q:%q", date[0], date[1]))
		}
	}
	return []byte("{" + strings.Join(members, ",") + "}")
}

// askFirstPage returns the answer with the newest activities, which the check of the endpoint has
// requested.
func (p *opswatProbe) askFirstPage(ctx context.Context, s *service) exchange {
	if p.firstPage == nil {
		if e := s.sender.send(ctx, request{body: p.pageBody(opswatPageSize, 1)}); p.firstPage == nil {
			p.firstPage = &e
		}
	}
	return *p.firstPage
}

// onFirstPage returns an asker that passes the first page and its activities on. The question stays
// open if that page cannot be read.
func (p *opswatProbe) onFirstPage(ask func(ctx context.Context, s *service, first exchange, rows []opswatRow) finding) asker {
	return func(ctx context.Context, s *service) finding {
		first := p.askFirstPage(ctx, s)
		rows, ok := opswatRows(first)
		if !ok {
			return opswatUnreadable(first)
		}
		return ask(ctx, s, first, rows)
	}
}

// onFirstRows is onFirstPage for a question that needs activities and sends nothing.
func (p *opswatProbe) onFirstRows(ask func(rows []opswatRow) finding) asker {
	return p.onFirstPage(func(_ context.Context, _ *service, _ exchange, rows []opswatRow) finding {
		if len(rows) == 0 {
			return leavesOpen(opswatNoRows)
		}
		return ask(rows)
	})
}

const opswatNoRows = "there are no activities in the last 90 days"

// askAgain returns an answer with the newest activities that is at least 20 seconds younger than
// the first page. The request has no end date if that can show something, except after an access by
// the user: the answer must have its activity, which takes some time to be listed.
func (p *opswatProbe) askAgain(ctx context.Context, s *service, accessMade bool) exchange {
	if p.secondAnswer != nil {
		return *p.secondAnswer
	}
	since := p.askFirstPage(ctx, s).sent
	if accessMade {
		since = time.Now()
	}
	p.wait(ctx, since.Add(p.interval))
	body := p.pageBody(opswatPageSize, 1)
	if p.hasRowPastDefault(*p.firstPage) && !accessMade {
		p.startDateOnly, body = true, opswatRequestBody(opswatPageSize, 1, p.startDate, "")
	}
	e := s.sender.send(ctx, request{body: body})
	p.secondAnswer = &e
	return e
}

// hasRequestLeft reports whether one of the eight requests is left.
func (p *opswatProbe) hasRequestLeft() bool { return p.sender.sent() < opswatMaxRequests }

const opswatNoRequestLeft = "not asked: the other questions needed all of the eight requests"

// wait waits until a time, or until the context ends, in which case the next request fails. It does
// not wait if no request may be sent any more.
func (p *opswatProbe) wait(ctx context.Context, until time.Time) {
	if p.pace.exhausted(1) != nil {
		return
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
