package quota_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/redis/go-redis/v9/logging"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/quota"
	"github.com/activity-sdk/activity/examples/collector/test/servertest"
)

// shared is the Redis of all tests that do not stop it.
var shared *servertest.Server

// TestMain also runs the plan of a process that a test started.
func TestMain(m *testing.M) {
	if plan := os.Getenv(planVariable); plan != "" {
		os.Exit(runPlan(plan))
	}
	logging.Disable() // messages of the client about servers that these tests kill
	var err error
	if shared, err = servertest.Redis(); err != nil {
		fmt.Fprintln(os.Stderr, "FAIL:", err)
		os.Exit(1)
	}
	// Wait until the server has run for a second, so that no test has to.
	if err = waitUptime(); err != nil {
		fmt.Fprintln(os.Stderr, "FAIL:", err)
		os.Exit(1)
	}
	code := m.Run()
	shared.Stop()
	os.Exit(code)
}

func redisServer(t *testing.T, args ...string) *servertest.Server {
	t.Helper()
	s, err := servertest.Redis(args...)
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	return s
}

// open returns a limiter on the shared Redis, with its own quota for this test.
func open(t *testing.T, n int, per time.Duration, opts ...quota.Option) *quota.Limiter {
	t.Helper()
	return openAt(t, shared.URL, n, per, opts...)
}

func openAt(t *testing.T, url string, n int, per time.Duration, opts ...quota.Option) *quota.Limiter {
	t.Helper()
	l, err := quota.Open(url, t.Name(), n, per, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, l.Close()) })
	return l
}

func waitUptime() error {
	l, err := quota.Open(shared.URL, "settle", 1, time.Second)
	if err != nil {
		return err
	}
	return errors.Join(l.Wait(context.Background()), l.Close())
}
