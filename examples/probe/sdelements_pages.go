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

func (d *sdElementsProbe) pageSize(ctx context.Context, s *service) finding {
	one := d.once(ctx, s, "activities/", "page_size", "1")
	if one.listed && len(one.rows) != 1 {
		return settles(fmt.Sprintf("the service ignores page_size: 1 returns %s and %d returns %d",
			activities(len(one.rows)), d.size, len(d.newest.rows)),
			"Nothing is lost. ActivityQuery.PageSize does not work.")
	}
	return joinFindings(d.smallestPage(one), d.largestPage(ctx, s))
}

func (d *sdElementsProbe) smallestPage(one sdElementsAnswer) finding {
	if !one.listed {
		return leavesOpen("1 cannot be requested: " + one.problem())
	}
	return settles("1 returns 1 activity", "")
}

func (d *sdElementsProbe) largestPage(ctx context.Context, s *service) finding {
	const larger, most = "A larger ActivityQuery.PageSize does not make pages larger; nothing is lost.", "ActivityQuery.PageSize may be %d, which takes fewer requests than the default of 100."
	n := len(d.newest.rows)
	got := fmt.Sprintf("%d returns %s", d.size, activities(n))
	switch {
	case n > d.size:
		return settles(got+": the service ignores page_size", "Nothing is lost.")
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
	got += fmt.Sprintf("; %d returns %s", sdElementsHugePage, activities(m))
	switch {
	case !huge.listed && huge.refuses():
		return settles(fmt.Sprintf("%d returns %d; %d is refused with status 400", d.size, n, sdElementsHugePage), fmt.Sprintf(most, d.size))
	case !huge.listed:
		return suggests(fmt.Sprintf("%d returns %d; whether %d works is open: %s", d.size, n, sdElementsHugePage, huge.problem()), fmt.Sprintf(most, d.size))
	case m >= sdElementsHugePage:
		return settles(got, fmt.Sprintf(most, sdElementsHugePage))
	case huge.more() && m < n:
		return settles(got+": a page_size that is too large returns even less", fmt.Sprintf(most, d.size)+" Do not set more.")
	case huge.more():
		return settles(got+", though more follow", fmt.Sprintf(most, m)+" "+larger)
	}
	return suggests(got+", which are all there are: no limit shows up to that", fmt.Sprintf(most, max(m, d.size)))
}

// sdElementsLastPage is a page beyond the end of any list.
const sdElementsLastPage = 1_000_000_000

func (d *sdElementsProbe) past(ctx context.Context, s *service) finding {
	// Every page has at least one activity. The margin allows for new activities.
	page := d.newest.count + 1002
	if d.newest.count < 0 || d.newest.count > sdElementsLastPage {
		page = sdElementsLastPage
	}
	a := d.get(ctx, s, "activities/", "page_size", strconv.Itoa(sdElementsSmallPage), "page", strconv.Itoa(page))
	switch {
	case !a.listed && a.status != http.StatusNotFound && !a.refuses():
		return leavesOpen("the page cannot be requested: " + a.problem())
	case a.listed && len(a.rows) == 0:
		return settles("status 200 and no activities", "The SDK ends the list there. There is nothing to set.")
	case a.listed:
		return settles(fmt.Sprintf("status 200 and %s: the service ignores the number", activities(len(a.rows))),
			"The SDK only follows links, and leaves out repeated activities.")
	case a.status == http.StatusNotFound && strings.Contains(a.problem(), sdElementsDetails[0]):
		return settles(a.problem(), "The SDK assumes this, and reads the page before it again. There is nothing to set.")
	}
	return settles(a.problem(), "The SDK expects status 404 with another text. If activities vanish while a list is read, the list ends "+
		"with an error: read it again. Please share the report.")
}

func (d *sdElementsProbe) links(ctx context.Context, s *service) finding {
	a := d.newest
	if a.next == "" {
		if a = d.once(ctx, s, "activities/", "page_size", "1"); !a.listed {
			return leavesOpen("no page with a link to the next can be read: " + a.problem())
		}
	}
	if a.next == "" {
		return leavesOpen("no page links to another")
	}
	u, err := url.Parse(a.next)
	const unused = "The SDK takes only the position of the next page from a link. There is nothing to set."
	switch {
	case err != nil:
		return leavesOpen("the link is no URL")
	case u.Host == "" && u.Scheme == "":
		return settles("yes: it has no scheme and no host", unused)
	}
	var differs []string
	if !strings.EqualFold(u.Scheme, d.base.Scheme) {
		differs = append(differs, "another scheme")
	}
	if hostWithPort(u) != hostWithPort(d.base) {
		differs = append(differs, "another host or port")
	}
	if len(differs) > 0 {
		return settles("no: it has "+strings.Join(differs, " and "), unused+" Your own programs must not send their key to that address.")
	}
	return settles("yes: it has the same scheme, host and port", unused)
}

// hostWithPort returns the host with its port, which is the default of the scheme if there is none.
func hostWithPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}
