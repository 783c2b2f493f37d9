package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

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
