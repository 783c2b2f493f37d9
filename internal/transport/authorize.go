package transport

import (
	"net/http"

	"github.com/activity-sdk/activity"
)

// authorizer attaches the credential to a copy of the request, after all middleware, so that
// middleware never sees it: the response's Request is the one without the credential, and an error
// that may quote it is redacted.
type authorizer struct {
	next http.RoundTripper
}

func (a authorizer) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := attemptOf(req.Context())
	if sent == nil {
		closeBody(req)
		return nil, ownError{&activity.Error{Op: "authorize", Kind: activity.ErrInvalid,
			Message: "middleware replaced the request's context; derive the new one from it"}}
	}
	if !sent.client.receives(req) {
		closeBody(req)
		return nil, ownError{&activity.Error{Vendor: sent.client.vendor, Tenant: sent.client.Tenant().Name, Op: sent.Op, Kind: activity.ErrForeignOrigin,
			Message: "middleware sent the request to another scheme, host or port than the configured one; this request was not sent"}}
	}
	authorized := req.Clone(req.Context())
	sent.client.credentials.scheme.attach(authorized, sent.token)
	sent.reached.Store(true)
	resp, err := a.next.RoundTrip(authorized)
	if resp != nil {
		resp.Request = req
	}
	if err != nil {
		return resp, presentable(sent.redactor(), err)
	}
	return resp, nil
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}
