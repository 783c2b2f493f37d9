package main

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/activity-sdk/activity/aspera"
)

// askLink requests a page of transfers without bounds, and looks for bounds in its link to the next
// page.
func (a *asperaProbe) askLink(ctx context.Context, s *service) finding {
	page := a.transfers(ctx, s, aspera.TransferQuery{PageSize: 1}, nil)
	switch {
	case !page.answered():
		return leavesOpen("transfers: " + page.failure())
	case !page.more():
		return leavesOpen("there are too few transfers for a second page")
	}
	if added := boundsOfLink(page.body); len(added) > 0 {
		return settles("the link adds "+strings.Join(added, " and "),
			"The SDK does not send bounds that only the link has: set Start and Stop in every query. Please share the report.")
	}
	return settles("the link adds no bounds", "A query needs no Start and no Stop.")
}

// boundsOfLink returns the names of the bounds in the link of a page.
func boundsOfLink(body []byte) (names []string) {
	var page struct{ Next json.RawMessage }
	var object struct{ Href string }
	if json.Unmarshal(body, &page) != nil {
		return nil
	}
	if json.Unmarshal(page.Next, &object) != nil {
		_ = json.Unmarshal(page.Next, &object.Href) // the SDK has read a link there
	}
	link, err := url.Parse(object.Href)
	if err != nil {
		return nil
	}
	for _, name := range []string{"start_time", "stop_time"} {
		if link.Query().Has(name) {
			names = append(names, name)
		}
	}
	return names
}
