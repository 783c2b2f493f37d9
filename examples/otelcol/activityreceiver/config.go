package activityreceiver

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Config is the configuration of a receiver.
type Config struct {
	// Storage is the extension that keeps the checkpoints. Without one, each start of the collector
	// begins at Since again.
	Storage *component.ID `mapstructure:"storage"`

	// Since is where a feed without a checkpoint begins: a time (2026-01-31T12:00:00Z), a date
	// (2026-01-31, in UTC) or a duration before the start (720h). The default is DefaultSince
	// before the start.
	Since any `mapstructure:"since"`
	// Every is the time between two rounds of a feed.
	Every Duration `mapstructure:"every"`
	// Format is the format of a record's body.
	Format Format `mapstructure:"format"`
	// Retry has the waits before a batch is sent again that the pipeline refused temporarily.
	Retry Retry `mapstructure:"retry_on_failure"`

	// Tenants are the accounts to read.
	Tenants []Tenant `mapstructure:"tenants"`
}

// Retry has the first and the longest wait before a batch is sent again. The wait doubles each
// time.
type Retry struct {
	InitialInterval Duration `mapstructure:"initial_interval"`
	MaxInterval     Duration `mapstructure:"max_interval"`
}

// Format is the format of a record's body.
type Format string

// The formats.
const (
	FormatRaw  Format = "raw"  // the JSON that the vendor sent
	FormatOCSF Format = "ocsf" // an event of the Open Cybersecurity Schema Framework, as JSON
)

// Validate returns all errors of the configuration.
func (c *Config) Validate() error {
	problems := []error{
		validSince(c.Since),
		validEvery(c.Every),
		validFormat(c.Format),
	}
	if c.Retry.InitialInterval <= 0 || c.Retry.MaxInterval < c.Retry.InitialInterval {
		problems = append(problems, errors.New("retry_on_failure: want an initial_interval above zero and a max_interval that is not shorter"))
	}
	if len(c.Tenants) == 0 {
		problems = append(problems, errors.New("tenants: there is none"))
	}
	type identity struct{ vendor, name string }
	seen := map[identity]bool{}
	for i, t := range c.Tenants {
		for _, err := range t.validate() {
			problems = append(problems, fmt.Errorf("%s: %w", t.displayName(i), err))
		}
		id := identity{t.Vendor, t.Name}
		if seen[id] && t.Name != "" {
			problems = append(problems, fmt.Errorf("%s: there is another %s tenant of this name", t.displayName(i), t.Vendor))
		}
		seen[id] = true
	}
	return errors.Join(problems...)
}

func validEvery(every Duration) error {
	if every <= 0 {
		return fmt.Errorf("every: %v is not above zero", time.Duration(every))
	}
	return nil
}

func validFormat(f Format) error {
	if f != FormatRaw && f != FormatOCSF {
		return fmt.Errorf("format: %q is neither %q nor %q", f, FormatRaw, FormatOCSF)
	}
	return nil
}

func validSince(since any) error {
	_, err := sinceTime(since, time.Now())
	return err
}

// DefaultSince is the default of Since, as a duration before the start.
const DefaultSince = 720 * time.Hour

// sinceTime returns the time of a since. YAML decodes a date without quotes as a time.Time.
func sinceTime(since any, now time.Time) (time.Time, error) {
	switch since := since.(type) {
	case nil:
		return now.Add(-DefaultSince), nil
	case time.Time:
		return since, nil
	case string:
		if ago, err := time.ParseDuration(since); err == nil && ago > 0 {
			return now.Add(-ago), nil
		}
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if at, err := time.Parse(layout, since); err == nil {
				return at, nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("since: %v is neither a time (2026-01-31T12:00:00Z) nor a date (2026-01-31) nor a duration before the start (720h)", since)
}
