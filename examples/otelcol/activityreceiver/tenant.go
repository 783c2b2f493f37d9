package activityreceiver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/activity-sdk/activity"
)

// Tenant is an account of a vendor. Which of its settings a vendor has is in the table vendors.
type Tenant struct {
	// Name is what the account is called in records, logs and metrics. Its checkpoint belongs to
	// this name.
	Name   string `mapstructure:"name"`
	Vendor string `mapstructure:"vendor"`

	// Demo is true for a tenant of a service inside the receiver, with invented records. It has no
	// address and no credentials.
	Demo bool `mapstructure:"demo"`

	URL          string              `mapstructure:"url"` // SD Elements' server; for others, another address than the usual one
	Organization string              `mapstructure:"organization"`
	ClientID     string              `mapstructure:"client_id"`
	ClientSecret configopaque.String `mapstructure:"client_secret"`
	PrivateKey   configopaque.String `mapstructure:"private_key"` // PEM
	User         string              `mapstructure:"user"`
	Password     configopaque.String `mapstructure:"password"`
	Key          configopaque.String `mapstructure:"key"`
	Secret       configopaque.String `mapstructure:"secret"`
	Token        configopaque.String `mapstructure:"token"`

	// Quota is how many requests there may be in any span of time, if that is not the vendor's.
	Quota Quota `mapstructure:"quota"`

	// Feeds are those to read; all if there is none.
	Feeds []string `mapstructure:"feeds"`
	// Query chooses records.
	Query Query `mapstructure:"query"`

	// Since, Every and Format are the receiver's where they are not set.
	Since  any           `mapstructure:"since"`
	Every  time.Duration `mapstructure:"every"`
	Format Format        `mapstructure:"format"`

	// Lookback is how late a record may appear, and Settle how old it has to be to be read. Zero is
	// what the vendor's package takes, negative is none.
	Lookback time.Duration `mapstructure:"lookback"`
	Settle   time.Duration `mapstructure:"settle"`
}

// Quota is a number of requests in any span of time.
type Quota struct {
	Requests int           `mapstructure:"requests"`
	Per      time.Duration `mapstructure:"per"`
}

// Query chooses records. Which members a vendor has is in the table vendors.
type Query struct {
	EventTypes   []string `mapstructure:"event_types"`
	User         string   `mapstructure:"user"`
	ProjectSpace string   `mapstructure:"project_space"`
	Project      string   `mapstructure:"project"`
	Actions      []string `mapstructure:"actions"`
	Search       string   `mapstructure:"search"`
	Name         string   `mapstructure:"name"`
}

// displayName is how errors name the tenant.
func (t Tenant) displayName(i int) string {
	if t.Name == "" {
		return fmt.Sprintf("tenant %d", i+1)
	}
	return fmt.Sprintf("tenant %q", t.Name)
}

func (t Tenant) validate() error {
	v, known := vendors[t.Vendor]
	switch {
	case t.Name == "":
		return errors.New("name is missing")
	case t.Vendor == "":
		return fmt.Errorf("vendor is missing: one of %s", strings.Join(vendorNames(), ", "))
	case !known:
		return fmt.Errorf("vendor: %q is none of %s", t.Vendor, strings.Join(vendorNames(), ", "))
	}
	problems := []error{t.validSettings(v), t.validFeeds(v), t.validTimes()}
	if t.Format != "" {
		problems = append(problems, validFormat(t.Format))
	}
	if t.Quota != (Quota{}) && (t.Quota.Requests <= 0 || t.Quota.Per <= 0) {
		problems = append(problems, errors.New("quota: want requests and per, both above zero, such as 10 and 1m"))
	}
	if err := errors.Join(problems...); err != nil || t.Demo {
		return err
	}
	_, err := v.connect(t, []activity.Option{activity.WithTenant(t.Name)}) // sends nothing
	return err
}

// validSettings checks that there are those settings that the vendor has, and no others.
func (t Tenant) validSettings(v vendor) error {
	var problems []error
	for _, s := range t.settings() {
		switch {
		case s.set && t.Demo && !strings.HasPrefix(s.name, "query."):
			problems = append(problems, fmt.Errorf("%s is set, and a demo has none", s.name))
		case s.set && !slices.Contains(v.required, s.name) && !slices.Contains(v.optional, s.name):
			problems = append(problems, fmt.Errorf("%s is set, and %s has none", s.name, t.Vendor))
		case !s.set && !t.Demo && slices.Contains(v.required, s.name):
			problems = append(problems, fmt.Errorf("%s is missing", s.name))
		}
	}
	return errors.Join(problems...)
}

type setting struct {
	name string
	set  bool
}

// settings are those that not every vendor has.
func (t Tenant) settings() []setting {
	q := t.Query
	return []setting{
		{"url", t.URL != ""},
		{"organization", t.Organization != ""},
		{"client_id", t.ClientID != ""},
		{"client_secret", t.ClientSecret != ""},
		{"private_key", t.PrivateKey != ""},
		{"user", t.User != ""},
		{"password", t.Password != ""},
		{"key", t.Key != ""},
		{"secret", t.Secret != ""},
		{"token", t.Token != ""},
		{"quota", t.Quota != Quota{}},
		{"query.event_types", len(q.EventTypes) > 0},
		{"query.user", q.User != ""},
		{"query.project_space", q.ProjectSpace != ""},
		{"query.project", q.Project != ""},
		{"query.actions", len(q.Actions) > 0},
		{"query.search", q.Search != ""},
		{"query.name", q.Name != ""},
	}
}

func (t Tenant) validFeeds(v vendor) error {
	for i, feed := range t.Feeds {
		if !slices.Contains(v.feeds, feed) || slices.Contains(t.Feeds[:i], feed) {
			return fmt.Errorf("feeds: %q is unknown or named twice: %s has %s", feed, t.Vendor, strings.Join(v.feeds, ", "))
		}
	}
	return nil
}

func (t Tenant) validTimes() error {
	var problems []error
	if t.Since != nil {
		problems = append(problems, validSince(t.Since))
	}
	if t.Every != 0 {
		problems = append(problems, validEvery(t.Every))
	}
	return errors.Join(problems...)
}

// secret returns a secret without the line break that a file ends with.
func secret(s configopaque.String) string {
	return strings.TrimSuffix(strings.TrimSuffix(string(s), "\n"), "\r")
}
