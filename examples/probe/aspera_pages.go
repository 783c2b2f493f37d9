package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/activity-sdk/activity/aspera"
)

const lastPages = 3

// askLast finds what the last page of a list has instead of a link.
func (a *asperaProbe) askLast(ctx context.Context, s *service) finding {
	page := a.sample
	t, _ := a.example()
	list := a.organization.Transfers(aspera.TransferQuery{PageSize: sampleRows})
	for i := 0; ; i++ {
		if form, rows, is := lastPageForm(page.body); is && page.status == http.StatusOK {
			return lastFinding(form, rows == 0)
		}
		switch {
		case !page.answered():
			return leavesOpen("transfers: " + page.failure())
		case i == lastPages || t.SessionStart.IsZero():
			return leavesOpen(fmt.Sprintf("of %s, each has a link", plural(i+1, "page", "pages")))
		case !page.more():
			return leavesOpen("the answer has no array of transfers that the probe finds")
		case i == 0: // a span with few transfers has few pages
			list = a.organization.Transfers(transfersNear(t))
			page = a.page(ctx, s, list, "", nil)
		default:
			page = a.page(ctx, s, list, page.Next, nil)
		}
	}
}

// transfersNear returns the query for transfers that began about the same time as this one.
func transfersNear(t aspera.Transfer) aspera.TransferQuery {
	const aside = 3 * time.Minute // twice this is longer than the shortest span
	return aspera.TransferQuery{Start: t.SessionStart.Add(-aside), Stop: t.SessionStart.Add(aside), PageSize: sampleRows}
}

func lastFinding(form string, empty bool) finding {
	follows := "The SDK ends a list there."
	if strings.HasPrefix(form, "of another kind") {
		follows = "The SDK returns activity.ErrMalformed there, so that no list can be read to its end. Please share the report."
	}
	if form == "" {
		return leavesOpen("the answer is an array without anything around it, and so without a link")
	}
	if empty {
		return suggests("next is "+form+", on a page without transfers", follows)
	}
	return settles("next is "+form, follows)
}

// lastPageForm returns what the last page has instead of a link, and its number of rows. It reports
// false for a page that is not the last.
func lastPageForm(body []byte) (form string, rows int, is bool) {
	items, _, found := asperaArray{member: "transfers"}.rows(body)
	if found {
		form, is = linkForm(body)
	}
	return form, len(items), is
}

func linkForm(body []byte) (form string, is bool) {
	members := map[string]json.RawMessage{}
	if json.Unmarshal(body, &members) != nil {
		return "", true // an array
	}
	next, ok := members["next"]
	next = bytes.TrimSpace(next)
	var link map[string]json.RawMessage
	switch {
	case !ok:
		return "missing", true
	case string(next) == "null":
		return "null", true
	case string(next) == `""`:
		return "an empty string", true
	case bytes.HasPrefix(next, []byte{'"'}):
		return "", false
	case json.Unmarshal(next, &link) != nil:
		return "of another kind: " + fmt.Sprint(shapeOf(next)), true
	}
	switch href := bytes.TrimSpace(link["href"]); {
	case len(link) == 0:
		return "{}", true
	case href == nil:
		return "an object without href", true
	case string(href) == "null":
		return `{"href": null}`, true
	case string(href) == `""`:
		return `{"href": ""}`, true
	case href[0] != '"':
		return "of another kind: href is no string", true
	}
	return "", false
}

var asperaLimits = []int{1, 100, 1000, 10000}

// askLimit requests pages of several sizes.
func (a *asperaProbe) askLimit(ctx context.Context, s *service) finding {
	var results []string
	var follows string
	most, shown := 0, 0 // the largest limit that was obeyed, and the number of conclusive answers
	refused := false
	for _, limit := range asperaLimits {
		page := a.transfers(ctx, s, aspera.TransferQuery{Start: a.start, Stop: a.stop, PageSize: limit}, nil)
		n := len(page.Items)
		add := func(text string) { results = append(results, fmt.Sprintf("limit %d: %s", limit, text)) }
		switch {
		case page.status == http.StatusBadRequest || page.status == http.StatusUnprocessableEntity:
			add(fmt.Sprintf("refused (status %d)", page.status))
			shown++
			if !refused {
				follows = fmt.Sprintf("Do not set PageSize to %d or more: it is activity.ErrInvalid.", limit)
			}
			refused = true
		case len(page.body) >= maxBody:
			add("accepted, with an answer that is longer than the probe reads")
		case !page.answered():
			add(page.failure())
		case n > limit:
			add("ignored, " + rows(n))
			shown++
			follows = "The service ignores PageSize. Please share the report."
		case n == limit:
			add("obeyed, " + rows(n))
			shown++
			most = limit
		case page.more():
			add("accepted, but " + rows(n) + " and a link to more")
			shown++
			if follows == "" {
				follows = fmt.Sprintf("A PageSize over %d does not save requests.", n)
			}
		default:
			add("accepted, " + rows(n) + ", which are all")
		}
	}
	answer := strings.Join(results, "; ")
	if follows == "" && most > 0 {
		follows = fmt.Sprintf("PageSize may be up to %d.", most)
	}
	switch {
	case shown == len(asperaLimits):
		return settles(answer, follows)
	case most > 1 || refused && most > 0 || strings.Contains(follows, "does not save"):
		return suggests(answer, follows)
	default:
		return leavesOpen("there are too few transfers to show it: " + answer)
	}
}

func rows(n int) string { return plural(n, "row", "rows") }

// askTotal compares total_transfers of pages of different sizes.
func (a *asperaProbe) askTotal(ctx context.Context, s *service) finding {
	all, q := a.sample, aspera.TransferQuery{Start: a.start, Stop: a.stop}
	t, _ := a.example()
	if all.answered() && all.more() && !t.SessionStart.IsZero() {
		q = transfersNear(t)
		all = a.transfers(ctx, s, q, nil)
	}
	if !all.answered() {
		return leavesOpen("transfers: " + all.failure())
	}
	n := len(all.Items)
	switch {
	case n == 0:
		return leavesOpen("there are no transfers to count")
	case all.Total < 0:
		return settles("there is no total_transfers that is a number", "Page.Total is always -1.")
	case !all.more() && n < 2:
		return leavesOpen("there is only one transfer to count")
	}
	q.PageSize = 1
	list := a.organization.Transfers(q)
	first := a.page(ctx, s, list, "", nil)
	if !first.answered() {
		return leavesOpen("transfers, one a page: " + first.failure())
	}
	if len(first.Items) != 1 || !first.more() {
		return leavesOpen(fmt.Sprintf("a page of one transfer has %d, so that pages cannot be compared", len(first.Items)))
	}
	second := a.page(ctx, s, list, first.Next, nil)
	if !second.answered() {
		return leavesOpen("transfers, the second page: " + second.failure())
	}
	answer := fmt.Sprintf("total_transfers is %d on a page of %d, and %d and %d on the first two pages of one row each", all.Total, n, first.Total, second.Total)
	const right = "Page.Total counts the query, as the SDK assumes."
	const wrong = "Page.Total is not the number of transfers of the query. Please share the report."
	switch {
	case first.Total == 1 && second.Total == 1:
		return settles(answer+": it counts the page", wrong)
	case all.Total == first.Total && second.Total == first.Total-1:
		return settles(answer+": it counts what is left", wrong)
	case all.Total == first.Total && second.Total == first.Total && !all.more() && all.Total == n:
		return settles(answer+": it counts the query", right)
	case all.Total == first.Total && second.Total == first.Total && all.more() && all.Total > n:
		return suggests(answer+": it counts more than the page", right)
	default:
		return leavesOpen(answer + ", which fits neither")
	}
}
