package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// asperaMistake is a request that makes no sense.
type asperaMistake struct {
	text  string
	uuid  string // of a single transfer; "" is the list, with this query
	query string
}

// asperaMistakes are those that are asked for.
var asperaMistakes = []asperaMistake{
	{text: "a UUID that is none", uuid: "probe"},
	{text: "a UUID of no transfer", uuid: "00000000-0000-4000-8000-000000000000"},
	{text: "limit 0", query: "limit=0"},
	{text: "limit -1", query: "limit=-1"},
	{text: "limit x", query: "limit=x"},
	{text: unknownParameter, query: "limit=1&activity_probe=1"},
}

const unknownParameter = "an unknown parameter"

// askErrors looks at how mistakes are refused.
func (a *asperaAccount) askErrors(ctx context.Context, s *service) finding {
	var said []string
	known, unread := 0, 0
	ignored := false
	for _, m := range asperaMistakes {
		e := s.ask(ctx, m.request(a))
		text := fmt.Sprintf("status %d, %s", e.status, asperaErrorShape(e.body))
		switch {
		case e.status == 0 || e.status == http.StatusTooManyRequests:
			text = asperaFailure(e)
		case e.status == http.StatusOK:
			text = "taken (status 200)"
			if e.err != nil {
				text = "status 200, but " + asperaFailure(e)
			} else {
				known++
			}
			ignored = ignored || m.text == unknownParameter && e.err == nil
		case e.status == http.StatusUnauthorized || e.status == http.StatusForbidden || e.status >= http.StatusInternalServerError:
			// not because of the mistake
		default:
			known++
			if failure, ok := errors.AsType[*activity.Error](e.err); !ok || failure.Message == "" && len(failure.Fields) == 0 {
				text += ", of which the SDK reads no message"
				unread++
			}
		}
		said = append(said, m.text+": "+text)
	}
	follows := "A parameter of Extra that the service does not know is refused."
	if ignored {
		follows = "A parameter of Extra that the service does not know is ignored: a misspelt filter returns everything."
	}
	if unread > 0 {
		follows += " Error.Message is empty for some errors, and Error.Body has them. Please share the report."
	}
	answer := strings.Join(said, "; ")
	switch known {
	case len(asperaMistakes):
		return settles(answer, follows)
	case 0:
		return leavesOpen(answer)
	default:
		return suggests(answer, "")
	}
}

func (m asperaMistake) request(a *asperaAccount) request {
	if m.uuid == "" {
		return request{query: new(m.query), call: a.call(asperaEndpointOf("transfers"), 1)}
	}
	return request{call: a.guard("one transfer", func(ctx context.Context) error {
		_, err := a.organization.Transfer(ctx, m.uuid)
		return err
	})}
}

// asperaCodes are those that the vendor documents for this service and its siblings.
var asperaCodes = []string{
	"unauthorized", "not_found", "bad_request", "parameter_missing", "unpermitted_parameters", "invalid_parameter_value",
	"unknown_sort_field", "too_many_sort_fields", "method_not_allowed", "too_many_requests",
}

// asperaErrorShape names the members of an error, and the vendor's code.
func asperaErrorShape(body []byte) string {
	members := map[string]any{}
	if json.Unmarshal(body, &members) != nil || len(members) == 0 {
		return "no JSON object"
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !memberName.MatchString(name) {
			name = "…"
		}
		names = append(names, name)
	}
	said := []string{"members " + strings.Join(names[:min(len(names), 20)], ", ")}
	for _, name := range []string{"code", "error"} {
		code, ok := members[name].(string)
		switch {
		case !ok || code == "":
		case slices.Contains(asperaCodes, code):
			said = append(said, fmt.Sprintf("(%s is %s)", name, code))
		default:
			said = append(said, fmt.Sprintf("(%s is another code)", name))
		}
	}
	return strings.Join(said, " ")
}

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

// askTransfer looks at what stands around a single transfer.
func (a *asperaAccount) askTransfer(ctx context.Context, s *service) finding {
	t, twice := a.example()
	if t.UUID == "" {
		return leavesOpen("the account shows no transfers")
	}
	var got aspera.Transfer
	e := s.ask(ctx, request{call: a.guard("one transfer", func(ctx context.Context) (err error) {
		got, err = a.organization.Transfer(ctx, t.UUID)
		return err
	})})
	if e.status != http.StatusOK || e.err != nil {
		return leavesOpen("one transfer: " + asperaFailure(e))
	}
	found, where, ok := transferWithin(e.body, 3)
	if !ok || got.UUID != t.UUID {
		return leavesOpen("the answer is not about the transfer that was asked for")
	}
	answer, follows := "the transfer is bare", "Resource.Transfer reads it so."
	switch {
	case where == "array":
		answer = fmt.Sprintf("an array with %d transfers of that UUID", len(found))
		follows = "Resource.Transfer returns the first of them."
	case where != "":
		answer = "the transfer is wrapped in another object"
		if memberName.MatchString(where) {
			answer += ", as its member " + where
		}
		if len(found) > 1 {
			answer += fmt.Sprintf(", with %d of that UUID", len(found))
		}
	}
	if twice {
		answer += "; the UUID has two directions in the list"
		if len(found) == 1 {
			answer += ", of which one comes"
		}
	}
	return settles(answer, follows)
}
