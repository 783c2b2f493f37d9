package main

import (
	"context"
	"fmt"
	"net/http"
)

func (p *opswatProbe) limit(ctx context.Context, s *service) finding {
	first := p.first(ctx, s)
	e := s.ask(ctx, request{body: p.listed(opswatPage+1, 1)})
	rows, listed := opswatAccesses(e)
	known, _ := opswatAccesses(first)
	const checks = "The SDK refuses a PageSize above 50 before it is sent. "
	switch {
	case e.status == http.StatusNotAcceptable:
		return settles("status 406, with "+opswatSays(e), checks+"It takes 406 for a mistake of the caller. That is right.")
	case opswatRefuses(e):
		return settles(fmt.Sprintf("status %d, with %s", e.status, opswatSays(e)), checks+"That is right.")
	case !listed:
		return opswatFails(e)
	case len(rows) > opswatPage:
		return settles(opswatCount(len(rows)), checks+"Pages could be larger, at fewer requests. Please share the report.")
	case len(rows) == opswatPage && len(known) == opswatPage:
		return suggests("50 activities and no error, though more were asked for", checks+"It would change nothing.")
	}
	return leavesOpen(fmt.Sprintf("no error; the list has only %s, so that a larger page does not show", opswatCount(len(rows))))
}

// opswatBehind is the answer for a page at or behind the end of a list.
type opswatBehind struct {
	exchange
	page  int            // that was asked for
	short []opswatAccess // the page before it, if that was short
}

// beyond asks for the page behind a short one, or for page 9999 if none was short, once.
func (p *opswatProbe) beyond(ctx context.Context, s *service) opswatBehind {
	if p.behind != nil {
		return *p.behind
	}
	first := p.first(ctx, s)
	b := opswatBehind{page: 9999}
	body := p.listed(opswatPage, b.page)
	for _, known := range []*exchange{p.oneDay, &first} {
		if known == nil {
			continue
		}
		rows, ok := opswatAccesses(*known)
		if !ok || len(rows) == 0 || len(rows) >= opswatPage {
			continue
		}
		b.page, b.short = 2, rows
		if body = p.listed(opswatPage, 2); known == p.oneDay {
			body = opswatBody(opswatPage, 2, p.target.start, p.target.end)
		}
		break
	}
	b.exchange = s.wire.ask(ctx, request{body: body})
	p.behind = &b
	return b
}

func (p *opswatProbe) end(ctx context.Context, s *service) finding {
	first := p.first(ctx, s)
	if _, ok := opswatAccesses(first); !ok {
		return opswatFails(first)
	}
	b := p.beyond(ctx, s)
	s.asked = append(s.asked, b.exchange)
	rows, listed := opswatAccesses(b.exchange)
	switch {
	case len(rows) > 0 && b.page == 2:
		return leavesOpen("the page behind a short one is not past the end: it has activities")
	case len(rows) > 0:
		return settles(fmt.Sprintf("page %d has %s", b.page, opswatCount(len(rows))), "The SDK would end such a list with ErrCursorLoop. Please share the report.")
	case b.status == http.StatusRequestEntityTooLarge:
		return settles(fmt.Sprintf("page %d: status 413, with %s", b.page, opswatSays(b.exchange)), "The SDK takes it for the end of the list. That is right.")
	case listed:
		return settles(fmt.Sprintf("page %d: status %d and no activities", b.page, b.status), "The SDK takes it for the end of the list. That is right.")
	case opswatRefuses(b.exchange):
		return settles(fmt.Sprintf("page %d: status %d, with %s", b.page, b.status, opswatSays(b.exchange)),
			"The SDK takes it for a failure, so that each list ends with an error. Please share the report.")
	}
	return opswatFails(b.exchange)
}

func (p *opswatProbe) short(ctx context.Context, s *service) finding {
	first := p.first(ctx, s)
	if _, ok := opswatAccesses(first); !ok {
		return opswatFails(first)
	}
	b := p.beyond(ctx, s)
	if b.short == nil {
		return leavesOpen("no page was short")
	}
	rows, listed := opswatAccesses(b.exchange)
	fresh := opswatNew(b.short, rows)
	switch {
	case !listed:
		return opswatFails(b.exchange)
	case len(fresh) > 0 && opswatLatest(fresh).After(opswatLatest(b.short)):
		return leavesOpen("activities arrived meanwhile, so that it does not show whether those behind the short page were there before")
	case len(fresh) > 0:
		return settles(fmt.Sprintf("no: behind a page with %d of %d activities there are others: %d", len(b.short), opswatPage, len(fresh)),
			"The SDK goes on behind a short page. That is right.")
	}
	return suggests(fmt.Sprintf("yes: behind a page with %d of %d activities there are no others", len(b.short), opswatPage),
		"The SDK goes on behind a short page, which costs one request for each list. One list does not prove that this is needless.")
}
