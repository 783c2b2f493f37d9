package main

import (
	"errors"
	"fmt"

	"github.com/activity-sdk/activity"
)

const resultOK = "ok"

// outcome returns the result of a request in the probe's own words, and what to do about it. An
// answer that the SDK accepts is ok, whatever its status: OPSWAT ends a list with 413.
func outcome(e exchange) (result, toDo string) {
	if e.err == nil && e.status != 0 {
		return resultOK, ""
	}
	if reason, ok := errors.AsType[notAsked](e.err); ok {
		return "not asked: " + string(reason), ""
	}
	if e.err != nil {
		return explainError(e.err)
	}
	return "nothing came back", "Please share the report."
}

// explainError returns the meaning of an error in the probe's own words, and what to do about it.
// The error's own text names the tenant, and is not shown.
func explainError(err error) (result, toDo string) {
	for _, known := range []struct {
		kind         error
		result, toDo string
	}{
		{activity.ErrUnauthorized, "the credentials are not accepted", "Check for typing errors, a locked account or a revoked token. For Aspera, also check the public key and the user's e-mail address."},
		{activity.ErrForbidden, "the account may not read this", "Allow the account to read activities. SnapLogic also answers like this if HTTP Basic is switched off."},
		{activity.ErrNotFound, "there is nothing at this address", "Check the base URL and the organization's name. The vendor may have removed this endpoint."},
		{activity.ErrRateLimited, "the service refuses more requests for now", "Wait a minute, and check what else uses the account."},
		{activity.ErrServer, "the service fails", "Try again later."},
		{activity.ErrInvalid, "the request is refused", "The SDK is probably wrong: please share the report."},
		{activity.ErrMalformed, "the answer cannot be understood", "Check whether a proxy or a login page answers. If not, please share the report."},
	} {
		if errors.Is(err, known.kind) {
			result, toDo = known.result, known.toDo
			break
		}
	}
	failure, isOurs := errors.AsType[*activity.Error](err)
	switch {
	case isOurs && failure.StatusCode >= 300 && failure.StatusCode < 400:
		result, toDo = "the service redirects", "Check the address: the service may send you to a login page or another host. The SDK follows no redirects."
	case errors.Is(err, errBudget):
		result, toDo = "not asked any more", "Run the probe again later: all announced requests were used, since tokens were refused or answers were lost."
	case result == "" && isOurs && failure.StatusCode == 0:
		result, toDo = "the service cannot be reached", "Check the address, DNS, the firewall, the proxy and the certificate."
	case result == "":
		result, toDo = "the request failed", "Run the quickstart, which shows the error."
	}
	if isOurs && failure.StatusCode != 0 {
		result += fmt.Sprintf(" (status %d)", failure.StatusCode)
	}
	return result, toDo
}
