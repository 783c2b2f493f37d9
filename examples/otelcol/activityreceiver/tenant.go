package activityreceiver

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/activity-sdk/activity"
)

// Tenant is an account of a vendor. The table vendors lists the settings of each vendor.
type Tenant struct {
	// Name is the tenant's name in records, logs and metrics. Its checkpoint is stored by this
	// name.
	Name   string `mapstructure:"name"`
	Vendor string `mapstructure:"vendor"`

	// Demo makes the receiver run a fake of the service, with invented records. A demo has no
	// address and no credentials.
	Demo bool `mapstructure:"demo"`

	URL          string              `mapstructure:"url"` // SD Elements' server; for other vendors, an address other than the default
	Organization string              `mapstructure:"organization"`
	ClientID     string              `mapstructure:"client_id"`
	ClientSecret configopaque.String `mapstructure:"client_secret"`
	PrivateKey   configopaque.String `mapstructure:"private_key"` // PEM
	User         string              `mapstructure:"user"`
	Password     configopaque.String `mapstructure:"password"`
	Key          configopaque.String `mapstructure:"key"`
	Secret       configopaque.String `mapstructure:"secret"`
	Token        configopaque.String `mapstructure:"token"`

	// Quota limits the requests; default: the vendor's quota.
	Quota Quota `mapstructure:"quota"`

	// Feeds are the feeds to read; default: all.
	Feeds []string `mapstructure:"feeds"`
	// Query filters the records.
	Query Query `mapstructure:"query"`

	// Since, Every and Format default to those of the receiver.
	Since  any      `mapstructure:"since"`
	Every  Duration `mapstructure:"every"`
	Format Format   `mapstructure:"format"`

	// Lookback is how late a record may appear, and Settle how old it must be to be read. Zero is
	// the default of the vendor's package, negative is none.
	Lookback Duration `mapstructure:"lookback"`
	Settle   Duration `mapstructure:"settle"`
}

// Quota is a number of requests in any span of time.
type Quota struct {
	Requests int      `mapstructure:"requests"`
	Per      Duration `mapstructure:"per"`
}

// Query filters records. The table vendors lists the members of each vendor.
type Query struct {
	EventTypes   []string `mapstructure:"event_types"`
	User         string   `mapstructure:"user"`
	ProjectSpace string   `mapstructure:"project_space"`
	Project      string   `mapstructure:"project"`
	Actions      []string `mapstructure:"actions"`
	Search       string   `mapstructure:"search"`
	Name         string   `mapstructure:"name"`
}

// displayName returns the tenant's name for errors.
func (t Tenant) displayName(i int) string {
	if t.Name == "" {
		return fmt.Sprintf("tenant %d", i+1)
	}
	return fmt.Sprintf("tenant %q", t.Name)
}

// validate returns all errors of the tenant's settings.
func (t Tenant) validate() []error {
	v, known := vendors[t.Vendor]
	switch {
	case t.Name == "":
		return []error{errors.New("name is missing")}
	case t.Vendor == "":
		return []error{fmt.Errorf("vendor is missing: one of %s", strings.Join(vendorNames(), ", "))}
	case !known:
		return []error{fmt.Errorf("vendor: %q is none of %s", t.Vendor, strings.Join(vendorNames(), ", "))}
	}
	problems := append(t.validSettings(v), t.validFeeds(v))
	if t.Since != nil {
		problems = append(problems, validSince(t.Since))
	}
	if t.Every != 0 {
		problems = append(problems, validEvery(t.Every))
	}
	if t.Format != "" {
		problems = append(problems, validFormat(t.Format))
	}
	if t.Quota != (Quota{}) && (t.Quota.Requests <= 0 || t.Quota.Per <= 0) {
		problems = append(problems, errors.New("quota: want requests and per, both above zero, such as 10 and 1m"))
	}
	problems = slices.DeleteFunc(problems, func(err error) bool { return err == nil })
	if len(problems) > 0 || t.Demo {
		return problems
	}
	if _, err := v.connect(t, []activity.Option{activity.WithTenant(t.Name)}); err != nil { // connecting sends nothing
		return []error{err}
	}
	return nil
}

// validSettings returns errors for missing settings, and for settings that the vendor does not
// have.
func (t Tenant) validSettings(v vendor) (problems []error) {
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
	return problems
}

type setting struct {
	name string
	set  bool
}

// settings returns the settings that not every vendor has.
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

// secret returns a secret without the line break at the end of its file.
func secret(s configopaque.String) string {
	return strings.TrimSuffix(strings.TrimSuffix(string(s), "\n"), "\r")
}
