package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity/snaplogic"
)

// snapLogicMost is the largest limit that the vendor documents.
const snapLogicMost = 100_000

// snapLogicFar is how long a list is that shows something about far offsets.
const snapLogicFar = 5_000

// limit asks for few activities with the largest limit, once it is known that they are few.
func (p *snapLogicProbe) limit(ctx context.Context, s *service) finding {
	a := p.sample(ctx, s)
	if a.problem != "" {
		return a.openList()
	}
	meaning := a.meaning(snapLogicPage)
	most, accepted := p.most(ctx, s)
	largest := "the limit 100,000 is accepted"
	follows := "ActivityQuery.PageSize may be 100,000. The SDK does not read the limit of an answer."
	switch {
	case most.refusal != 0:
		largest = fmt.Sprintf("the limit 100,000 is refused with status %d", most.refusal)
		follows = "ActivityQuery.PageSize has to be less than 100,000. Its default of 1,000 is accepted."
	case !accepted:
		largest = "whether the limit 100,000 is accepted was not seen: " + most.problem
		follows = "The SDK does not read the limit of an answer."
	case meaning == "" || most.limit >= 0:
		meaning = most.meaning(snapLogicMost)
	}
	capped := a.total > snapLogicPage && len(a.rows) < snapLogicPage
	if capped {
		largest += fmt.Sprintf("; of %d that were asked for, %d came, and %d were there: the service lists no more at once", snapLogicPage, len(a.rows), a.total)
		follows = fmt.Sprintf("An ActivityQuery.PageSize of more than %d is of no use. It costs no activities.", len(a.rows))
	}
	answer := strings.TrimPrefix(meaning+"; "+largest, "; ")
	// Few activities come within a limit that is cut, too.
	switch shown := most.refusal != 0 || capped; {
	case shown && meaning != "":
		return settles(answer, follows)
	case shown || accepted || meaning != "":
		return suggests(answer, follows)
	}
	return leavesOpen(answer)
}

// most asks for few activities with the largest limit, and reports whether it was accepted. If that
// was not seen, the answer's problem says why.
func (p *snapLogicProbe) most(ctx context.Context, s *service) (most snapLogicAnswer, accepted bool) {
	row, ok := p.loneliest(p.old(), func(snaplogic.Activity) bool { return true })
	if !ok {
		return snapLogicAnswer{problem: "there is no activity to ask for with it"}, false
	}
	at := row.CreateTime.UnixMilli()
	span := []string{"start", snapLogicMillis(at - snapLogicNear), "end", snapLogicMillis(at + snapLogicNear)}
	few := p.get(ctx, s, append(span, "limit", "10")...)
	switch {
	case few.problem != "":
		return snapLogicAnswer{problem: few.problem}, false
	case few.total < 0 || few.total > snapLogicPage:
		return snapLogicAnswer{problem: "the answer could have been long"}, false
	}
	most = p.get(ctx, s, append(span, "limit", strconv.Itoa(snapLogicMost))...)
	if most.problem == "" && !most.has(row.ID) {
		most.problem = "the answer did not show what it had to"
	}
	return most, most.problem == ""
}

// meaning says what the limit in an answer is, where that can be told.
func (a snapLogicAnswer) meaning(asked int) string {
	switch rows := len(a.rows); {
	case a.limit < 0:
		return "the answer has no limit"
	case a.limit == rows && (asked == rows || a.total > rows):
		return "" // what was asked for, what came, and the most that the service lists: all may be
	case a.limit == asked:
		return fmt.Sprintf("the limit in the answer is the one that was asked for: %d, where %d came", a.limit, rows)
	case a.limit == rows:
		return fmt.Sprintf("the limit in the answer is the number of activities that came: %d, where %d were asked for", a.limit, asked)
	default:
		return fmt.Sprintf("the limit in the answer is neither what was asked for nor how many came: %d, where %d were asked for and %d came", a.limit, asked, rows)
	}
}

// offset asks for a row near the end of the list and for one beyond it.
func (p *snapLogicProbe) offset(ctx context.Context, s *service) finding {
	a := p.sample(ctx, s)
	if a.problem != "" {
		return a.openList()
	}
	if a.total < 0 {
		return leavesOpen("the answers have no total, so that the end of the list is unknown")
	}
	page := func(offset int) snapLogicAnswer {
		return p.get(ctx, s, "end", snapLogicMillis(p.end.UnixMilli()), "limit", "1", "offset", strconv.Itoa(offset))
	}
	beyond := page(a.total + 10)
	const shorter = "Read long lists in shorter spans between ActivityQuery.Start and End. A feed does that by itself."
	if a.total > 1 {
		// Rows at the very end may be removed at any time, since they are the oldest.
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
	say := settles
	if a.total < snapLogicFar {
		say = suggests
	}
	switch list := fmt.Sprintf("beyond a list of %d, ", a.total); {
	case beyond.refusal != 0:
		return say(fmt.Sprintf("%sthe offset %d is refused with status %d", list, a.total+10, beyond.refusal),
			"A list of which many activities vanish while it is read may end with ErrInvalid: read it again.")
	case beyond.problem != "":
		return beyond.openList()
	case len(beyond.rows) == 0:
		return say(list+"the page is empty", "That is what the SDK expects. There is nothing to set.")
	default:
		return say(list+"activities are listed all the same",
			"Page.Total may be less than a list has. The SDK reads on until a page brings nothing new.")
	}
}
