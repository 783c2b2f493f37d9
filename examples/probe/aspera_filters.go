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

// askFilters requests the transfers of one direction, and those of one status.
func (a *asperaProbe) askFilters(ctx context.Context, s *service) finding {
	if !a.sample.answered() {
		return leavesOpen("transfers: " + a.sample.failure())
	}
	if len(a.sample.Items) == 0 {
		return leavesOpen("the account shows no transfers")
	}
	direction := a.askFilter(ctx, s, "direction", []string{"send", "receive"}, func(t aspera.Transfer) string { return string(t.Direction) })
	status := a.askFilter(ctx, s, "status", []string{"completed", "failed"}, func(t aspera.Transfer) string { return string(t.Status) })
	return joinFindings(direction, status)
}

// askFilter requests the rarest value of the sample, or another one if the sample has only one.
func (a *asperaProbe) askFilter(ctx context.Context, s *service, name string, usual []string, of func(aspera.Transfer) string) finding {
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
	shown, hidden := reportableWords(values, func(v string) bool { return slices.Contains(usual, v) })
	values = slices.DeleteFunc(values, func(v string) bool { return !slices.Contains(shown, v) })
	if len(values) == 0 {
		return leavesOpen(name + ": no transfer has a value that can be shown")
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
		query.Set("start_time", formatBound(a.start))
		query.Set("stop_time", formatBound(a.stop))
	}
	page := a.transfers(ctx, s, aspera.TransferQuery{}, new(query.Encode()))
	asked := fmt.Sprintf("%s=%s, of the values %s", name, value, joinWords(values, hidden))
	if !page.answered() {
		if page.status == http.StatusBadRequest || page.status == http.StatusUnprocessableEntity {
			if !occurs {
				return suggests(fmt.Sprintf("%s: refused (status %d)", asked, page.status), "")
			}
			return settles(fmt.Sprintf("%s: refused (status %d)", asked, page.status),
				"The service does not accept TransferQuery's filter for the "+name+". Please share the report.")
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
		return settles(fmt.Sprintf("%s: ignored, since %d of %s have another value", asked, others, rows(n)),
			"TransferQuery's filter for the "+name+" returns everything: filter the transfers yourself. Please share the report.")
	case n > 0:
		return settles(asked+": obeyed, "+rows(n), "The filter for the "+name+" works.")
	case occurs:
		return suggests(asked+": nothing is listed, though there are such transfers",
			"TransferQuery's filter for the "+name+" loses transfers: filter the transfers yourself. Please share the report.")
	default:
		return suggests(asked+": nothing is listed, which is right", "The filter for the "+name+" works.")
	}
}

// searchNames are possible names of the search parameter.
var searchNames = []string{"search", "q", "query", "term", "search_term"}

// askSearch sends a term that finds nothing, first as a made-up parameter, then under several
// names.
func (a *asperaProbe) askSearch(ctx context.Context, s *service) finding {
	ask := func(name string) (exchange, bool) {
		e := s.send(ctx, request{
			query: new(name + "=qzxjkvbwqzxjkvbw&limit=10"),
			call:  a.call(asperaEndpointOf(searchEndpoint), 10),
		})
		return e, asperaEndpointOf(searchEndpoint).hasRows(e)
	}
	refused := func(e exchange) bool {
		return e.status == http.StatusBadRequest || e.status == http.StatusUnprocessableEntity
	}
	control, all := ask("activity_probe")
	switch {
	case control.status == http.StatusNotFound || control.status == http.StatusGone:
		return settles(fmt.Sprintf("the endpoint does not exist any more (status %d)", control.status),
			"SearchFileAccess and FileAccess fail, as their documentation says.")
	case !refused(control) && (control.status != http.StatusOK || control.err != nil):
		return leavesOpen(searchEndpoint + ": " + outcomeOf(control))
	case control.status == http.StatusOK && !all:
		return leavesOpen("the service accepts any parameter, and has no rows that a search could leave out")
	}
	for _, name := range searchNames {
		got, some := ask(name)
		taken := got.status == http.StatusOK && got.err == nil
		if !taken || some {
			continue
		}
		follows := "The SDK sends FileAccessSearch.Term under that name."
		if name != "search" {
			follows = fmt.Sprintf("Leave FileAccessSearch.Term empty, and set %q in Extra. Please share the report.", name)
		}
		if refused(control) {
			return settles(fmt.Sprintf("the parameter %q is accepted, and a made-up one is refused", name), follows)
		}
		return settles(fmt.Sprintf("the parameter %q leaves out what does not match, and a made-up one does not", name), follows)
	}
	return leavesOpen(fmt.Sprintf("none of %s has an effect that a made-up name does not have", strings.Join(searchNames, ", ")))
}
