// Package config reads the collector's configuration file. The module's README.md shows a complete
// one.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Config is a configuration file. A zero field has its default.
type Config struct {
	// DB is the SQLite file. If Sink is Stdout, it has only the checkpoints.
	DB string `yaml:"db"`
	// Sink is where records go instead of DB: nats://… for NATS JetStream, or several such URLs
	// with commas between, or Stdout.
	Sink   Address      `yaml:"sink"`
	Format store.Format `yaml:"format"` // of the records in Sink
	Quota  Address      `yaml:"quota"`  // redis://… shares the quota of OPSWAT tenants with other processes
	Keep   Duration     `yaml:"keep"`   // how long a record stays in DB after its time; 0: forever
	Listen string       `yaml:"listen"` // host:port of /healthz and /metrics; empty: none

	Since    Since    `yaml:"since"`    // how far back a new feed begins
	Every    Duration `yaml:"every"`    // between two rounds with -follow
	Lookback Duration `yaml:"lookback"` // how late a record may appear; 0: the vendor's default, negative: none
	Settle   Duration `yaml:"settle"`   // how old a record must be to be read; 0: the vendor's default, negative: none

	JetStream JetStream `yaml:"jetstream"` // settings of a NATS sink

	Aspera     []Aspera     `yaml:"aspera"`
	SnapLogic  []SnapLogic  `yaml:"snaplogic"`
	OPSWAT     []OPSWAT     `yaml:"opswat"`
	SDElements []SDElements `yaml:"sdelements"`
}

// JetStream has the settings of a NATS sink, which package jetstream explains. A zero field has the
// default of that package.
type JetStream struct {
	Stream      string   `yaml:"stream"`
	Bucket      string   `yaml:"bucket"`
	Subject     string   `yaml:"subject"`
	Duplicates  Duration `yaml:"duplicates"`
	Lease       Duration `yaml:"lease"`
	Replicas    int      `yaml:"replicas"`
	Credentials string   `yaml:"credentials"` // path of a NATS credentials file
}

// The defaults of Config.
const (
	DefaultSince = 30 * 24 * time.Hour
	DefaultEvery = 5 * time.Minute
)

// Load reads a file. An unknown key is an error that names the line.
func Load(path string) (*Config, error) {
	data, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	c, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, nil
}

// Parse parses the content of a file as Load does.
func Parse(data []byte) (*Config, error) {
	c := new(Config)
	err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(c)
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the file is empty: name a tenant of aspera, snaplogic, opswat or sdelements")
	case err != nil:
		return nil, invalid(err)
	}
	return c, c.complete()
}

// complete validates the configuration and fills in defaults.
func (c *Config) complete() error {
	switch {
	case c.DB != "" && c.Sink != "" && c.Sink != Stdout:
		return errors.New("db and sink are both set: the collector has one sink")
	case c.Every < 0:
		return errors.New("every is negative")
	case c.Keep < 0:
		return errors.New("keep is negative")
	}
	if len(c.Aspera)+len(c.SnapLogic)+len(c.OPSWAT)+len(c.SDElements) == 0 {
		return errors.New("there is no tenant: name one of aspera, snaplogic, opswat or sdelements")
	}
	return errors.Join(
		completeAll("aspera", c.Aspera, (*Aspera).complete),
		completeAll("snaplogic", c.SnapLogic, (*SnapLogic).complete),
		completeAll("opswat", c.OPSWAT, (*OPSWAT).complete),
		completeAll("sdelements", c.SDElements, (*SDElements).complete),
	)
}

// completeAll completes the tenants of one vendor. Their names must be unique, since records and
// checkpoints are stored by name.
func completeAll[T any](vendor string, tenants []T, complete func(*T) (name string, err error)) error {
	seen := map[string]bool{}
	for i := range tenants {
		name, err := complete(&tenants[i])
		if err != nil {
			return fmt.Errorf("%s, tenant %d: %w", vendor, i+1, err)
		}
		if seen[name] {
			return fmt.Errorf("%s: two tenants are called %q: set a different tenant for each", vendor, name)
		}
		seen[name] = true
	}
	return nil
}

// Since is where a new feed begins: a time, a date, or a duration before the first start.
type Since struct {
	at  time.Time
	ago time.Duration
}

// UnmarshalText reads 2026-01-31T12:00:00Z, 2026-01-31 (in UTC) or 720h.
func (s *Since) UnmarshalText(text []byte) error {
	if ago, err := time.ParseDuration(string(text)); err == nil && ago > 0 {
		*s = Since{ago: ago}
		return nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, string(text)); err == nil {
			*s = Since{at: at}
			return nil
		}
	}
	return fmt.Errorf("since %q: want a time (2026-01-31T12:00:00Z), a date (2026-01-31) or a positive duration before now (720h)", text)
}

// Set implements flag.Value.
func (s *Since) Set(text string) error { return s.UnmarshalText([]byte(text)) }

func (s *Since) String() string {
	switch {
	case s.ago != 0:
		return s.ago.String()
	case !s.at.IsZero():
		return s.at.Format(time.RFC3339)
	}
	return ""
}

// IsZero reports whether s is unset.
func (s Since) IsZero() bool { return s == Since{} }

// From returns the time, which is DefaultSince before now if s is unset.
func (s Since) From(now time.Time) time.Time {
	switch {
	case !s.at.IsZero():
		return s.at
	case s.ago != 0:
		return now.Add(-s.ago)
	}
	return now.Add(-DefaultSince)
}
