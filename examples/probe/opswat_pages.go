package main

import (
	"context"
	"fmt"
	"net/http"
)

func (p *opswatProbe) limit(ctx context.Context, s *service) finding {
	first := p.askFirstPage(ctx, s)
	e := s.send(ctx, request{body: p.pageBody(opswatPageSize+1, 1)})
	rows, listed := opswatRows(e)
	known, _ := opswatRows(first)
	const checks = "The SDK refuses a PageSize above 50 before it is sent. "
	switch {
	case e.status == http.StatusNotAcceptable:
		return settles("status 406, with "+describeBody(e), checks+"It reports 406 as a mistake of the caller. That is right.")
	case opswatRefused(e):
		return settles(fmt.Sprintf("status %d, with %s", e.status, describeBody(e)), checks+"That is right.")
	case !listed:
		return opswatUnreadable(e)
	case len(rows) > opswatPageSize:
		return settles(activities(len(rows)), checks+"Larger pages would need fewer requests. Please share the report.")
	case len(rows) == opswatPageSize && len(known) == opswatPageSize:
		return suggests("50 activities and no error, though more were requested", checks+"A larger one would change nothing.")
	}
	return leavesOpen(fmt.Sprintf("no error; the list has only %s, so that nothing shows whether a larger page works", activities(len(rows))))
}

// opswatPastEnd is the answer to a request for a page that should be past the end of a list.
type opswatPastEnd struct {
	exchange
	page  int
	short []opswatRow // the page before it, if that was short
}

// askPastEnd requests the page after a short one, or page 9999 if no page was short, once.
func (p *opswatProbe) askPastEnd(ctx context.Context, s *service) opswatPastEnd {
	if p.pastEnd != nil {
		return *p.pastEnd
	}
	first := p.askFirstPage(ctx, s)
	b := opswatPastEnd{page: 9999}
	body := p.pageBody(opswatPageSize, b.page)
	for _, known := range []*exchange{p.dayAnswer, &first} {
		if known == nil {
			continue
		}
		rows, ok := opswatRows(*known)
		if !ok || len(rows) == 0 || len(rows) >= opswatPageSize {
			continue
		}
		b.page, b.short = 2, rows
		if body = p.pageBody(opswatPageSize, 2); known == p.dayAnswer {
			body = opswatRequestBody(opswatPageSize, 2, p.chosenDay.start, p.chosenDay.end)
		}
		break
	}
	b.exchange = s.sender.send(ctx, request{body: body})
	p.pastEnd = &b
	return b
}

func (p *opswatProbe) end(ctx context.Context, s *service, _ exchange, _ []opswatRow) finding {
	b := p.askPastEnd(ctx, s)
	s.exchanges = append(s.exchanges, b.exchange)
	rows, listed := opswatRows(b.exchange)
	switch {
	case len(rows) > 0 && b.page == 2:
		return leavesOpen("the page after a short one is not past the end: it has activities")
	case len(rows) > 0:
		return settles(fmt.Sprintf("page %d has %s", b.page, activities(len(rows))), "The SDK would end such a list with ErrCursorLoop. Please share the report.")
	case b.status == http.StatusRequestEntityTooLarge:
		return settles(fmt.Sprintf("page %d: status 413, with %s", b.page, describeBody(b.exchange)), "The SDK ends the list there. That is right.")
	case listed:
		return settles(fmt.Sprintf("page %d: status %d and no activities", b.page, b.status), "The SDK ends the list there. That is right.")
	case opswatRefused(b.exchange):
		return settles(fmt.Sprintf("page %d: status %d, with %s", b.page, b.status, describeBody(b.exchange)),
			"The SDK takes it for a failure, so that every list ends with an error. Please share the report.")
	}
	return opswatUnreadable(b.exchange)
}

func (p *opswatProbe) short(ctx context.Context, s *service, _ exchange, _ []opswatRow) finding {
	b := p.askPastEnd(ctx, s)
	if b.short == nil {
		return leavesOpen("no page was short")
	}
	rows, listed := opswatRows(b.exchange)
	fresh := newRows(b.short, rows)
	switch {
	case !listed:
		return opswatUnreadable(b.exchange)
	case len(fresh) > 0 && latestTime(fresh).After(latestTime(b.short)):
		return leavesOpen("activities arrived meanwhile, so that it is unclear whether those after the short page were there before")
	case len(fresh) > 0:
		return settles(fmt.Sprintf("no: after a page with %d of %d activities there are others: %d", len(b.short), opswatPageSize, len(fresh)),
			"The SDK reads on after a short page. That is right.")
	}
	return suggests(fmt.Sprintf("yes: after a page with %d of %d activities there are no others", len(b.short), opswatPageSize),
		"The SDK reads on after a short page, which costs one request for each list. One list does not prove that this is unnecessary.")
}
