package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// searchNames are what the search parameter may be called.
var searchNames = []string{"search", "q", "query", "term", "search_term"}

// askSearch sends a term that finds nothing under several names, after one that is no parameter.
func (a *asperaAccount) askSearch(ctx context.Context, s *service) finding {
	ask := func(name string) (exchange, bool) {
		e := s.ask(ctx, request{
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
		return settles(fmt.Sprintf("the endpoint is not there any more (status %d)", control.status),
			"SearchFileAccess and FileAccess fail, as their documentation says.")
	case !refused(control) && (control.status != http.StatusOK || control.err != nil):
		return leavesOpen(searchEndpoint + ": " + asperaFailure(control))
	case control.status == http.StatusOK && !all:
		return leavesOpen("the service takes any parameter, and has no rows that a search could leave out")
	}
	for _, name := range searchNames {
		got, some := ask(name)
		taken := got.status == http.StatusOK && got.err == nil
		if !taken || some {
			continue
		}
		follows := `FileAccessSearch.Term is sent by that name.`
		if name != "search" {
			follows = fmt.Sprintf("Leave FileAccessSearch.Term empty, and put the term into Extra as %q. Please share the report.", name)
		}
		if refused(control) {
			return settles(fmt.Sprintf("the parameter %q is taken, and one that is made up is refused", name), follows)
		}
		return settles(fmt.Sprintf("the parameter %q leaves out what does not match, and one that is made up does not", name), follows)
	}
	return leavesOpen(fmt.Sprintf("none of %s does anything that another name does not", strings.Join(searchNames, ", ")))
}
