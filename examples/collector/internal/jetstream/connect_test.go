package jetstream_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/servertest"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

const password = "canary-of-a-password"

// configured starts a server with a configuration.
func configured(t *testing.T, config string) *servertest.Server {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nats.conf")
	require.NoError(t, os.WriteFile(path, []byte(config), 0o600))
	return natsServer(t, "-c", path)
}

// as returns the server's address for a user with the password.
func as(server *servertest.Server, user string) string {
	return "nats://" + user + ":" + password + "@" + server.URL[len("nats://"):]
}

// Only errors that need a change have store.ErrRefused.
func TestOpenErrors(t *testing.T) {
	server := natsServer(t, "--user", "collector", "--pass", password)
	host := server.URL[len("nats://"):]
	good := as(server, "collector")
	bare := configured(t, `accounts { BARE { users [{user: bare, password: `+password+`}] } }`)
	limited := configured(t, `accounts { LIMITED { jetstream { max_streams: 1 }, users [{user: limited, password: `+password+`}] } }`)
	hanging := natsServer(t)
	require.NoError(t, hanging.Suspend())
	file := func(content string) string {
		path := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	with := func(o ...nats.Option) jetstream.Options { return jetstream.Options{Connect: o} }
	tests := map[string]struct {
		url     string
		o       jetstream.Options
		says    string
		refused bool
	}{
		"nobody there":        {"nats://collector:" + password + "@127.0.0.1:1", jetstream.Options{}, "no servers available", false},
		"no such host":        {"nats://collector:" + password + "@nats.invalid:4222", jetstream.Options{}, "nats.invalid", false},
		"a server that hangs": {hanging.URL, with(nats.Timeout(300 * time.Millisecond)), "timeout", false},
		"no address":          {"", jetstream.Options{}, "nats://", true},
		"another scheme":      {"https://:" + password + "@" + host, jetstream.Options{}, "nats://", true},
		"a broken address":    {"nats://:" + password + "\x7f@" + host, jetstream.Options{}, "nats://", true},
		"one of two":          {"nats://" + host + ",:" + password, jetstream.Options{}, "nats://", true},
		"two kinds":           {good + ",ws://" + host, jetstream.Options{}, "websocket", true},
		"no login":            {server.URL, jetstream.Options{}, "check user, password", true},
		"a wrong password":    {"nats://collector:x" + password + "@" + host, jetstream.Options{}, "check user, password", true},
		"no TLS":              {"tls://collector:" + password + "@" + host, jetstream.Options{}, "secure connection", true},
		"no credentials":      {server.URL, with(nats.UserCredentials("/nowhere/nats.creds")), "/nowhere/nats.creds", true},
		"empty credentials":   {server.URL, with(nats.UserCredentials(file(""))), "credentials", true},
		"no certificate":      {good, with(nats.RootCAs("/nowhere/ca.pem")), "/nowhere/ca.pem", true},
		"not a certificate":   {good, with(nats.RootCAs(file("x"))), "certificate", true},
		"no JetStream":        {as(bare, "bare"), jetstream.Options{}, "no JetStream for this account: enable it", true},
		"a limit":             {as(limited, "limited"), jetstream.Options{}, "bucket ACTIVITY_CHECKPOINTS", true},
		"no cluster":          {good, jetstream.Options{Replicas: 3}, "choose 1 replica", true},
		"name of the stream":  {good, jetstream.Options{Stream: "a.b"}, "choose another name", true},
		"name of the bucket":  {good, jetstream.Options{Bucket: "a.b"}, "choose another name", true},
		"subject":             {good, jetstream.Options{Subject: "a.>"}, "wildcard", true},
		"too short a lease":   {good, jetstream.Options{Lease: time.Millisecond}, "lease", true},
		"negative window":     {good, jetstream.Options{Duplicates: -1}, "duplicate window", true},
		"negative retry time": {good, jetstream.Options{RetryFor: -1}, "retry time", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := jetstream.Open(t.Context(), tt.url, tt.o)
			require.ErrorContains(t, err, tt.says)
			assert.Equal(t, tt.refused, isRefused(err), err)
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), password)
			assert.Less(t, time.Since(start), 4*time.Second)
			t.Log(err)
		})
	}
	s, err := jetstream.Open(t.Context(), good, jetstream.Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

func isRefused(err error) bool { return assert.ErrorIs(new(testing.T), err, store.ErrRefused) }

// A user without a permission gets no answer. The error names the missing permission.
func TestPermissions(t *testing.T) {
	tests := map[string]struct {
		permissions string
		says        string // empty: it can collect
	}{
		"all that is needed": {`publish: ["activity.>", "$JS.API.>", "$KV.ACTIVITY_CHECKPOINTS.>"], subscribe: ["_INBOX.>"]`, ""},
		"records":            {`publish: ["activity.opswat.>", "$JS.API.>", "$KV.>"], subscribe: ["_INBOX.>"]`, "publish to activity.snaplogic.acme.activities: permit it"},
		"answers":            {`publish: [">"], subscribe: ["answers.>"]`, "subscribe to _INBOX."},
		"JetStream":          {`publish: ["activity.>", "$KV.>"], subscribe: [">"]`, "publish to $JS.API.STREAM.INFO.KV_ACTIVITY_CHECKPOINTS: permit it"},
		"making streams":     {`publish: ["activity.>", "$KV.>", "$JS.API.STREAM.INFO.>"], subscribe: [">"]`, "publish to $JS.API.STREAM.CREATE.ACTIVITY: permit it"},
		"leases":             {`publish: ["activity.>", "$JS.API.>", "$KV.ACTIVITY_CHECKPOINTS.checkpoint.>"], subscribe: [">"]`, "publish to $KV.ACTIVITY_CHECKPOINTS.lease.snaplogic.acme.activities: permit it"},
		"checkpoints":        {`publish: ["activity.>", "$JS.API.>", "$KV.ACTIVITY_CHECKPOINTS.lease.>"], subscribe: [">"]`, "publish to $KV.ACTIVITY_CHECKPOINTS.checkpoint.snaplogic.acme.activities: permit it"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := configured(t, `authorization { users [{user: collector, password: `+password+`, permissions: {`+tt.permissions+`}}] }`)
			collecting := func() error {
				s, err := jetstream.Open(t.Context(), as(server, "collector"), jetstream.Options{})
				if err != nil {
					return err
				}
				defer func() { assert.NoError(t, s.Close()) }()
				w, err := s.Open(t.Context(), feed, nil)
				if err != nil {
					return err
				}
				defer func() { assert.NoError(t, w.Close()) }()
				return w.Store(t.Context(), rows(0, 300), storetest.Checkpoint(300))
			}
			if tt.says == "" {
				require.NoError(t, collecting())
				return
			}
			requireRefused(t, collecting, "NATS does not permit the collector's user to "+tt.says)
		})
	}
}

// A missing permission for one feed does not affect the others.
func TestPermissionsOfOneFeed(t *testing.T) {
	server := configured(t, `authorization { users [{user: collector, password: `+password+`, permissions: {publish: ["activity.opswat.>", "$JS.API.>", "$KV.>"], subscribe: ["_INBOX.>"]}}] }`)
	s := openSink(t, as(server, "collector"), jetstream.Options{})
	denied := openFeed(t, s, feed)
	permitted := openFeed(t, s, store.FeedID{Vendor: "opswat", Tenant: "acme", Feed: "activities"})
	done := make(chan error)
	go func() {
		for range 20 {
			if err := permitted.Store(t.Context(), rows(0, 200), storetest.Checkpoint(200)); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for range 5 {
		requireRefused(t, storing(t, denied, 0, 100), "permit it")
	}
	require.NoError(t, <-done)
}

// The error names credentials that are no longer accepted. The collector continues when they are
// accepted again.
func TestCredentialsThatAreRevoked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nats.conf")
	write := func(user string) {
		require.NoError(t, os.WriteFile(path, []byte(`authorization { users [{user: `+user+`, password: `+password+`}] }`), 0o600))
	}
	write("collector")
	server := natsServer(t, "-c", path)
	s := openSink(t, as(server, "collector"), jetstream.Options{RetryFor: 3 * time.Second})
	w := openFeed(t, s, feed)
	require.NoError(t, storing(t, w, 0, 5)())
	write("another")
	server.Kill()
	require.NoError(t, server.Start())
	err := storing(t, w, 5, 10)()
	require.ErrorIs(t, err, store.ErrRefused)
	require.ErrorContains(t, err, "NATS now refuses the credentials")
	assert.NotContains(t, err.Error(), password)

	write("collector")
	server.Kill()
	require.NoError(t, server.Start())
	require.Eventually(t, func() bool { return storing(t, w, 5, 10)() == nil }, 20*time.Second, 10*time.Millisecond)
}

// Store retries while the stream is full. It does not retry if the stream can never store the
// message.
func TestStoreErrors(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{RetryFor: 500 * time.Millisecond})
	w := openFeed(t, s, feed)
	require.NoError(t, storing(t, w, 0, 5)())
	js := admin(t, server.URL)

	config := streamInfo(t, server.URL, stream).Config
	config.MaxMsgs = 5
	_, err := js.UpdateStream(t.Context(), config)
	require.NoError(t, err)
	err = storing(t, w, 5, 6)()
	require.ErrorContains(t, err, "maximum messages exceeded")
	require.NotErrorIs(t, err, store.ErrRefused)

	config.MaxMsgs, config.MaxMsgSize = -1, 100
	_, err = js.UpdateStream(t.Context(), config)
	require.NoError(t, err)
	requireRefused(t, func() error {
		return w.Store(t.Context(), []activity.Event{{Key: "k", Raw: make([]byte, 200)}}, storetest.Checkpoint(6))
	}, "200 bytes", "max_msg_size", "raise it")

	config.MaxMsgSize, config.Sealed = -1, true
	_, err = js.UpdateStream(t.Context(), config)
	require.NoError(t, err)
	requireRefused(t, storing(t, w, 5, 6), "sealed", "choose another stream")
	require.NoError(t, w.Close())
	requireRefused(t, opening(t, s), "sealed", "choose another stream")
}
