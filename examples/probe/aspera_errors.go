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
)

// asperaBadRequest is a request with a mistake.
type asperaBadRequest struct {
	text  string
	uuid  string // of a single transfer; "": the list, with query
	query string
}

// asperaBadRequests are the mistakes that the probe makes.
var asperaBadRequests = []asperaBadRequest{
	{text: "an invalid UUID", uuid: "probe"},
	{text: "a UUID of no transfer", uuid: "00000000-0000-4000-8000-000000000000"},
	{text: "limit 0", query: "limit=0"},
	{text: "limit -1", query: "limit=-1"},
	{text: "limit x", query: "limit=x"},
	{text: unknownParameter, query: "limit=1&activity_probe=1"},
}

const unknownParameter = "an unknown parameter"

// askErrors finds how the service refuses mistakes.
func (a *asperaProbe) askErrors(ctx context.Context, s *service) finding {
	var results []string
	known, unread := 0, 0
	ignored := false
	for _, m := range asperaBadRequests {
		e := s.send(ctx, m.request(a))
		text := fmt.Sprintf("status %d, %s", e.status, asperaErrorShape(e.body))
		switch {
		case e.status == 0 || e.status == http.StatusTooManyRequests:
			text = outcomeOf(e)
		case e.status == http.StatusOK:
			text = "accepted (status 200)"
			if e.err != nil {
				text = "status 200, but " + outcomeOf(e)
			} else {
				known++
			}
			ignored = ignored || m.text == unknownParameter && e.err == nil
		case e.status == http.StatusUnauthorized || e.status == http.StatusForbidden || e.status >= http.StatusInternalServerError:
			// not because of the mistake
		default:
			known++
			if failure, ok := errors.AsType[*activity.Error](e.err); !ok || failure.Message == "" && len(failure.Fields) == 0 {
				text += ", in which the SDK finds no message"
				unread++
			}
		}
		results = append(results, m.text+": "+text)
	}
	follows := "A parameter of Extra that the service does not know is refused."
	if ignored {
		follows = "A parameter of Extra that the service does not know is ignored: a misspelt filter returns everything."
	}
	if unread > 0 {
		follows += " Error.Message is empty for some errors: use Error.Body. Please share the report."
	}
	answer := strings.Join(results, "; ")
	switch known {
	case len(asperaBadRequests):
		return settles(answer, follows)
	case 0:
		return leavesOpen(answer)
	default:
		return suggests(answer, "")
	}
}

func (m asperaBadRequest) request(a *asperaProbe) request {
	if m.uuid == "" {
		return request{query: new(m.query), call: a.call(asperaEndpointOf("transfers"), 1)}
	}
	return request{call: a.guard("one transfer", func(ctx context.Context) error {
		_, err := a.organization.Transfer(ctx, m.uuid)
		return err
	})}
}

// asperaCodes are the error codes that the vendor documents for this service and its siblings.
var asperaCodes = []string{
	"unauthorized", "not_found", "bad_request", "parameter_missing", "unpermitted_parameters", "invalid_parameter_value",
	"unknown_sort_field", "too_many_sort_fields", "method_not_allowed", "too_many_requests",
}

// asperaErrorShape returns the names of the members of an error, and its code if the vendor
// documents that.
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
	results := []string{"members " + strings.Join(names[:min(len(names), 20)], ", ")}
	for _, name := range []string{"code", "error"} {
		code, ok := members[name].(string)
		switch {
		case !ok || code == "":
		case slices.Contains(asperaCodes, code):
			results = append(results, fmt.Sprintf("(%s is %s)", name, code))
		default:
			results = append(results, fmt.Sprintf("(%s is another code)", name))
		}
	}
	return strings.Join(results, " ")
}
