package main

import (
	"errors"
	"fmt"

	"github.com/activity-sdk/activity"
)

// explain says in the probe's own words what an error means, and what to do about it. The error's
// own text names the tenant, and is not shown.
func explain(err error) (result, toDo string) {
	for _, known := range []struct {
		kind         error
		result, toDo string
	}{
		{activity.ErrUnauthorized, "the credentials are not accepted", "Look for a letter too many, an account that was locked or a token that was revoked; for Aspera also for the public key and the user's address."},
		{activity.ErrForbidden, "the account may not read this", "Give the account the right to read activities; SnapLogic also answers so where HTTP Basic is switched off."},
		{activity.ErrNotFound, "there is nothing at this address", "Look at the base URL and at the organization's name. The vendor may not offer this endpoint any more."},
		{activity.ErrRateLimited, "the service refuses more requests for now", "Wait a minute, and see who else uses the account."},
		{activity.ErrServer, "the service fails", "Try again later."},
		{activity.ErrInvalid, "the request is refused", "This concerns the SDK more than you: please share the report."},
		{activity.ErrMalformed, "the answer cannot be understood", "A proxy or a login page may stand in between. If not, please share the report."},
	} {
		if errors.Is(err, known.kind) {
			result, toDo = known.result, known.toDo
			break
		}
	}
	failure, isOurs := errors.AsType[*activity.Error](err)
	switch {
	case isOurs && failure.StatusCode >= 300 && failure.StatusCode < 400:
		result, toDo = "the service redirects", "Look at the address. A login page or another host may be meant; the SDK follows no redirect."
	case errors.Is(err, errBudget):
		result, toDo = "not asked any more", "All requests that were announced are sent: the service refused tokens, or answers were lost."
	case result == "" && isOurs && failure.StatusCode == 0:
		result, toDo = "the service cannot be reached", "Look at the address, the DNS, the firewall and the proxy, and at the certificate."
	case result == "":
		result, toDo = "it failed", "Please run the quickstart, which shows the error."
	}
	if isOurs && failure.StatusCode != 0 {
		result += fmt.Sprintf(" (status %d)", failure.StatusCode)
	}
	return result, toDo
}

// judge says in the probe's own words how a request ended, and what to do about it. An answer that
// the SDK takes is ok, whatever its status: OPSWAT ends a list with 413.
func judge(e exchange) (result, toDo string) {
	if e.err == nil && e.status != 0 {
		return ok, ""
	}
	if reason, ok := errors.AsType[notAsked](e.err); ok {
		return "not asked: " + string(reason), ""
	}
	if e.err != nil {
		return explain(e.err)
	}
	return "nothing came back", "Please share the report."
}
