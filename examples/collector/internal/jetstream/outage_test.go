package jetstream_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/test/servertest"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

// An outage is logged once for all feeds, and not for each renewal of each lease. The next outage
// is logged again.
func TestOutageIsLoggedOnce(t *testing.T) {
	t.Parallel()
	const lease = 3 * time.Second // long enough that no answer of a busy machine is late
	tests := map[string]struct {
		leave, comeBack func(*servertest.Server) error
		begins, ends    string
	}{
		"away": {
			func(s *servertest.Server) error { s.Kill(); return nil },
			(*servertest.Server).Start,
			"lost the connection to NATS, connecting again", "connected to NATS again",
		},
		"hanging": {
			(*servertest.Server).Suspend,
			(*servertest.Server).Resume,
			`"leases could not be renewed, trying again" error="write lease.v.`, "NATS answers again",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := natsServer(t)
			var log lines
			s := openSink(t, server.URL, jetstream.Options{Lease: lease, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			writers := many(t, s)
			for spell := 1; spell <= 2; spell++ {
				require.NoError(t, tt.leave(server))
				<-time.After(lease) // four renewals of each lease
				require.NoError(t, tt.comeBack(server))
				require.Eventually(t, func() bool { return strings.Count(log.String(), tt.ends) == spell }, 20*time.Second, 10*time.Millisecond)
				<-time.After(lease / 3) // renewals whose answers are late
				assert.Equal(t, spell, strings.Count(log.String(), "level=WARN"), log.String())
				assert.Equal(t, spell, strings.Count(log.String(), tt.begins), log.String())
				assert.Equal(t, spell, strings.Count(log.String(), "level=INFO"), log.String())
			}

			require.NoError(t, tt.leave(server))
			for _, w := range writers {
				require.NoError(t, w.Close())
			}
			assert.Equal(t, 1, strings.Count(log.String(), "leases could not be released, others wait until they expire"), log.String())
			require.NoError(t, tt.comeBack(server))
		})
	}
}

// Errors name the outage, not the client's buffer.
func TestErrorsDuringOutage(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{RetryFor: 500 * time.Millisecond, Lease: time.Minute})
	w := openFeed(t, s, feed)
	server.Kill()
	for _, do := range []func() error{storing(t, w, 0, 5), func() error { return w.Store(t.Context(), nil, storetest.Checkpoint(5)) }} {
		err := do()
		require.ErrorContains(t, err, "gave up after 500ms: ")
		require.ErrorContains(t, err, "NATS is unavailable")
		assert.NotContains(t, err.Error(), "buffer")
		assert.NotContains(t, err.Error(), "does not store")
	}
	_, err := s.Checkpoint(t.Context(), feed)
	require.ErrorContains(t, err, "NATS is unavailable")

	require.NoError(t, server.Start())
	require.Eventually(t, func() bool { return storing(t, w, 0, 5)() == nil }, 20*time.Second, 10*time.Millisecond)
	require.NoError(t, server.Suspend())
	err = storing(t, w, 5, 10)()
	require.ErrorContains(t, err, "NATS does not answer")
	assert.NotContains(t, err.Error(), "does not store")
	assert.Equal(t, 1, strings.Count(err.Error(), "NATS"), err)
}
