package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity/aspera"
)

// askFilters asks for the transfers of one direction and of one status.
func (a *asperaAccount) askFilters(ctx context.Context, s *service) finding {
	if !a.sample.answered() {
		return leavesOpen("transfers: " + a.sample.failure())
	}
	if len(a.sample.Items) == 0 {
		return leavesOpen("the account shows no transfers")
	}
	direction := a.askFilter(ctx, s, "direction", []string{"send", "receive"}, func(t aspera.Transfer) string { return string(t.Direction) })
	status := a.askFilter(ctx, s, "status", []string{"completed", "failed"}, func(t aspera.Transfer) string { return string(t.Status) })
	answer := direction.answer + "; " + status.answer
	follows := strings.TrimSpace(direction.follows + " " + status.follows)
	switch {
	case direction.certainty == settled && status.certainty == settled:
		return settles(answer, follows)
	case direction.certainty == open && status.certainty == open:
		return leavesOpen(answer)
	default:
		return suggests(answer, follows)
	}
}

// askFilter asks for the rarest value of the sample, or for another one where the sample has but
// one.
func (a *asperaAccount) askFilter(ctx context.Context, s *service, name string, usual []string, of func(aspera.Transfer) string) finding {
	counts := map[string]int{}
	for _, t := range a.sample.Items {
		counts[of(t)]++
	}
	values := slices.SortedFunc(maps.Keys(counts), func(x, y string) int {
		if counts[x] != counts[y] {
			return counts[x] - counts[y]
		}
		return strings.Compare(x, y)
	})
	values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
	shown, hidden := shownWords(values, func(v string) bool { return slices.Contains(usual, v) })
	values = slices.DeleteFunc(values, func(v string) bool { return !slices.Contains(shown, v) })
	if len(values) == 0 {
		return leavesOpen(name + ": no transfer has one that can be shown")
	}
	value, occurs := values[0], len(values) > 1
	if !occurs {
		value = usual[0]
		if value == values[0] {
			value = usual[1]
		}
	}
	query := url.Values{"limit": {strconv.Itoa(sampleRows)}, name: {value}}
	if !a.start.IsZero() {
		query.Set("start_time", boundText(a.start))
		query.Set("stop_time", boundText(a.stop))
	}
	page := a.transfers(ctx, s, aspera.TransferQuery{}, new(query.Encode()))
	asked := fmt.Sprintf("%s=%s, of the values %s", name, value, wordList(values, hidden))
	if !page.answered() {
		if page.status == http.StatusBadRequest || page.status == http.StatusUnprocessableEntity {
			if !occurs {
				return suggests(fmt.Sprintf("%s: refused (status %d)", asked, page.status), "")
			}
			return settles(fmt.Sprintf("%s: refused (status %d)", asked, page.status),
				"TransferQuery has a filter for the "+name+" that the service does not take. Please share the report.")
		}
		return leavesOpen(name + ": " + page.failure())
	}
	others := 0
	for _, t := range page.Items {
		if of(t) != value {
			others++
		}
	}
	switch n := len(page.Items); {
	case others > 0:
		return settles(fmt.Sprintf("%s: not honoured, since %d of %s have another", asked, others, rows(n)),
			"TransferQuery's filter for the "+name+" returns everything: filter what comes. Please share the report.")
	case n > 0:
		return settles(asked+": honoured, "+rows(n), "The filter for the "+name+" works.")
	case occurs:
		return suggests(asked+": nothing comes, though there are such transfers",
			"TransferQuery's filter for the "+name+" loses transfers: filter what comes. Please share the report.")
	default:
		return suggests(asked+": nothing comes, as it should", "The filter for the "+name+" works.")
	}
}
