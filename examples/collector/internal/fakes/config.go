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

// WriteConfig starts the fakes' loopback listeners. It writes the collector's configuration for
// them into dir, with the secrets that it names. every is the time between two rounds, and lease
// the length of JetStream's leases.
func (s *Services) WriteConfig(dir string, since time.Time, every, lease time.Duration) (path string, err error) {
	return Sets{s}.WriteConfig(dir, since, every, lease)
}

// WriteConfig writes one configuration for all sets.
func (s Sets) WriteConfig(dir string, since time.Time, every, lease time.Duration) (path string, err error) {
	var aspera, snaplogic, opswat, sdelements bytes.Buffer
	for _, one := range s {
		jwt := one.Aspera.JWTConfig()
		file := func(name string) string { return "file:" + filepath.Join(dir, name) }
		fmt.Fprintf(&aspera, "- {tenant: %s, organization: %s, client_id: %s, user: %s,\n   client_secret: %q, private_key: %q, base_url: %q}\n",
			one.Tenant, asperatest.Organization, jwt.ClientID, jwt.User, file("aspera.secret"), file("aspera.pem"), one.Aspera.BaseURL())
		fmt.Fprintf(&snaplogic, "- {tenant: %s, organization: %s, user: %s, password: %q, base_url: %q}\n",
			one.Tenant, snaplogictest.Organization, snaplogictest.User, file("snaplogic.password"), one.SnapLogic.URL())
		fmt.Fprintf(&opswat, "- {tenant: %s, key: %q, secret: %q, base_url: %q, quota: {requests: %d, per: %v}}\n",
			one.Tenant, file("opswat.key"), file("opswat.secret"), one.OPSWAT.URL(), QuotaRequests, QuotaPer)
		fmt.Fprintf(&sdelements, "- {tenant: %s, url: %q, token: %q}\n", one.Tenant, one.SDElements.URL(), file("sdelements.token"))
	}
	if err := s.writeSecrets(dir); err != nil {
		return "", err
	}
	text := fmt.Sprintf("since: %q\nevery: %v\nlookback: 1h\nsettle: -1s # none\naspera:\n%ssnaplogic:\n%sopswat:\n%ssdelements:\n%sjetstream: {lease: %v}\n",
		since.UTC().Format(time.RFC3339), every, &aspera, &snaplogic, &opswat, &sdelements, lease)
	path = filepath.Join(dir, "collector.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("writing the fakes' configuration: %w", err)
	}
	return path, nil
}

// writeSecrets writes the secrets, which are the same for all sets.
func (s Sets) writeSecrets(dir string) error {
	jwt := s[0].Aspera.JWTConfig()
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
			return fmt.Errorf("writing a secret of the fakes: %w", err)
		}
	}
	return nil
}
