package feeds

import (
	"errors"
	"fmt"
	"slices"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/collector/internal/config"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/snaplogic"
)

// Around is what every client is made with, beside what its tenant's configuration says.
type Around struct {
	Options []activity.Option
	// Limiter gives the limiter of a tenant with a quota.
	Limiter func(vendor, tenant string, q config.Quota) (activity.RateLimiter, error)
}

func (a Around) options(tenant, baseURL string) []activity.Option {
	options := append(slices.Clip(a.Options), activity.WithTenant(tenant))
	if baseURL != "" {
		options = append(options, activity.WithBaseURL(baseURL))
	}
	return options
}

// Of makes the feeds that a configuration names, and reads the secrets that they need. Nothing is
// sent.
func Of(c *config.Config, around Around) ([]Feed, error) {
	var feeds []Feed
	var problems []error
	add := func(vendor, tenant string, made []Feed, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s tenant %q: %w", vendor, tenant, err))
		}
		feeds = append(feeds, made...)
	}
	for _, t := range c.Aspera {
		made, err := around.aspera(t)
		add("aspera", t.Tenant, made, err)
	}
	for _, t := range c.SnapLogic {
		made, err := around.snaplogic(t)
		add("snaplogic", t.Tenant, made, err)
	}
	for _, t := range c.OPSWAT {
		made, err := around.opswat(t)
		add("opswat", t.Tenant, made, err)
	}
	for _, t := range c.SDElements {
		made, err := around.sdelements(t)
		add("sdelements", t.Tenant, made, err)
	}
	return feeds, errors.Join(problems...)
}

func (a Around) aspera(t config.Aspera) ([]Feed, error) {
	key, err := read("private_key", t.PrivateKey)
	if err != nil {
		return nil, err
	}
	var secret string
	if t.ClientSecret != "" {
		if secret, err = read("client_secret", t.ClientSecret); err != nil {
			return nil, err
		}
	}
	credentials := aspera.JWT(aspera.JWTConfig{
		Organization: t.Organization, ClientID: t.ClientID, ClientSecret: secret, User: t.User, PrivateKey: []byte(key),
	})
	client, err := aspera.New(credentials, a.options(t.Tenant, t.BaseURL)...)
	if err != nil {
		return nil, err
	}
	made := make([]Feed, len(t.Feeds))
	for i, name := range t.Feeds {
		if made[i], err = Aspera(t.Tenant, name, client); err != nil {
			return nil, err
		}
	}
	return made, nil
}

func (a Around) snaplogic(t config.SnapLogic) ([]Feed, error) {
	password, err := read("password", t.Password)
	if err != nil {
		return nil, err
	}
	client, err := snaplogic.New(t.Organization, snaplogic.Basic(t.User, password), a.options(t.Tenant, t.BaseURL)...)
	if err != nil {
		return nil, err
	}
	return []Feed{SnapLogic(t.Tenant, client)}, nil
}

func (a Around) opswat(t config.OPSWAT) ([]Feed, error) {
	key, err := read("key", t.Key)
	if err != nil {
		return nil, err
	}
	secret, err := read("secret", t.Secret)
	if err != nil {
		return nil, err
	}
	limiter, err := a.Limiter("opswat", t.Tenant, t.Quota)
	if err != nil {
		return nil, err
	}
	client, err := opswat.New(opswat.ClientCredentials(key, secret),
		append(a.options(t.Tenant, t.BaseURL), activity.WithRateLimiter(limiter))...)
	if err != nil {
		return nil, err
	}
	return []Feed{OPSWAT(t.Tenant, client)}, nil
}

func (a Around) sdelements(t config.SDElements) ([]Feed, error) {
	var credentials sdelements.Credentials
	if t.Token != "" {
		token, err := read("token", t.Token)
		if err != nil {
			return nil, err
		}
		credentials = sdelements.Token(token)
	} else {
		password, err := read("password", t.Password)
		if err != nil {
			return nil, err
		}
		credentials = sdelements.Basic(t.User, password)
	}
	client, err := sdelements.New(t.URL, credentials, a.options(t.Tenant, "")...)
	if err != nil {
		return nil, err
	}
	return []Feed{SDElements(t.Tenant, client)}, nil
}

func read(field string, s config.Secret) (string, error) {
	value, err := s.Read()
	if err != nil {
		return "", fmt.Errorf("%s: %w", field, err)
	}
	return value, nil
}
