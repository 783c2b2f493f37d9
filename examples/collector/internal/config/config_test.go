package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/config"
)

const canary = "canary-secret"

func TestWholeFile(t *testing.T) {
	c, err := config.Parse([]byte(`
db: activity.db
quota: redis://localhost:6379/0
since: 2026-01-31
every: 2m30s
lookback: 1h
settle: -1s
keep: 2160h
listen: 127.0.0.1:9464
jetstream: {subject: prod.activity}
aspera:
  - {organization: acme, client_id: c, user: u@example.com, private_key: "file:/k.pem", client_secret: env:S, feeds: [transfers]}
  - {tenant: b, organization: acme, client_id: c, user: u@example.com, private_key: "file:/k.pem", base_url: "https://a.example.com"}
snaplogic:
  - {organization: My Org, user: u@example.com, password: env:P}
opswat:
  - {key: env:K, secret: env:S}
  - {tenant: fast, key: env:K, secret: env:S, quota: {requests: 3, per: 1s}, location: Europe/Berlin}
sdelements:
  - {url: "https://sde.example.com", token: env:T}
  - {url: "https://sde2.example.com", user: u, password: env:T}
`))
	require.NoError(t, err)
	assert.Equal(t, config.Duration(150*time.Second), c.Every)
	assert.Equal(t, config.Duration(time.Hour), c.Lookback)
	assert.Equal(t, config.Duration(-time.Second), c.Settle)
	assert.Equal(t, config.Duration(90*24*time.Hour), c.Keep)
	assert.Equal(t, "127.0.0.1:9464", c.Listen)
	assert.Equal(t, "prod.activity", c.JetStream.Subject)
	assert.Equal(t, "Europe/Berlin", c.OPSWAT[1].Location.String())
	assert.Nil(t, c.OPSWAT[0].Location.Location)
	assert.Equal(t, time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), c.Since.From(time.Now()))
	assert.Equal(t, []string{"transfers"}, c.Aspera[0].Feeds)
	assert.Equal(t, config.AsperaFeeds, c.Aspera[1].Feeds)
	assert.Equal(t, []string{"acme", "b", "My Org", "default", "fast", "sde.example.com", "sde2.example.com"}, []string{
		c.Aspera[0].Tenant, c.Aspera[1].Tenant, c.SnapLogic[0].Tenant, c.OPSWAT[0].Tenant, c.OPSWAT[1].Tenant, c.SDElements[0].Tenant, c.SDElements[1].Tenant,
	})
	assert.Equal(t, config.Quota{Requests: 10, Per: config.Duration(time.Minute)}, c.OPSWAT[0].Quota)
	assert.Equal(t, config.Quota{Requests: 3, Per: config.Duration(time.Second)}, c.OPSWAT[1].Quota)
}

func TestLinesMayGoToStandardOutput(t *testing.T) {
	c, err := config.Parse([]byte("sink: '-'\ndb: checkpoints.db\nformat: event\nsnaplogic: [{organization: o, user: u, password: env:P}]\n"))
	require.NoError(t, err)
	assert.Equal(t, config.Stdout, c.Sink)
	assert.Equal(t, "checkpoints.db", c.DB)
}

func TestInvalidFiles(t *testing.T) {
	const good = "snaplogic: [{organization: o, user: u, password: env:P}]\n"
	for name, tt := range map[string]struct{ file, says string }{
		"empty":              {"", "the file is empty"},
		"only a comment":     {"# nothing", "the file is empty"},
		"no tenant":          {"db: a.db", "there is no tenant"},
		"two sinks":          {good + "db: a.db\nsink: nats://localhost:4222", "db and sink are both set"},
		"unknown key":        {good + "evry: 5m", `[2:1] unknown field "evry"`},
		"unknown tenant key": {"snaplogic: [{organization: o, user: u, passwort: env:P}]", `unknown field "passwort"`},
		"key twice":          {good + "every: 5m\nevery: 6m", "every"},
		"duration":           {good + "every: fast", "[2:8] want a duration with its unit, such as 30s, 5m or 1h30m"},
		"no unit":            {good + "every: 5", "[2:8] 5 has no unit: write 5s, 5m or 5h"},
		"no unit, a part":    {good + "lookback: 0.5", "[2:11] 0.5 has no unit: write 0.5s, 0.5m or 0.5h"},
		"keep":               {good + "keep: -1h", "keep is negative"},
		"a list for a text":  {good + "db: [a]", "[2:5] want a text here"},
		"text for a number":  {good + "jetstream: {replicas: two}", "[2:23] want a whole number here"},
		"a huge number":      {good + "jetstream: {replicas: 99999999999999999999}", "[2:23] want a smaller number here"},
		"a text for a list":  {"snaplogic: o", "[1:12] want a list here"},
		"a text for fields":  {"snaplogic: [o]", "[1:13] want fields here, each with its value"},
		"zone":               {"opswat: [{key: env:K, secret: env:S, location: Bonn}]", `"Bonn" is not a time zone: write its name, such as Europe/Berlin`},
		"format":             {good + "format: xml", `"xml" is not a format: want raw, event or ocsf`},
		"negative":           {good + "every: -1s", "every is negative"},
		"since":              {good + "since: yesterday", "since \"yesterday\": want a time"},
		"no YAML":            {"snaplogic: [", "["},
		"missing":            {"snaplogic: [{organization: o, password: env:P}]", "snaplogic, tenant 1: user is missing"},
		"tenant twice":       {"opswat: [{key: env:K, secret: env:S}, {key: env:K2, secret: env:S2}]", `two tenants are called "default"`},
		"half a quota":       {"opswat: [{key: env:K, secret: env:S, quota: {requests: 3}}]", "quota: want requests and per"},
		"unknown feed":       {"aspera: [{organization: o, client_id: c, user: u, private_key: env:K, feeds: [files]}]", `"files" is unknown`},
		"feed twice":         {"aspera: [{organization: o, client_id: c, user: u, private_key: env:K, feeds: [transfers, transfers]}]", "named twice"},
		"no way in":          {"sdelements: [{url: 'https://sde.example.com'}]", "token is missing (or user and password)"},
		"two ways in":        {"sdelements: [{url: 'https://sde.example.com', token: env:T, user: u}]", "both a token and a user"},
		"URL, no scheme":     {"sdelements: [{url: acme.example.com, token: env:T}]", "sdelements, tenant 1: url: want an absolute URL, such as https://acme.sdelements.example.com"},
		"URL, a port":        {"sdelements: [{url: 'acme.example.com:8443', tenant: a, user: u, password: env:T}]", "url: want an absolute URL"},
		"URL, no host":       {"sdelements: [{url: 'https://', token: env:T}]", "url: want an absolute URL"},
		"no URL":             {"sdelements: [{url: 'http://a b', token: env:T}]", "url: want an absolute URL"},
		"URL is missing":     {"sdelements: [{token: env:T}]", "url is missing"},
		"sink is no URL":     {good + "sink: localhost", "not an absolute URL"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Parse([]byte(tt.file))
			require.ErrorContains(t, err, tt.says)
			assert.NotContains(t, err.Error(), "unmarshal")
		})
	}
}

func TestInlineSecrets(t *testing.T) {
	for name, file := range map[string]string{
		"password":  "snaplogic:\n- organization: o\n  user: u\n  password: " + canary,
		"number":    "snaplogic:\n- {organization: o, user: u, password: 4711}",
		"sequence":  "snaplogic:\n- {organization: o, user: u, password: [" + canary + "]}",
		"mapping":   "snaplogic:\n- {organization: o, user: u, password: {env: " + canary + "}}",
		"redis":     "opswat: [{key: env:K, secret: env:S}]\nquota: redis://user:" + canary + "@localhost:6379/0",
		"cluster":   "opswat: [{key: env:K, secret: env:S}]\nsink: nats://a:4222,nats://u:" + canary + "@b:4222",
		"nats":      "opswat: [{key: env:K, secret: env:S}]\nsink: nats://" + canary + "@localhost:4222",
		"bad URL":   "opswat: [{key: env:K, secret: env:S}]\nsink: 'nats://u:" + canary + "@local host'",
		"misspelt":  "snaplogic:\n- organization: o\n  user: u\n  pasword: " + canary,
		"near by":   "snaplogic:\n- organization: o\n  user: [1]\n  password: " + canary,
		"unclosed":  "snaplogic:\n- organization: o\n  password: \"" + canary,
		"the token": "sdelements: [{url: 'https://sde.example.com', token: " + canary + "}]",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Parse([]byte(file))
			require.Error(t, err)
			t.Log(err)
			assert.NotContains(t, err.Error(), canary)
			assert.NotContains(t, err.Error(), "4711")
		})
	}
}

func TestPlacesOfSecrets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(" two words \r\n"), 0o600))
	empty := filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.WriteFile(empty, []byte("\n"), 0o600))
	t.Setenv("COLLECTOR_TEST_SECRET", canary)
	t.Setenv("COLLECTOR_TEST_EMPTY", "")

	value, err := config.Secret("file:" + file).Read()
	require.NoError(t, err)
	assert.Equal(t, " two words ", value)
	value, err = config.Secret("env:COLLECTOR_TEST_SECRET").Read()
	require.NoError(t, err)
	assert.Equal(t, canary, value)
	value, err = config.Address("env:COLLECTOR_TEST_SECRET").Read()
	require.NoError(t, err)
	assert.Equal(t, canary, value)
	var cluster config.Address
	require.NoError(t, cluster.Set("nats://a:4222,nats://b:4222"))
	value, err = config.Address("redis://localhost").Read()
	require.NoError(t, err)
	assert.Equal(t, "redis://localhost", value)

	for place, says := range map[config.Secret]string{
		"env:COLLECTOR_TEST_EMPTY":                    "environment variable COLLECTOR_TEST_EMPTY is not set",
		config.Secret("file:" + empty):                "is empty",
		config.Secret("file:" + empty + "-not-there"): "no such file",
		config.Secret(strings.Repeat(canary, 1)):      "secrets are not written here",
	} {
		_, err := place.Read()
		require.ErrorContains(t, err, says)
		assert.NotContains(t, err.Error(), canary)
	}
}

func TestSince(t *testing.T) {
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"":                          now.Add(-config.DefaultSince),
		"24h":                       now.AddDate(0, 0, -1),
		"2026-01-31":                time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
		"2026-01-31T12:00:00+02:00": time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC),
	} {
		var s config.Since
		if text != "" {
			require.NoError(t, s.Set(text))
		}
		assert.True(t, want.Equal(s.From(now)), "%q: %v", text, s.From(now))
	}
	var s config.Since
	require.Error(t, s.Set("-24h"))
}
