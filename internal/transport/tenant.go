package transport

import (
	"log/slog"
	"net"
	"net/url"
	"strings"

	"github.com/activity-sdk/activity/internal/settings"
)

// Tenant returns the name of the account that the client reads, from the user or else from the
// vendor.
func (c *Client) Tenant() settings.Tenant { return c.settings.Tenant }

// name fills in the tenant if no option did, and adds vendor and tenant to the logger.
func (c *Config) name(s *settings.Settings, base *url.URL) {
	switch {
	case c.Tenant != "":
		s.Tenant.Name = c.Tenant
	case c.FixedBase:
		s.Tenant = settings.Tenant{Name: clip(hostOf(base)+base.EscapedPath(), settings.MaxTenant), Host: true}
		c.Tenant = s.Tenant.Name
	}
	s.Logger = s.Logger.With(slog.String("vendor", c.Vendor))
	if c.Tenant != "" {
		s.Logger = s.Logger.With(slog.String("tenant", c.Tenant))
	}
}

// hostOf returns the host of an address in lower case, with the port unless it is the scheme's
// default.
func hostOf(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if plain := (&url.URL{Scheme: u.Scheme}); port(u) != port(plain) {
		return net.JoinHostPort(host, u.Port())
	}
	return host
}
