package transport

import (
	"log/slog"
	"net"
	"net/url"
	"strings"

	"github.com/activity-sdk/activity/internal/settings"
)

// Tenant names the account that the client reads, as its user or else its vendor does.
func (c *Client) Tenant() settings.Tenant { return c.settings.Tenant }

// name fills in the tenant that no option named, and has the logger say whose its lines are.
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

// hostOf is the host of an address, with the port unless it is the scheme's own. Different ways to
// write one host are one.
func hostOf(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if plain := (&url.URL{Scheme: u.Scheme}); port(u) != port(plain) {
		return net.JoinHostPort(host, u.Port())
	}
	return host
}
