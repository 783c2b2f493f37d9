package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const sdElementsHugePage = 10_000 // the largest that the SDK asks for

func (d *sdElements) pageSize(ctx context.Context, s *service) finding {
	if f, none := d.unread(2); none {
		return f
	}
	one := d.once(ctx, s, "activities/", "page_size", "1")
	if one.listed && len(one.rows) != 1 {
		return settles(fmt.Sprintf("page_size is not obeyed: 1 brings %s and %d brings %d",
			number(len(one.rows), "activity", "activities"), d.size, len(d.newest.rows)),
			"Nothing is lost. ActivityQuery.PageSize has no effect as it should.")
	}
	return d.join(d.smallestPage(one), d.largestPage(ctx, s))
}

func (d *sdElements) smallestPage(one sdElementsAnswer) finding {
	if !one.listed {
		return leavesOpen("1 cannot be asked for: " + one.problem())
	}
	return settles("1 brings 1 activity", "")
}

func (d *sdElements) largestPage(ctx context.Context, s *service) finding {
	const larger, most = "A larger ActivityQuery.PageSize brings no more on a page; nothing is lost.", "ActivityQuery.PageSize may be %d, which takes fewer requests than the default of 100."
	n := len(d.newest.rows)
	got := fmt.Sprintf("%d brings %s", d.size, number(n, "activity", "activities"))
	switch {
	case n > d.size:
		return settles(got+": page_size is not obeyed", "Nothing is lost.")
	case d.size < sdElementsLargePage:
		return settles(fmt.Sprintf("%d is refused with status 400; %s", sdElementsLargePage, got),
			fmt.Sprintf("Leave ActivityQuery.PageSize below %d.", sdElementsLargePage))
	case n < d.size && d.newest.more():
		return settles(got+", though more follow", larger)
	case !d.newest.more() && n <= sdElementsSmallPage:
		return leavesOpen(got + ", which are all there are")
	case !d.newest.more():
		return suggests(got+", which are all there are: no limit shows up to that", fmt.Sprintf(most, n))
	}
	huge := d.get(ctx, s, "activities/", "page_size", strconv.Itoa(sdElementsHugePage))
	m := len(huge.rows)
	got += fmt.Sprintf("; %d brings %s", sdElementsHugePage, number(m, "activity", "activities"))
	switch {
	case !huge.listed && huge.refuses():
		return settles(fmt.Sprintf("%d brings %d; %d is refused with status 400", d.size, n, sdElementsHugePage), fmt.Sprintf(most, d.size))
	case !huge.listed:
		return suggests(fmt.Sprintf("%d brings %d; whether %d works is open: %s", d.size, n, sdElementsHugePage, huge.problem()), fmt.Sprintf(most, d.size))
	case m >= sdElementsHugePage:
		return settles(got, fmt.Sprintf(most, sdElementsHugePage))
	case huge.more() && m < n:
		return settles(got+": a page_size that is too large brings even less", fmt.Sprintf(most, d.size)+" Leave it there.")
	case huge.more():
		return settles(got+", though more follow", fmt.Sprintf(most, m)+" "+larger)
	}
	return suggests(got+", which are all there are: no limit shows up to that", fmt.Sprintf(most, max(m, d.size)))
}

// sdElementsLastPage is behind all that any service has.
const sdElementsLastPage = 1_000_000_000

func (d *sdElements) past(ctx context.Context, s *service) finding {
	if f, none := d.unread(0); none {
		return f
	}
	// Every page has an activity at least, so this one lies behind all, also if some come in.
	page := d.newest.count + 1002
	if d.newest.count < 0 || d.newest.count > sdElementsLastPage {
		page = sdElementsLastPage
	}
	a := d.get(ctx, s, "activities/", "page_size", strconv.Itoa(sdElementsSmallPage), "page", strconv.Itoa(page))
	switch {
	case !a.listed && a.status != http.StatusNotFound && !a.refuses():
		return leavesOpen("the page cannot be asked for: " + a.problem())
	case a.listed && len(a.rows) == 0:
		return settles("status 200 and no activities", "The SDK takes that for the end of the list. Nothing is to be set.")
	case a.listed:
		return settles(fmt.Sprintf("status 200 and %s: the number is not obeyed", number(len(a.rows), "activity", "activities")),
			"The SDK only follows links, and leaves out what comes again.")
	case a.status == http.StatusNotFound && strings.Contains(a.problem(), sdElementsDetails[0]):
		return settles(a.problem(), "The SDK assumes so, and reads the page before it again. Nothing is to be set.")
	}
	return settles(a.problem(), "The SDK expects status 404 with another text. If activities vanish while a list is read, the list ends "+
		"with an error instead of being repaired: read it again. Please share the report.")
}

func (d *sdElements) links(ctx context.Context, s *service) finding {
	if f, none := d.unread(2); none {
		return f
	}
	a := d.newest
	if a.next == "" {
		if a = d.once(ctx, s, "activities/", "page_size", "1"); !a.listed {
			return leavesOpen("no page that others follow can be read: " + a.problem())
		}
	}
	if a.next == "" {
		return leavesOpen("no page links to another")
	}
	u, err := url.Parse(a.next)
	const unused = "The SDK takes only the place of the next page from a link. Nothing is to be set."
	switch {
	case err != nil:
		return leavesOpen("the link is no address")
	case u.Host == "" && u.Scheme == "":
		return settles("the link has no scheme and no host", unused)
	}
	same := func(yes bool) string {
		if yes {
			return "yes"
		}
		return "no"
	}
	scheme, host := strings.EqualFold(u.Scheme, d.base.Scheme), strings.EqualFold(sdElementsHost(u), sdElementsHost(d.base))
	if !scheme || !host {
		return settles(fmt.Sprintf("the scheme is the same: %s; the host is the same: %s", same(scheme), same(host)),
			unused+" A program of your own must not send its key to that address.")
	}
	return settles("the scheme is the same: yes; the host is the same: yes", unused)
}

// sdElementsHost is the host with its port, which a scheme has even if none is written.
func sdElementsHost(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}
