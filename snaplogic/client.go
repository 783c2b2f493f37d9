package snaplogic

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

const (
	vendor         = "snaplogic"
	defaultBaseURL = "https://elastic.snaplogic.com"
)

// Client reads from one organization, which SnapLogic also calls an environment. Make one with
// [New] and keep it; it is safe for concurrent use. Every read from a zero or nil Client fails with
// [activity.ErrInvalid].
type Client struct {
	made *transport.Client
	path string // of the organization's activities, below the base URL
}

// New returns a client of an organization, and sends nothing. The organization is named as
// SnapLogic shows it; blanks and slashes in the name are escaped. The address is
// https://elastic.snaplogic.com unless [activity.WithBaseURL] names another control plane, such as
// https://emea.snaplogic.com.
//
// New returns an [*activity.Error]: [activity.ErrInvalid] if the credentials or an option are
// unusable, or if the name is empty or has control characters or dot segments ("a/../b");
// [activity.ErrInsecureURL] if the base URL is neither https nor loopback; and
// [activity.ErrForeignOrigin] if the credentials belong to another address.
func New(organization string, c Credentials, opts ...activity.Option) (*Client, error) {
	client := &Client{}
	_, err := transport.New(transport.Config{
		Vendor:      vendor,
		BaseURL:     defaultBaseURL,
		Credentials: c.shared,
		Tenant:      organization,
		ContentType: "application/json", // the vendor wants it, although there is no body
		InnerStatus: headerStatus,
		Check: func(api *transport.Client) (err error) {
			client.made = api
			client.path, err = transport.Path("/api/1/rest/public/activities/{organization}", organization)
			return err
		},
	}, opts...)
	if err != nil {
		return nil, err
	}
	return client, nil
}

// api returns the transport of the client. If New did not make the client, every request of that
// transport fails.
func (c *Client) api() *transport.Client {
	if c == nil || c.made == nil {
		return transport.Unmade(vendor)
	}
	return c.made
}

// headerStatus returns the status in X-SL-StatusCode, which may differ from that of the response
// (probe: snaplogic.status). It returns 0 if the header has no valid status.
func headerStatus(h http.Header) transport.InnerStatus {
	status, err := strconv.Atoi(strings.TrimSpace(h.Get("X-SL-StatusCode")))
	if err != nil || status < 100 || status > 599 {
		return 0
	}
	return transport.InnerStatus(status)
}
