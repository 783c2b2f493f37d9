package sdelements

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// Client reads from one SD Elements server. Make one with [New] and keep it; it is safe for
// concurrent use. Every read from a zero or nil Client fails with [activity.ErrInvalid].
type Client struct{ made *transport.Client }

const (
	vendor  = "sdelements"
	apiPath = "/api/v2" // the beginning of every path
)

// New returns a client of the server at baseURL, and sends nothing. baseURL is what the browser
// shows, such as https://example.sdelements.com, without /api/v2. It may have a path, for gateways.
//
// New returns an [*activity.Error]: [activity.ErrInvalid] if baseURL, the credentials or an option
// are unusable, [activity.ErrInsecureURL] if baseURL is neither https nor loopback, and
// [activity.ErrForeignOrigin] if the credentials belong to another address. WithBaseURL is refused,
// since the address is an argument.
func New(baseURL string, c Credentials, opts ...activity.Option) (*Client, error) {
	if strings.HasSuffix(strings.TrimRight(baseURL, "/"), apiPath) {
		return nil, &activity.Error{Vendor: vendor, Op: "new client", Kind: activity.ErrInvalid,
			Message: "the base URL must end before " + apiPath + ", which is added to it"}
	}
	api, err := transport.New(transport.Config{
		Vendor:      vendor,
		BaseURL:     baseURL,
		FixedBase:   true,
		Credentials: c.shared,
		Explain:     explain,
		ContentType: "application/json", // the vendor wants it, although there is no body
	}, opts...)
	if err != nil {
		return nil, err
	}
	return &Client{made: api}, nil
}

// api returns the transport of the client. If New did not make the client, every request of that
// transport fails.
func (c *Client) api() *transport.Client {
	if c == nil || c.made == nil {
		return transport.Unmade(vendor)
	}
	return c.made
}

// explain reads the error bodies of Django REST framework, in which the service is written: a
// message in "detail" or, for refused parameters, a list of messages for each.
func explain(e *activity.Error, body []byte) {
	said := wire.Message(body)
	e.Code, e.RequestID, e.Fields = said.Code, said.RequestID, said.Fields
	if e.Fields == nil && e.StatusCode == http.StatusBadRequest {
		e.Fields = wire.DjangoErrors(body)
	}
	if text := cmp.Or(said.Message, wire.JoinMessages(e.Fields)); text != "" {
		e.Message = text
	}
}
