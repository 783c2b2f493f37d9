package activityreceiver

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"

	"github.com/activity-sdk/activity/aspera/asperatest"
)

const canary = "canary-secret"

// load reads a receiver's configuration as the collector does.
func load(t *testing.T, text string) (*Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs:              []string{path},
		ProviderFactories: []confmap.ProviderFactory{fileprovider.NewFactory(), envprovider.NewFactory()},
	})
	require.NoError(t, err)
	conf, err := resolver.Resolve(t.Context())
	require.NoError(t, err)
	c := createDefaultConfig().(*Config)
	if err := conf.Unmarshal(c); err != nil {
		return nil, err
	}
	return c, confmap.Validate(c)
}

func TestWholeConfiguration(t *testing.T) {
	s := asperatest.NewServer()
	defer s.Close()
	key := filepath.Join(t.TempDir(), "aspera.pem")
	require.NoError(t, os.WriteFile(key, s.JWTConfig().PrivateKey, 0o600))
	number := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(number, []byte("0123\n"), 0o600))
	t.Setenv("ACTIVITY_TEST_SECRET", "1e3")
	c, err := load(t, `
storage: file_storage/checkpoints
since: 2026-01-31
every: 5m
retry_on_failure: {initial_interval: 2s, max_interval: 30s}
tenants:
  - name: files
    vendor: aspera
    organization: acme
    client_id: c
    user: u@example.com
    private_key: ${file:`+key+`}
    feeds: [transfers]
    lookback: 48h
  - name: pipelines
    vendor: snaplogic
    organization: My Organization
    user: u@example.com
    password: ${file:`+number+`}
    query: {event_types: [asset_delete], project_space: shared, project: p}
    since: 720h
    every: 30s
    format: ocsf
  - name: devices
    vendor: opswat
    key: ${env:ACTIVITY_TEST_SECRET}
    secret: ${env:ACTIVITY_TEST_SECRET}
    quota: {requests: 5, per: 1m}
    query: {actions: [blocked]}
  - name: projects
    vendor: sdelements
    url: https://sde.example.com
    token: ${env:ACTIVITY_TEST_SECRET}
  - {name: invented, vendor: sdelements, demo: true}
`)
	require.NoError(t, err)
	assert.Equal(t, "file_storage/checkpoints", c.Storage.String())
	assert.Equal(t, Duration(5*time.Minute), c.Every)
	assert.Equal(t, Retry{Duration(2 * time.Second), Duration(30 * time.Second)}, c.Retry)
	assert.Equal(t, string(s.JWTConfig().PrivateKey), string(c.Tenants[0].PrivateKey), "a key is not parsed as YAML")
	assert.Equal(t, "0123", secret(c.Tenants[1].Password), "a password is not parsed as a number, and its line break is removed")
	assert.Equal(t, "1e3", secret(c.Tenants[2].Key))
	assert.NotContains(t, fmt.Sprintf("%v %+v", c, c), "1e3")

	sources, stop, err := c.open(slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer stop()
	var keys []string
	for _, s := range sources {
		keys = append(keys, s.key())
	}
	assert.Equal(t, []string{"aspera/files/transfers", "snaplogic/pipelines/activities", "opswat/devices/activities", "sdelements/projects/activities", "sdelements/invented/activities"}, keys)
	assert.Equal(t, time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), sources[0].options.Since)
	assert.Equal(t, 48*time.Hour, sources[0].options.Lookback)
	assert.Equal(t, FormatRaw, sources[0].format)
	assert.WithinDuration(t, time.Now().Add(-720*time.Hour), sources[1].options.Since, time.Minute)
	assert.Equal(t, 30*time.Second, sources[1].options.Every)
	assert.Equal(t, FormatOCSF, sources[1].format)
}

func TestInvalidConfigurations(t *testing.T) {
	const good = "tenants: [{name: a, vendor: snaplogic, demo: true}]\n"
	tenant := func(settings string) string { return "tenants: [{name: acme, " + settings + "}]" }
	for name, tt := range map[string]struct{ text, says string }{
		"no tenant":        {"every: 1m", "tenants: there is none"},
		"every":            {good + "every: 0s", "every: 0s is not above zero"},
		"every in words":   {good + "every: hourly", "want a duration with its unit, such as 30s, 5m or 1h30m"},
		"since":            {good + "since: yesterday", "since: yesterday is neither a time"},
		"format":           {good + "format: xml", `format: "xml" is neither "raw" nor "ocsf"`},
		"retry":            {good + "retry_on_failure: {initial_interval: 2m}", "a max_interval that is not shorter"},
		"unknown key":      {good + "evry: 1m", "evry"},
		"unknown setting":  {tenant("vendor: snaplogic, demo: true, pasword: x"), "pasword"},
		"no name":          {"tenants: [{vendor: snaplogic, demo: true}]", "tenant 1: name is missing"},
		"no vendor":        {tenant("demo: true"), `tenant "acme": vendor is missing: one of aspera, opswat, sdelements, snaplogic`},
		"unknown vendor":   {tenant("vendor: okta"), `tenant "acme": vendor: "okta" is none of aspera, opswat`},
		"missing":          {tenant("vendor: snaplogic, organization: o, user: u"), `tenant "acme": password is missing`},
		"another vendor's": {tenant("vendor: opswat, key: k, secret: s, user: u"), `tenant "acme": user is set, and opswat has none`},
		"foreign query":    {tenant("vendor: opswat, demo: true, query: {project: p}"), `tenant "acme": query.project is set, and opswat has none`},
		"demo with secret": {tenant("vendor: opswat, demo: true, key: k"), `tenant "acme": key is set, and a demo has none`},
		"tenant's since":   {tenant("vendor: opswat, demo: true, since: 5"), `tenant "acme": since: 5 is neither`},
		"tenant's every":   {tenant("vendor: opswat, demo: true, every: -1s"), `tenant "acme": every: -1s`},
		"tenant's format":  {tenant("vendor: opswat, demo: true, format: x"), `tenant "acme": format: "x"`},
		"quota":            {tenant("vendor: opswat, key: k, secret: s, quota: {requests: 3}"), `tenant "acme": quota: want requests and per`},
		"unknown feed":     {tenant("vendor: aspera, demo: true, feeds: [files]"), `tenant "acme": feeds: "files" is unknown or named twice`},
		"no way in":        {tenant("vendor: sdelements, url: 'https://sde.example.com'"), `tenant "acme": want either token, or user and password`},
		"http":             {tenant("vendor: sdelements, token: t, url: 'http://sde.example.com'"), `tenant "acme": `},
		"no key":           {tenant("vendor: aspera, organization: o, client_id: c, user: u, private_key: " + canary), `tenant "acme": `},
		"same name": {"tenants: [{name: a, vendor: opswat, demo: true}, {name: a, vendor: opswat, demo: true}]",
			`tenant "a": there is another opswat tenant of this name`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, tt.text)
			require.ErrorContains(t, err, tt.says)
			assert.NotContains(t, err.Error(), canary)
		})
	}
}

func TestEachErrorNamesItsTenant(t *testing.T) {
	_, err := load(t, "tenants: [{name: a, vendor: aspera}, {name: b, vendor: opswat, demo: true, key: k, format: x}]")
	require.EqualError(t, err, `tenant "a": organization is missing
tenant "a": client_id is missing
tenant "a": private_key is missing
tenant "a": user is missing
tenant "b": key is set, and a demo has none
tenant "b": format: "x" is neither "raw" nor "ocsf"`)
}

// The collector itself reads a number as nanoseconds.
func TestDurationsNeedUnits(t *testing.T) {
	tenant := func(settings string) string {
		return "tenants: [{name: acme, vendor: opswat, key: k, secret: s, " + settings + "}]"
	}
	t.Setenv("ACTIVITY_TEST_NUMBER", "5")
	for name, text := range map[string]string{
		"every":             "every: 5\n" + tenant("feeds: [activities]"),
		"text":              "every: '5'\n" + tenant("feeds: [activities]"),
		"environment":       "every: ${env:ACTIVITY_TEST_NUMBER}\n" + tenant("feeds: [activities]"),
		"tenant's every":    tenant("every: 5"),
		"tenant's quota":    tenant("quota: {requests: 10, per: 5}"),
		"tenant's lookback": tenant("lookback: 5"),
		"tenant's settle":   tenant("settle: 5"),
		"retry_on_failure":  "retry_on_failure: {initial_interval: 5}\n" + tenant("feeds: [activities]"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, text)
			require.ErrorContains(t, err, "5 has no unit: write 5s, 5m or 5h")
		})
	}
	c, err := load(t, "every: 1h30m\n"+tenant("settle: -1s, lookback: 0, quota: {requests: 5, per: 90s}"))
	require.NoError(t, err)
	conf := confmap.New()
	require.NoError(t, conf.Marshal(c))
	assert.Equal(t, time.Minute+30*time.Second, conf.Get("tenants").([]any)[0].(map[string]any)["quota"].(map[string]any)["per"])
	assert.Equal(t, 90*time.Minute, conf.Get("every"), "print-config writes the unit")
	assert.Equal(t, -time.Second, conf.Get("tenants").([]any)[0].(map[string]any)["settle"])
}
