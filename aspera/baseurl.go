package aspera

import (
	"net"
	"strings"

	"github.com/activity-sdk/activity"
)

// BaseURL returns the address of the API for an organization's host, to be passed to
// activity.WithBaseURL: the host without its first label, behind "api.". "acme.ibmaspera.com"
// becomes https://api.ibmaspera.com/analytics/v2, which is what a client uses without being told,
// and "acme.qa.ibmaspera.com" becomes https://api.qa.ibmaspera.com/analytics/v2.
//
// The vendor documents the first address only; the rule for the others was seen in working
// programs. Anything but a host of at least three labels is activity.ErrInvalid.
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
