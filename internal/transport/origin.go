package transport

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/activity-sdk/activity"
)

// parseBase checks an address and removes slashes at its end. Its errors never quote the address,
// which may contain a password.
func parseBase(raw string, insecure bool) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, badBase("the base URL cannot be parsed; it should look like https://api.example.com")
	case u.User != nil:
		return nil, badBase("the base URL must not hold a user name or password; pass them as credentials")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, badBase("the base URL must not have a query")
	case u.Fragment != "" || strings.Contains(raw, "#"):
		return nil, badBase("the base URL must not have a fragment")
	case u.Scheme != "https" && u.Scheme != "http", u.Opaque != "", u.Hostname() == "":
		return nil, badBase("the base URL needs a scheme and a host, such as https://api.example.com")
	case hasDotSegment(u.EscapedPath()):
		return nil, badBase("the base URL's path must not hold dot segments")
	case u.Scheme == "http" && !insecure && !loopback(u.Hostname()):
		return nil, &activity.Error{Kind: activity.ErrInsecureURL,
			Message: "the base URL must be https, since credentials are sent to it; WithInsecureHTTP allows http"}
	}
	host, zone, zoned := strings.Cut(u.Host, "%") // of an IPv6 address: the name of a local interface, whose case matters
	u.Host = strings.ToLower(host)
	if zoned {
		u.Host += "%" + zone
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, nil
}

func badBase(message string) error {
	return &activity.Error{Kind: activity.ErrInvalid, Message: message}
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// sameOrigin compares scheme, host and port. A default port may be written out or not.
func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case strings.EqualFold(u.Scheme, "https"):
		return "443"
	case strings.EqualFold(u.Scheme, "http"):
		return "80"
	}
	return ""
}

// Origin returns scheme, host and port of the configured address.
func (c *Client) Origin() *url.URL {
	return &url.URL{Scheme: c.base.Scheme, Host: c.base.Host}
}

// Owns reports whether an address is on the client's origin and has no user info.
func (c *Client) Owns(u *url.URL) bool { return sameOrigin(u, c.base) && u.User == nil }

// bind binds credentials to the first origin for which it is called, and reports whether they are
// bound to this one. Otherwise a service could get the secrets of another.
func (c *Credentials) bind(origin *url.URL) bool {
	return c.origin.CompareAndSwap(nil, origin) || sameOrigin(c.origin.Load(), origin)
}

// receives reports whether net/http sends a request to the client's origin. Scheme and host of the
// URL are not enough: through a proxy, an opaque URL or a path without a leading slash becomes a
// part of the host.
func (c *Client) receives(req *http.Request) bool {
	path := req.URL.EscapedPath()
	return c.Owns(req.URL) && req.URL.Opaque == "" && (path == "" || path[0] == '/') && (req.Host == "" || req.Host == req.URL.Host)
}

// AtOrigin returns the same client for paths below the origin instead of the base.
func (c *Client) AtOrigin() *Client {
	at := *c
	at.base = c.Origin()
	return &at
}

// Fail returns an error of this client for something other than a request.
func (c *Client) Fail(op string, kind error, message string) *activity.Error {
	return &activity.Error{Vendor: c.vendor, Tenant: c.Tenant().Name, Op: op, Kind: kind, Message: message}
}

// Address returns the absolute address of a path below the base.
func (c *Client) Address(path string) string { return c.url(path, "") }
