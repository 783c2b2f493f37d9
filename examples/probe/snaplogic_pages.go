package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity/snaplogic"
)

// snapLogicLargestLimit is the largest limit that the vendor documents.
const snapLogicLargestLimit = 100_000

// snapLogicLongList is how long a list must be to show something about large offsets.
const snapLogicLongList = 5_000

// limit requests a few activities with the largest limit, after checking that they are few.
func (p *snapLogicProbe) limit(ctx context.Context, s *service, a snapLogicAnswer) finding {
	meaning := a.limitMeaning(snapLogicPage)
	most, accepted := p.askLargestLimit(ctx, s)
	largest := "the limit 100,000 is accepted"
	follows := "ActivityQuery.PageSize may be 100,000. The SDK does not read the limit of an answer."
	switch {
	case most.refusal != 0:
		largest = fmt.Sprintf("the limit 100,000 is refused with status %d", most.refusal)
		follows = "ActivityQuery.PageSize must be less than 100,000. Its default of 1,000 is accepted."
	case !accepted:
		largest = "whether the limit 100,000 is accepted was not seen: " + most.problem
		follows = "The SDK does not read the limit of an answer."
	case meaning == "" || most.limit >= 0:
		meaning = most.limitMeaning(snapLogicLargestLimit)
	}
	capped := a.total > snapLogicPage && len(a.rows) < snapLogicPage
	if capped {
		largest += fmt.Sprintf("; %d were requested, %d came, and %d were there: the service lists no more at once", snapLogicPage, len(a.rows), a.total)
		follows = fmt.Sprintf("An ActivityQuery.PageSize above %d has no effect, and loses nothing.", len(a.rows))
	}
	answer := strings.TrimPrefix(meaning+"; "+largest, "; ")
	// A reduced limit would return a few activities, too.
	switch shown := most.refusal != 0 || capped; {
	case shown && meaning != "":
		return settles(answer, follows)
	case shown || accepted || meaning != "":
		return suggests(answer, follows)
	}
	return leavesOpen(answer)
}

// askLargestLimit requests a few activities with the largest limit, and reports whether it was
// accepted. If that is unknown, the answer's problem is the reason.
func (p *snapLogicProbe) askLargestLimit(ctx context.Context, s *service) (most snapLogicAnswer, accepted bool) {
	row, ok := p.mostIsolated(p.searchable(), func(snaplogic.Activity) bool { return true })
	if !ok {
		return snapLogicAnswer{problem: "there is no activity to request with it"}, false
	}
	at := row.CreateTime.UnixMilli()
	span := []string{"start", snapLogicMillis(at - snapLogicMargin), "end", snapLogicMillis(at + snapLogicMargin)}
	few := p.get(ctx, s, append(span, "limit", "10")...)
	switch {
	case few.problem != "":
		return snapLogicAnswer{problem: few.problem}, false
	case few.total < 0 || few.total > snapLogicPage:
		return snapLogicAnswer{problem: "the answer could have been long"}, false
	}
	most = p.get(ctx, s, append(span, "limit", strconv.Itoa(snapLogicLargestLimit))...)
	if most.problem == "" && !most.has(row.ID) {
		most.problem = "the answer lacks an activity that it must have"
	}
	return most, most.problem == ""
}

// limitMeaning returns what the limit in an answer means, or "" if that is unclear.
func (a snapLogicAnswer) limitMeaning(asked int) string {
	switch rows := len(a.rows); {
	case a.limit < 0:
		return "the answer has no limit"
	case a.limit == rows && (asked == rows || a.total > rows):
		return "" // it may be the limit of the request, the number of rows, or the most that the service lists
	case a.limit == asked:
		return fmt.Sprintf("the limit in the answer is that of the request: %d, with %s", a.limit, activities(rows))
	case a.limit == rows:
		return fmt.Sprintf("the limit in the answer is the number of its activities: %d, where %d were requested", a.limit, asked)
	default:
		return fmt.Sprintf("the limit in the answer is neither that of the request nor the number of its activities: %d, where %d were requested and %d came", a.limit, asked, rows)
	}
}

// offset requests a row near the end of the list, and one beyond it.
func (p *snapLogicProbe) offset(ctx context.Context, s *service, a snapLogicAnswer) finding {
	if a.total < 0 {
		return leavesOpen("the answers have no total, so that the end of the list is unknown")
	}
	page := func(offset int) snapLogicAnswer {
		return p.get(ctx, s, "end", snapLogicMillis(p.end.UnixMilli()), "limit", "1", "offset", strconv.Itoa(offset))
	}
	beyond := page(a.total + 10)
	const shorter = "Split a long list into shorter spans between ActivityQuery.Start and End. A feed does that by itself."
	if a.total > 1 {
		// The service may remove the oldest rows, at the very end, at any time.
		near := max(a.total-50, 1)
		inside := page(near)
		if (inside.refusal != 0 || len(inside.rows) == 0) && len(page(0).rows) == 0 {
			return leavesOpen("the list could not be read at its beginning either")
		}
		switch {
		case inside.refusal != 0:
			return settles(fmt.Sprintf("the offset %d is refused with status %d, although the list has %d", near, inside.refusal, a.total), shorter)
		case inside.problem != "":
			return inside.openList()
		case len(inside.rows) == 0:
			return suggests(fmt.Sprintf("the offset %d lists nothing, although the list has %d", near, a.total),
				"A list ends with ErrListChanged there. "+shorter)
		}
	}
	conclude := settles
	if a.total < snapLogicLongList {
		conclude = suggests
	}
	switch list := fmt.Sprintf("beyond a list of %d, ", a.total); {
	case beyond.refusal != 0:
		return conclude(fmt.Sprintf("%sthe offset %d is refused with status %d", list, a.total+10, beyond.refusal),
			"A list may end with ErrInvalid if many activities vanish while it is read: read it again.")
	case beyond.problem != "":
		return beyond.openList()
	case len(beyond.rows) == 0:
		return conclude(list+"the page is empty", "That is what the SDK expects. There is nothing to set.")
	default:
		return conclude(list+"activities are still listed",
			"Page.Total may be too small. The SDK reads on until a page has nothing new.")
	}
}
