package aspera

import (
	"context"
	"net"
	"net/http"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

const (
	vendor         = "aspera"
	defaultBaseURL = "https://api.ibmaspera.com/analytics/v2"
)

// Client reads from the Activity API with one set of credentials. What it reads belongs to a
// [Resource]: see OwnOrganization, Organization, User, Node and Workspace. Make one with [New] and
// keep it; it is safe for concurrent use. Every read from a zero or nil Client fails with
// [activity.ErrInvalid].
type Client struct {
	made *transport.Client
	own  *ownOrganization
}

// New returns a client, and sends nothing. Its address is https://api.ibmaspera.com/analytics/v2
// unless [activity.WithBaseURL] names another (see [BaseURL]).
//
// New returns an [*activity.Error]: [activity.ErrInvalid] if the credentials or an option are
// unusable, [activity.ErrInsecureURL] if the address is neither https nor loopback, and
// [activity.ErrForeignOrigin] if JWTConfig.TokenURL or an earlier client of the same credentials
// has another scheme, host or port.
func New(c Credentials, opts ...activity.Option) (*Client, error) {
	login := c.unwrap()
	api, err := transport.New(transport.Config{
		Vendor:      vendor,
		BaseURL:     defaultBaseURL,
		Credentials: login.shared,
		Tenant:      login.organization,
		Check: func(api *transport.Client) error {
			if login.tokenURL != nil && !api.Owns(login.tokenURL) {
				return api.Fail("new client", activity.ErrForeignOrigin,
					"JWTConfig.TokenURL has another scheme, host or port than the base URL; nothing was sent")
			}
			return nil
		},
	}, opts...)
	if err != nil {
		return nil, err
	}
	return &Client{made: api, own: &ownOrganization{api: api}}, nil
}

// api returns the transport of the client. If New did not make the client, every request of that
// transport fails.
func (c *Client) api() *transport.Client {
	if c == nil || c.made == nil {
		return transport.Unmade(vendor)
	}
	return c.made
}

// get sends the request of an endpoint that is not a list.
func get(ctx context.Context, api *transport.Client, op, path, query string, decode func(r *wire.Reader) error) error {
	_, err := api.Do(ctx, transport.Call{Op: op, Method: http.MethodGet, Path: path, Query: query, Read: true, Decode: decode})
	return err
}

// BaseURL returns the address of the API for an organization's host, to be passed to
// [activity.WithBaseURL]. It replaces the first label of the host with "api": for
// "acme.qa.ibmaspera.com" it returns https://api.qa.ibmaspera.com/analytics/v2. For
// "acme.ibmaspera.com" it returns the default address of a client.
//
// The vendor documents the default address only. The rule for others was seen in working programs.
// BaseURL returns [activity.ErrInvalid] for anything but a host of at least three labels.
func BaseURL(organizationHost string) (string, error) {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-."
	host := strings.ToLower(strings.TrimSpace(organizationHost))
	_, domain, _ := strings.Cut(host, ".")
	if strings.Trim(host, letters) != "" || strings.HasPrefix(host, ".") || strings.HasSuffix(host, ".") ||
		strings.Contains(host, "..") || !strings.Contains(domain, ".") || net.ParseIP(host) != nil {
		return "", &activity.Error{Vendor: vendor, Op: "base URL", Kind: activity.ErrInvalid,
			Message: "the organization's host should look like acme.ibmaspera.com, without a scheme, port or path"}
	}
	return "https://api." + domain + "/analytics/v2", nil
}
