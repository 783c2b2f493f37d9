package fake

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Request is one request as the fake received it. It holds everything that was
// sent, credentials included, so that a test can assert on them.
//
// The fakes declare the type anew, so that their documentation shows it. See
// [AnyRequest].
type Request requestFields

type requestFields = struct {
	// Method is the HTTP method, for instance "GET".
	Method string

	// Host is the host, with its port if there is one, that the request was
	// addressed to. In memory the fake answers for any host, so that this is
	// the field that shows where a real request would have gone.
	Host string

	// Path is the path as it was sent, escapes and trailing slash included.
	Path string

	// RawQuery is the query as it was sent, without the question mark.
	RawQuery string

	// Header holds the header as a server sees it: with what net/http adds to
	// a request by itself (User-Agent, Content-Length, Accept-Encoding).
	Header http.Header

	// Body is the whole body; empty if there was none.
	Body []byte

	// Time is the moment of arrival, before any delay on the fake's side.
	Time time.Time

	// Status is the status that was answered: 0 while the answer is pending,
	// if the fake broke the connection, or if the caller gave up first.
	Status int

	// N counts the requests from 1 on, the first one since the fake was made.
	N int
}

// Line returns the request line without the protocol version, for instance
// "GET /api/v2/activities/?page_size=100".
func (r Request) Line() string {
	if r.RawQuery == "" {
		return r.Method + " " + r.Path
	}
	return r.Method + " " + r.Path + "?" + r.RawQuery
}

// Query returns the decoded query. What is malformed is left out; RawQuery has
// it as it was sent.
func (r Request) Query() url.Values {
	q, _ := url.ParseQuery(r.RawQuery)
	return q
}

func (r Request) clone() Request {
	r.Header = r.Header.Clone()
	r.Body = slices.Clone(r.Body)
	return r
}

// MaxInWindow returns the largest number of requests that arrived within any
// span of length per. The span is half open: two requests that arrived exactly
// per apart are never in the same one. It is what proves that a quota was kept:
// a client that respects ten a minute never lets
// MaxInWindow(requests, time.Minute) exceed 10.
func MaxInWindow[R AnyRequest](requests []R, per time.Duration) int {
	arrivals := make([]time.Time, len(requests))
	for i, r := range requests {
		arrivals[i] = Request(r).Time
	}
	slices.SortFunc(arrivals, time.Time.Compare)

	most, first := 0, 0
	for last, t := range arrivals {
		for first <= last && t.Sub(arrivals[first]) >= per {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}
