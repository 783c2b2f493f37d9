package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// opswatInHeader is the value of a context whose request has its token in a header.
type opswatInHeader struct {
	status int // of the answer
}

type opswatInHeaderKey struct{}

// opswatHeaderToken moves the token of such a request from the URL to the header. It stands below
// the SDK, which attaches the token to the URL where nothing else of the probe sees it.
type opswatHeaderToken struct{ next http.RoundTripper }

func (t opswatHeaderToken) RoundTrip(req *http.Request) (*http.Response, error) {
	in, ok := req.Context().Value(opswatInHeaderKey{}).(*opswatInHeader)
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
		if resp.StatusCode == http.StatusUnauthorized { // the SDK would take the token for a bad one, and get another
			resp.StatusCode = http.StatusForbidden
		}
	}
	return resp, err
}

func (p *opswatProbe) header(ctx context.Context, s *service) finding {
	if first := p.first(ctx, s); len(p.rated) > 0 && p.rated[0].hasReset {
		until := p.rated[0].reset.Add(2 * time.Second) // this answer serves opswat.window too
		if until.Before(first.sent.Add(2 * time.Minute)) {
			p.wait(ctx, until)
		}
	}
	in := new(opswatInHeader)
	e := s.wire.ask(context.WithValue(ctx, opswatInHeaderKey{}, in), request{body: p.listed(1, 1)})
	if in.status != 0 {
		e.status = in.status
	}
	s.asked = append(s.asked, e)
	const follows = "The SDK sends the token in the URL, as the vendor documents it. "
	_, listed := opswatAccesses(e)
	switch _, works := opswatAccesses(p.first(ctx, s)); {
	case in.status == 0:
		return opswatFails(e)
	case !works:
		return leavesOpen("the same request with the token in the URL did not work either")
	case listed:
		// A service that looks at no token would answer it too. A bad one could lock the account.
		return suggests("yes: a request with the token in the header alone is answered",
			follows+"It could send it in the header, where no log shows it. Please share the report.")
	case in.status == http.StatusUnauthorized || in.status == http.StatusForbidden:
		return settles(fmt.Sprintf("no: status %d", in.status), follows+"That is right.")
	case in.status == http.StatusBadRequest:
		return suggests("no: status 400", follows+"That is right.")
	}
	return opswatFails(e)
}
