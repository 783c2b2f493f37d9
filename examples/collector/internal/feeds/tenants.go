package feeds

import (
	"slices"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/collector/internal/config"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/snaplogic"
)

// ClientConfig has the options of all clients, in addition to the configuration of their tenants.
type ClientConfig struct {
	Options []activity.Option
	// Limiter returns the limiter of a tenant with a quota.
	Limiter func(vendor, tenant string, q config.Quota) (activity.RateLimiter, error)
}

func (a ClientConfig) options(tenant, baseURL string) []activity.Option {
	options := append(slices.Clip(a.Options), activity.WithTenant(tenant))
	if baseURL != "" {
		options = append(options, activity.WithBaseURL(baseURL))
	}
	return options
}

// FromConfig returns the feeds that a configuration names. It reads no secrets, so that a missing
// secret affects only its tenant.
func FromConfig(c *config.Config, around ClientConfig) []Feed {
	var all []Feed
	for _, t := range c.Aspera {
		all = append(all, around.aspera(t).feeds(t.Feeds...)...)
	}
	for _, t := range c.SnapLogic {
		all = append(all, around.snaplogic(t).feeds(activities)...)
	}
	for _, t := range c.OPSWAT {
		all = append(all, around.opswat(t).feeds(activities)...)
	}
	for _, t := range c.SDElements {
		all = append(all, around.sdelements(t).feeds(activities)...)
	}
	return all
}

func (a ClientConfig) aspera(t config.Aspera) *tenant {
	secrets := map[string]config.Secret{"private_key": t.PrivateKey}
	if t.ClientSecret != "" {
		secrets["client_secret"] = t.ClientSecret
	}
	return &tenant{vendor: "aspera", name: t.Tenant, secrets: secrets, connect: func(secrets map[string]string) (map[string]Source, error) {
		client, err := aspera.New(aspera.JWT(aspera.JWTConfig{
			Organization: t.Organization, ClientID: t.ClientID, ClientSecret: secrets["client_secret"],
			User: t.User, PrivateKey: []byte(secrets["private_key"]),
		}), a.options(t.Tenant, t.BaseURL)...)
		if err != nil {
			return nil, err
		}
		return Aspera(client), nil
	}}
}

func (a ClientConfig) snaplogic(t config.SnapLogic) *tenant {
	secrets := map[string]config.Secret{"password": t.Password}
	return &tenant{vendor: "snaplogic", name: t.Tenant, secrets: secrets, connect: func(secrets map[string]string) (map[string]Source, error) {
		client, err := snaplogic.New(t.Organization, snaplogic.Basic(t.User, secrets["password"]), a.options(t.Tenant, t.BaseURL)...)
		if err != nil {
			return nil, err
		}
		return SnapLogic(client), nil
	}}
}

func (a ClientConfig) opswat(t config.OPSWAT) *tenant {
	secrets := map[string]config.Secret{"key": t.Key, "secret": t.Secret}
	var limiter activity.RateLimiter // shared by all clients that the tenant ever has, since the quota is the account's
	return &tenant{vendor: "opswat", name: t.Tenant, secrets: secrets, connect: func(secrets map[string]string) (map[string]Source, error) {
		if limiter == nil {
			made, err := a.Limiter("opswat", t.Tenant, t.Quota)
			if err != nil {
				return nil, err
			}
			limiter = made
		}
		client, err := opswat.New(opswat.ClientCredentials(secrets["key"], secrets["secret"]),
			append(a.options(t.Tenant, t.BaseURL), activity.WithRateLimiter(limiter))...)
		if err != nil {
			return nil, err
		}
		return OPSWAT(client, t.Location.Location), nil
	}}
}

func (a ClientConfig) sdelements(t config.SDElements) *tenant {
	secrets := map[string]config.Secret{}
	if t.Token != "" {
		secrets["token"] = t.Token
	} else {
		secrets["password"] = t.Password
	}
	return &tenant{vendor: "sdelements", name: t.Tenant, secrets: secrets, connect: func(secrets map[string]string) (map[string]Source, error) {
		credentials := sdelements.Basic(t.User, secrets["password"])
		if token, ok := secrets["token"]; ok {
			credentials = sdelements.Token(token)
		}
		client, err := sdelements.New(t.URL, credentials, a.options(t.Tenant, "")...)
		if err != nil {
			return nil, err
		}
		return SDElements(client), nil
	}}
}
