package feeds

import (
	"fmt"
	"maps"
	"sync"

	"github.com/activity-sdk/activity/examples/collector/internal/config"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// tenant is an account of a vendor. It makes its client when a feed is opened, and again after a
// secret has changed, so a new key file needs no restart. Otherwise it keeps the client, with its
// token and with the pause that the service asked for.
type tenant struct {
	vendor, name string
	secrets      map[string]config.Secret // by the field of the configuration
	connect      func(secrets map[string]string) (map[string]Source, error)

	mu      sync.Mutex
	used    map[string]string // the secrets that sources were made with
	sources map[string]Source // by the feed's name
}

// feeds returns the tenant's feeds of these names.
func (t *tenant) feeds(names ...string) []Feed {
	out := make([]Feed, len(names))
	for i, name := range names {
		id := store.FeedID{Vendor: t.vendor, Tenant: t.name, Feed: name}
		out[i] = Feed{ID: id, Open: func() (Source, error) { return t.open(name) }}
	}
	return out
}

func (t *tenant) open(feed string) (Source, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	secrets, err := t.readSecrets()
	if err != nil {
		return Source{}, err
	}
	if t.sources == nil || !maps.Equal(secrets, t.used) {
		sources, err := t.connect(secrets)
		if err != nil {
			return Source{}, fmt.Errorf("%s tenant %q: %w", t.vendor, t.name, err)
		}
		t.sources, t.used = sources, secrets
	}
	source := t.sources[feed]
	source.Changed = func() bool {
		now, err := t.readSecrets()
		return err == nil && !maps.Equal(now, secrets)
	}
	return source, nil
}

func (t *tenant) readSecrets() (map[string]string, error) {
	secrets := make(map[string]string, len(t.secrets))
	for field, place := range t.secrets {
		value, err := place.Read()
		if err != nil {
			return nil, fmt.Errorf("%s tenant %q: %s: %w", t.vendor, t.name, field, err)
		}
		secrets[field] = value
	}
	return secrets, nil
}
