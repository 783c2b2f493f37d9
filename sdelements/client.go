package sdelements

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// Client reads from one SD Elements server. It is safe for concurrent use; make one and keep it.
// Only [New] makes one: what is read from a zero or nil Client fails with [activity.ErrInvalid].
type Client struct{ made *transport.Client }

const (
	vendor  = "sdelements"
	apiPath = "/api/v2" // of every endpoint
)

// New returns a client of the server at baseURL: scheme and host as the browser shows them, such as
// https://example.sdelements.com, without /api/v2. A path in front of the API is allowed, for
// gateways. It sends nothing.
//
// An empty or unusable baseURL, one that ends in /api/v2, credentials that are missing or refused,
// and options that make no sense are an [*activity.Error] with [activity.ErrInvalid]. WithBaseURL
// is such an option, since the address is an argument here. An address that is neither https nor
// loopback is [activity.ErrInsecureURL], and one to which the credentials do not belong
// [activity.ErrForeignOrigin].
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
		ContentType: "application/json", // which the vendor asks for, although there is no body
	}, opts...)
	if err != nil {
		return nil, err
	}
	return &Client{made: api}, nil
}

// api returns what sends the client's requests, or fails them if New did not make the client.
func (c *Client) api() *transport.Client {
	if c == nil || c.made == nil {
		return transport.Unmade(vendor)
	}
	return c.made
}

// explain reads the error bodies of Django REST framework, in which the service is written: a text
// in "detail" or, where parameters are refused, a list of texts for each.
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
