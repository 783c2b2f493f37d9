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

// Client reads from one organization, which SnapLogic also calls an environment. It is safe for
// concurrent use; make one and keep it. Only [New] makes one: what is read from a zero or nil
// Client fails with [activity.ErrInvalid].
type Client struct {
	made *transport.Client
	path string // of the organization's activities, below the base URL
}

// New returns a client for an organization, named as SnapLogic shows it. The name becomes one
// segment of the path: blanks and slashes in it are escaped. New sends nothing. The address is
// https://elastic.snaplogic.com unless [activity.WithBaseURL] names another control plane, such as
// https://emea.snaplogic.com.
//
// An empty name, or one with control characters or dot segments ("a/../b"), credentials that are
// incomplete, and options that make no sense are an [*activity.Error] with [activity.ErrInvalid]; a
// base URL that is neither https nor loopback is [activity.ErrInsecureURL]. Credentials that
// belong to another address are [activity.ErrForeignOrigin].
func New(organization string, c Credentials, opts ...activity.Option) (*Client, error) {
	client := &Client{}
	_, err := transport.New(transport.Config{
		Vendor:      vendor,
		BaseURL:     defaultBaseURL,
		Credentials: c.shared,
		Tenant:      organization,
		ContentType: "application/json", // which the vendor asks for, although there is no body
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

// api returns what sends the client's requests, or fails them if New did not make the client.
func (c *Client) api() *transport.Client {
	if c == nil || c.made == nil {
		return transport.Unmade(vendor)
	}
	return c.made
}

// headerStatus reads X-SL-StatusCode, in which the service says what it thinks the status of its
// answer is (probe: snaplogic.status). What is no status is ignored.
func headerStatus(h http.Header) transport.InnerStatus {
	status, err := strconv.Atoi(strings.TrimSpace(h.Get("X-SL-StatusCode")))
	if err != nil || status < 100 || status > 599 {
		return 0
	}
	return transport.InnerStatus(status)
}
