package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// headerTokenResult is the answer to a request that has its token in a header. The request's
// context holds it.
type headerTokenResult struct {
	status int
}

type headerTokenKey struct{}

// headerTokenTransport moves the token from the URL to the header if the context holds a
// headerTokenResult. It must run below the SDK, which adds the token after all middleware.
type headerTokenTransport struct{ next http.RoundTripper }

func (t headerTokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	in, ok := req.Context().Value(headerTokenKey{}).(*headerTokenResult)
	query := req.URL.Query()
	token := query.Get("access_token")
	if !ok || token == "" {
		return t.next.RoundTrip(req)
	}
	query.Del("access_token")
	moved := req.Clone(req.Context())
	moved.URL.RawQuery = query.Encode()
	moved.Header.Set("Authorization", "Bearer "+token)
	resp, err := t.next.RoundTrip(moved)
	if resp != nil {
		in.status = resp.StatusCode
		if resp.StatusCode == http.StatusUnauthorized { // or the SDK would request another token
			resp.StatusCode = http.StatusForbidden
		}
	}
	return resp, err
}

func (p *opswatProbe) header(ctx context.Context, s *service) finding {
	if first := p.askFirstPage(ctx, s); len(p.quotas) > 0 && p.quotas[0].hasReset {
		until := p.quotas[0].reset.Add(2 * time.Second) // this answer serves opswat.window too
		if until.Before(first.sent.Add(2 * time.Minute)) {
			p.wait(ctx, until)
		}
	}
	in := new(headerTokenResult)
	e := s.sender.send(context.WithValue(ctx, headerTokenKey{}, in), request{body: p.pageBody(1, 1)})
	if in.status != 0 {
		e.status = in.status
	}
	s.exchanges = append(s.exchanges, e)
	const follows = "The SDK sends the token in the URL, as the vendor documents it. "
	_, listed := opswatRows(e)
	switch _, works := opswatRows(p.askFirstPage(ctx, s)); {
	case in.status == 0:
		return opswatUnreadable(e)
	case !works:
		return leavesOpen("the same request with the token in the URL did not work either")
	case listed:
		// A service that checks no token would answer too. A wrong token, which would tell, could
		// lock the account.
		return suggests("yes: a request with the token in the header alone is answered",
			follows+"A header would keep it out of logs. Please share the report.")
	case in.status == http.StatusUnauthorized || in.status == http.StatusForbidden:
		return settles(fmt.Sprintf("no: status %d", in.status), follows+"That is right.")
	case in.status == http.StatusBadRequest:
		return suggests("no: status 400", follows+"That is right.")
	}
	return opswatUnreadable(e)
}
