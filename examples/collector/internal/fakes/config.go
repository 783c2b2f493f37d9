package fakes

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// WriteConfig starts the fakes' loopback listeners and writes into dir the collector's
// configuration for them, and the secrets that it refers to. The feeds are followed fast: a round
// every so often, a record as soon as it is there, and a collector that died replaced within the
// lease.
func (s *Services) WriteConfig(dir string, since time.Time, every, lease time.Duration) (path string, err error) {
	jwt := s.Aspera.JWTConfig()
	secrets := map[string][]byte{
		"aspera.pem":         jwt.PrivateKey,
		"aspera.secret":      []byte(jwt.ClientSecret),
		"snaplogic.password": []byte(snaplogictest.Password),
		"opswat.key":         []byte(opswattest.ClientKey),
		"opswat.secret":      []byte(opswattest.ClientSecret),
		"sdelements.token":   []byte(sdelementstest.Key),
	}
	for name, secret := range secrets {
		if err := os.WriteFile(filepath.Join(dir, name), secret, 0o600); err != nil {
			return "", fmt.Errorf("writing a secret of the fakes: %w", err)
		}
	}
	file := func(name string) string { return "file:" + filepath.Join(dir, name) }
	var b bytes.Buffer
	fmt.Fprintf(&b, "since: %q\nevery: %v\nlookback: 1h\nsettle: -1s # none\n", since.UTC().Format(time.RFC3339), every)
	fmt.Fprintf(&b, "aspera:\n- {tenant: %s, organization: %s, client_id: %s, user: %s,\n   client_secret: %q, private_key: %q, base_url: %q}\n",
		Tenant, asperatest.Organization, jwt.ClientID, jwt.User, file("aspera.secret"), file("aspera.pem"), s.Aspera.BaseURL())
	fmt.Fprintf(&b, "snaplogic:\n- {tenant: %s, organization: %s, user: %s, password: %q, base_url: %q}\n",
		Tenant, snaplogictest.Organization, snaplogictest.User, file("snaplogic.password"), s.SnapLogic.URL())
	fmt.Fprintf(&b, "opswat:\n- {tenant: %s, key: %q, secret: %q, base_url: %q, quota: {requests: %d, per: %v}}\n",
		Tenant, file("opswat.key"), file("opswat.secret"), s.OPSWAT.URL(), QuotaRequests, QuotaPer)
	fmt.Fprintf(&b, "sdelements:\n- {tenant: %s, url: %q, token: %q}\n", Tenant, s.SDElements.URL(), file("sdelements.token"))
	fmt.Fprintf(&b, "jetstream: {lease: %v}\n", lease)
	path = filepath.Join(dir, "collector.yaml")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		return "", fmt.Errorf("writing the fakes' configuration: %w", err)
	}
	return path, nil
}
