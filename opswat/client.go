package opswat

import (
	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// Client reads from one account of OPSWAT Central Management. It is safe for concurrent use; make
// one and keep it. Only [New] makes one: what is read from a zero or nil Client fails with
// [activity.ErrInvalid].
type Client struct{ made *transport.Client }

const vendor = "opswat"

// baseURL is where accounts live that the vendor has not moved to a host of their own.
const baseURL = "https://gears.opswat.com"

// New makes a client. It sends nothing: the first list that is read requests the first token.
// Without options the address is https://gears.opswat.com and the limiter is the one of the
// credentials, ten requests a minute.
//
// Credentials that are incomplete, and options that make no sense, are an [*activity.Error] with
// [activity.ErrInvalid]; a base URL that is neither https nor loopback is
// [activity.ErrInsecureURL], and one to which the credentials do not belong
// [activity.ErrForeignOrigin].
func New(c Credentials, opts ...activity.Option) (*Client, error) {
	api, err := transport.New(transport.Config{Vendor: vendor, BaseURL: baseURL, Credentials: c.shared, QuotaWindow: quotaWindow}, opts...)
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
