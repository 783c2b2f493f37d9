// Package config reads what the collector is to collect, from where and how often. README.md of the
// module shows a whole file.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Config is a configuration file. A zero field is a default.
type Config struct {
	// DB is the SQLite file. With Sink Stdout it holds the checkpoints alone.
	DB string `yaml:"db"`
	// Sink is nats://…, or several with commas between, to publish to NATS JetStream instead; or
	// Stdout.
	Sink   Address      `yaml:"sink"`
	Format store.Format `yaml:"format"` // of what is published to Sink
	Quota  Address      `yaml:"quota"`  // redis://…: the quota of OPSWAT tenants is shared with other processes
	Keep   Duration     `yaml:"keep"`   // how long a record stays in DB after its time; 0: for good
	Listen string       `yaml:"listen"` // host:port of /healthz and /metrics; "": none

	Since    Since    `yaml:"since"`    // how far back a new feed begins
	Every    Duration `yaml:"every"`    // between two rounds of a feed that is followed
	Lookback Duration `yaml:"lookback"` // how late a record may appear; 0: the vendor's default, negative: none
	Settle   Duration `yaml:"settle"`   // how old a record must be to be read; 0: the vendor's default, negative: none

	JetStream JetStream `yaml:"jetstream"` // how Sink is used

	Aspera     []Aspera     `yaml:"aspera"`
	SnapLogic  []SnapLogic  `yaml:"snaplogic"`
	OPSWAT     []OPSWAT     `yaml:"opswat"`
	SDElements []SDElements `yaml:"sdelements"`
}

// JetStream is how records are published. A zero field is the default of package jetstream, which
// explains them.
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

// Load reads a file. What is unknown or misspelt in it is an error that names the line.
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

// Parse is Load for a file's content.
func Parse(data []byte) (*Config, error) {
	c := new(Config)
	err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(c)
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the file is empty: name a tenant of aspera, snaplogic, opswat or sdelements")
	case err != nil:
		// Without the lines of the file, which may hold what someone took for the place of a
		// password.
		return nil, errors.New(strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	return c, c.complete()
}

// complete checks what the types do not, and fills in names of tenants.
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

// completeAll completes the tenants of one vendor, whose names must differ: records and checkpoints
// are kept by them.
func completeAll[T any](vendor string, tenants []T, complete func(*T) (name string, err error)) error {
	seen := map[string]bool{}
	for i := range tenants {
		name, err := complete(&tenants[i])
		if err != nil {
			return fmt.Errorf("%s, tenant %d: %w", vendor, i+1, err)
		}
		if seen[name] {
			return fmt.Errorf("%s: two tenants are called %q: give each a name of its own with tenant", vendor, name)
		}
		seen[name] = true
	}
	return nil
}

// Since is where a new feed begins: a time, a date, or how long before the first start.
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

// Set is UnmarshalText for package flag, with String.
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

// IsZero reports whether none is set.
func (s Since) IsZero() bool { return s == Since{} }

// From returns the time, DefaultSince before now where none is set.
func (s Since) From(now time.Time) time.Time {
	switch {
	case !s.at.IsZero():
		return s.at
	case s.ago != 0:
		return now.Add(-s.ago)
	}
	return now.Add(-DefaultSince)
}
