package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Aspera is an organization of Aspera on Cloud.
type Aspera struct {
	Tenant       string   `yaml:"tenant"`       // name in the store; default: organization
	Organization string   `yaml:"organization"` // subdomain
	ClientID     string   `yaml:"client_id"`
	ClientSecret Secret   `yaml:"client_secret"` // if the client has one
	User         string   `yaml:"user"`          // e-mail address
	PrivateKey   Secret   `yaml:"private_key"`   // PEM
	BaseURL      string   `yaml:"base_url"`
	Feeds        []string `yaml:"feeds"` // of AsperaFeeds; default: all
}

// AsperaFeeds are the feeds of Aspera. Every other vendor has one feed, activities.
var AsperaFeeds = []string{"transfers", "application_events"}

func (a *Aspera) complete() (string, error) {
	name(&a.Tenant, a.Organization)
	if len(a.Feeds) == 0 {
		a.Feeds = AsperaFeeds
	}
	for i, feed := range a.Feeds {
		if !slices.Contains(AsperaFeeds, feed) || slices.Contains(a.Feeds[:i], feed) {
			return "", fmt.Errorf("feeds: %q is unknown or named twice: want %s", feed, strings.Join(AsperaFeeds, ", "))
		}
	}
	return a.Tenant, required("organization", a.Organization, "client_id", a.ClientID, "user", a.User, "private_key", string(a.PrivateKey))
}

// SnapLogic is an organization of SnapLogic.
type SnapLogic struct {
	Tenant       string `yaml:"tenant"` // name in the store; default: organization
	Organization string `yaml:"organization"`
	User         string `yaml:"user"`
	Password     Secret `yaml:"password"`
	BaseURL      string `yaml:"base_url"` // for control planes other than the default
}

func (s *SnapLogic) complete() (string, error) {
	name(&s.Tenant, s.Organization)
	return s.Tenant, required("organization", s.Organization, "user", s.User, "password", string(s.Password))
}

// OPSWAT is an account of OPSWAT Central Management.
type OPSWAT struct {
	Tenant  string `yaml:"tenant"` // name in the store; default: "default"
	Key     Secret `yaml:"key"`    // client key
	Secret  Secret `yaml:"secret"` // client secret
	BaseURL string `yaml:"base_url"`
	Quota   Quota  `yaml:"quota"` // default: 10 requests in 1m, which is the vendor's
	// Location is the zone of the service's timestamps, which do not contain a zone. Default UTC.
	Location Zone `yaml:"location"`
}

// Quota is a number of requests in any period of length Per.
type Quota struct {
	Requests int      `yaml:"requests"`
	Per      Duration `yaml:"per"`
}

func (o *OPSWAT) complete() (string, error) {
	name(&o.Tenant, "default")
	switch {
	case o.Quota == (Quota{}):
		o.Quota = Quota{Requests: 10, Per: Duration(time.Minute)}
	case o.Quota.Requests <= 0 || o.Quota.Per <= 0:
		return "", errors.New("quota: want requests and per, both above zero, such as 10 and 1m")
	}
	return o.Tenant, required("key", string(o.Key), "secret", string(o.Secret))
}

// SDElements is a server of SD Elements, with a token, or with user and password.
type SDElements struct {
	Tenant   string `yaml:"tenant"` // name in the store; default: the host of url
	URL      string `yaml:"url"`
	Token    Secret `yaml:"token"`
	User     string `yaml:"user"`
	Password Secret `yaml:"password"`
}

func (s *SDElements) complete() (string, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" && s.URL != "" {
		return "", errors.New("url: want an absolute URL, such as https://acme.sdelements.example.com")
	}
	name(&s.Tenant, u.Host)
	if s.Token != "" {
		if s.User != "" || s.Password != "" {
			return "", errors.New("there are both a token and a user or password: want one of them")
		}
		return s.Tenant, required("url", s.URL)
	}
	if s.User == "" && s.Password == "" {
		return "", errors.New("token is missing (or user and password)")
	}
	return s.Tenant, required("url", s.URL, "user", s.User, "password", string(s.Password))
}

func name(tenant *string, fallback string) {
	if *tenant == "" {
		*tenant = fallback
	}
}

// required returns an error for the first empty value. It takes names and values in turn.
func required(pairs ...string) error {
	for pair := range slices.Chunk(pairs, 2) {
		if pair[1] == "" {
			return fmt.Errorf("%s is missing", pair[0])
		}
	}
	return nil
}
