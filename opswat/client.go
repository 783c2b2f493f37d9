package opswat

import (
	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// Client reads from one account of OPSWAT Central Management. Make one with [New] and keep it; it
// is safe for concurrent use. Every read from a zero or nil Client fails with
// [activity.ErrInvalid].
type Client struct{ made *transport.Client }

const vendor = "opswat"

// baseURL is the host of accounts that the vendor has not moved elsewhere.
const baseURL = "https://gears.opswat.com"

// New returns a client, and sends nothing. The first read requests a token. By default the address
// is https://gears.opswat.com, and the limiter of the credentials allows ten requests a minute.
//
// New returns an [*activity.Error]: [activity.ErrInvalid] if the credentials or an option are
// unusable, [activity.ErrInsecureURL] if the base URL is neither https nor loopback, and
// [activity.ErrForeignOrigin] if the credentials belong to another address.
func New(c Credentials, opts ...activity.Option) (*Client, error) {
	api, err := transport.New(transport.Config{Vendor: vendor, BaseURL: baseURL, Credentials: c.shared, QuotaWindow: quotaWindow}, opts...)
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
