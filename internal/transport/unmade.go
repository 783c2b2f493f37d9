package transport

import (
	"net/url"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/settings"
)

// Unmade returns the client behind a zero or nil vendor client, which New did not make. All its
// calls fail.
func Unmade(vendor string) *Client {
	c := newClient(Config{Vendor: vendor, Credentials: NoCredentials()}, new(url.URL), settings.Default())
	c.unmade = true
	return c
}

// Made returns an error if New did not make the client. Lists and feeds check it before they look
// at a cursor or checkpoint.
func (c *Client) Made() error {
	if c.unmade {
		return &activity.Error{Kind: activity.ErrInvalid, Message: "the client was not made by New"}
	}
	return nil
}
