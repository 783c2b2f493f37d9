package transport

import (
	"net/http"

	"github.com/activity-sdk/activity"
)

// authorizer attaches the credential to a copy of the request, behind all middleware, and takes
// every trace of it away from what goes back up: the response's Request is the one without it, and
// an error that quotes it is replaced by one that means the same.
type authorizer struct {
	next http.RoundTripper
}

func (a authorizer) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := attemptOf(req.Context())
	if sent == nil {
		closeBody(req)
		return nil, ours{&activity.Error{Op: "authorize", Kind: activity.ErrInvalid,
			Message: "middleware replaced the request's context; derive the new one from it"}}
	}
	if !sent.client.receives(req) {
		closeBody(req)
		return nil, ours{&activity.Error{Vendor: sent.client.vendor, Tenant: sent.client.Tenant().Name, Op: sent.Op, Kind: activity.ErrForeignOrigin,
			Message: "middleware sent the request to another scheme, host or port than the configured one; nothing was sent"}}
	}
	authorized := req.Clone(req.Context())
	sent.client.credentials.scheme.attach(authorized, sent.token)
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
