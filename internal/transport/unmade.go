package transport

import (
	"net/url"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/settings"
)

// Unmade stands for the client of a vendor's value that New did not make: a zero or a nil one. All
// its calls fail.
func Unmade(vendor string) *Client {
	c := newClient(Config{Vendor: vendor, Credentials: NoCredentials()}, new(url.URL), settings.Default())
	c.unmade = true
	return c
}

// Made returns an error if New did not make the client. A list or a feed that is refused for it is
// refused before its cursor or checkpoint is looked at.
func (c *Client) Made() error {
	if c.unmade {
		return &activity.Error{Kind: activity.ErrInvalid, Message: "the client was not made by New"}
	}
	return nil
}
