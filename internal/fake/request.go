package fake

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Request is one request as the server received it, credentials included, so that tests can check
// everything that was sent. Each public fake declares the type again, so that its documentation
// shows the fields: see [AnyRequest].
type Request RequestFields

// RequestFields are the fields of a Request, here and in every public fake.
type RequestFields = struct {
	// Method is the HTTP method, such as "GET".
	Method string

	// Host is the host, with its port if there is one, to which the request was sent. In memory the
	// fake answers for any host, so that Host shows where a real request would have gone.
	Host string

	// Path is the path as it was sent, escapes and trailing slash included.
	Path string

	// RawQuery is the query as it was sent, without the question mark.
	RawQuery string

	// Header is the header as a server sees it, with what net/http adds to a request: User-Agent,
	// Content-Length, Accept-Encoding.
	Header http.Header

	// Body is the whole body. It is empty if there was none.
	Body []byte

	// Time is the time of arrival, before any delay of the fake's.
	Time time.Time

	// Status is the status of the answer. It is 0 until the request is answered, if the fake broke
	// the connection, and if the client stopped waiting.
	Status int

	// N is 1 for the first request since the fake was made, 2 for the next, and so on.
	N int
}

// Line returns the request line without the protocol version, such as "GET
// /api/v2/activities/?page_size=100".
func (r Request) Line() string {
	if r.RawQuery == "" {
		return r.Method + " " + r.Path
	}
	return r.Method + " " + r.Path + "?" + r.RawQuery
}

// Query returns the decoded query, without what is malformed.
func (r Request) Query() url.Values {
	q, _ := url.ParseQuery(r.RawQuery)
	return q
}

func (r Request) clone() Request {
	r.Header = r.Header.Clone()
	r.Body = slices.Clone(r.Body)
	return r
}

// MaxInWindow returns the largest number of requests that arrived within any span of length per.
// Two requests that arrived exactly per apart are never in the same span. A client kept a quota of
// ten a minute if MaxInWindow(requests, time.Minute) is at most 10.
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
