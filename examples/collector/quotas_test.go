package main

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/test/servertest"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// Two collectors with separate stores share one quota.
func TestQuotaIsShared(t *testing.T) {
	redis, err := servertest.Redis()
	require.NoError(t, err)
	defer redis.Stop()
	services, config := serveFakes(t, 200)
	replaceInFile(t, config, "requests: 10, per: 60ms", "requests: 2, per: 400ms")
	start := func() (finish func()) {
		cmd, out := startProcess(t, "-config", config, "-db", filepath.Join(t.TempDir(), "activity.db"), "-quota", redis.URL)
		return func() { require.NoError(t, cmd.Wait(), readFile(t, out)) }
	}
	one, other := start(), start()
	one()
	other()
	requests := services.OPSWAT.APIRequests()
	assert.GreaterOrEqual(t, len(requests), 2*200/50)
	assert.LessOrEqual(t, opswattest.MaxInWindow(requests, 400*time.Millisecond), 2)
}

func TestNoRequestsWithoutRedis(t *testing.T) {
	services, config := serveFakes(t, 10)
	var out, problems bytes.Buffer
	args := []string{"-config", config, "-db", filepath.Join(t.TempDir(), "activity.db"), "-quota", "redis://127.0.0.1:1/0"}
	require.ErrorIs(t, run(t.Context(), args, &out, &problems), errReported)
	assert.Contains(t, problems.String(), "the shared quota's Redis is unavailable")
	assert.Empty(t, services.OPSWAT.APIRequests())
	assert.Regexp(t, `sdelements +demo +activities +10 records`, out.String())
}
