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

// askLast looks at what the last page of a list has in place of the link.
func (a *asperaAccount) askLast(ctx context.Context, s *service) finding {
	page := a.sample
	t, _ := a.example()
	list := a.organization.Transfers(aspera.TransferQuery{PageSize: sampleRows})
	for i := 0; ; i++ {
		if form, rows, is := lastForm(page.body); is && page.status == http.StatusOK {
			return sayLast(form, rows == 0)
		}
		switch {
		case !page.answered():
			return leavesOpen("transfers: " + page.failure())
		case i == lastPages || t.SessionStart.IsZero():
			return leavesOpen(fmt.Sprintf("of %s, each has a link", number(i+1, "page", "pages")))
		case !page.more():
			return leavesOpen("the answer has no array of transfers that the probe finds")
		case i == 0: // few transfers, so that the end is near
			list = a.organization.Transfers(transfersNear(t))
			page = a.page(ctx, s, list, "", nil)
		default:
			page = a.page(ctx, s, list, page.Next, nil)
		}
	}
}

// transfersNear asks for the transfers that began about when this one did.
func transfersNear(t aspera.Transfer) aspera.TransferQuery {
	const aside = 3 * time.Minute // together more than the shortest span
	return aspera.TransferQuery{Start: t.SessionStart.Add(-aside), Stop: t.SessionStart.Add(aside), PageSize: sampleRows}
}

func sayLast(form string, empty bool) finding {
	follows := "The SDK ends a list there."
	if strings.HasPrefix(form, "of another kind") {
		follows = "The SDK fails there with activity.ErrMalformed, so that no list can be read to its end. Please share the report."
	}
	if form == "" {
		return leavesOpen("the answer is an array without anything around it, and so without a link")
	}
	if empty {
		return suggests("next is "+form+", on a page without transfers", follows)
	}
	return settles("next is "+form, follows)
}

// lastForm returns what the last page has for a link and how many rows, and whether the answer is a
// last page.
func lastForm(body []byte) (form string, rows int, is bool) {
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

// askLimit asks for pages of several sizes.
func (a *asperaAccount) askLimit(ctx context.Context, s *service) finding {
	var said []string
	var follows string
	most, shown := 0, 0 // the largest limit that was honoured, and how many answers told something
	refused := false
	for _, limit := range asperaLimits {
		page := a.transfers(ctx, s, aspera.TransferQuery{Start: a.start, Stop: a.stop, PageSize: limit}, nil)
		n := len(page.Items)
		say := func(text string) { said = append(said, fmt.Sprintf("limit %d: %s", limit, text)) }
		switch {
		case page.status == http.StatusBadRequest || page.status == http.StatusUnprocessableEntity:
			say(fmt.Sprintf("refused (status %d)", page.status))
			shown++
			if !refused {
				follows = fmt.Sprintf("Do not set PageSize to %d or more: it is activity.ErrInvalid.", limit)
			}
			refused = true
		case len(page.body) >= maxBody:
			say("taken, with an answer that is longer than the probe reads")
		case !page.answered():
			say(page.failure())
		case n > limit:
			say("not honoured, " + rows(n))
			shown++
			follows = "PageSize is not honoured. Please share the report."
		case n == limit:
			say("honoured, " + rows(n))
			shown++
			most = limit
		case page.more():
			say("taken, but " + rows(n) + " and a link to more")
			shown++
			if follows == "" {
				follows = fmt.Sprintf("A PageSize over %d does not need fewer requests.", n)
			}
		default:
			say("taken, " + rows(n) + ", which are all")
		}
	}
	answer := strings.Join(said, "; ")
	if follows == "" && most > 0 {
		follows = fmt.Sprintf("PageSize may be as large as %d.", most)
	}
	switch {
	case shown == len(asperaLimits):
		return settles(answer, follows)
	case most > 1 || refused && most > 0 || strings.Contains(follows, "does not need"):
		return suggests(answer, follows)
	default:
		return leavesOpen("there are too few transfers to tell: " + answer)
	}
}

// rows is a number of rows in words.
func rows(n int) string { return number(n, "row", "rows") }

// askTotal compares total_transfers of pages of different size.
func (a *asperaAccount) askTotal(ctx context.Context, s *service) finding {
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
	answer := fmt.Sprintf("total_transfers is %d on a page of %d, and %d and %d on the first two pages of one", all.Total, n, first.Total, second.Total)
	const right = "Page.Total counts the query, as the SDK says."
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
