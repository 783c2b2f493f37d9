package killtest_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/fakes"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// After the collector that holds all feeds is killed, the waiting one continues within the lease,
// and each record is stored once.
func TestLeaderIsReplacedWithinTheLease(t *testing.T) {
	services := serve(t, "-records", "1000", "-growth", "1000", "-pace", "200", "-every", "20ms", "-lease", "2s")
	dest := newStream(t)
	args := append([]string{"-config", services.Config, "-follow"}, dest.flags()...)

	leader := start(t, args...)
	require.Eventually(t, func() bool { return len(leader.firstWrites(t, time.Time{})) == len(fakes.Feeds) }, 30*time.Second, 10*time.Millisecond, "%v", leader.log)
	other := start(t, args...)
	wait(t.Context(), time.Second)
	assert.Empty(t, other.firstWrites(t, time.Time{}), "it writes a feed that another collector holds")

	leader.kill(t)
	killed := time.Now()
	require.Eventually(t, func() bool { return len(other.firstWrites(t, killed)) == len(fakes.Feeds) }, 30*time.Second, 10*time.Millisecond, "%v", other.log)
	for feed, at := range other.firstWrites(t, killed) {
		t.Logf("%-32v stored %v after the leader was killed", feed, at.Sub(killed).Round(time.Millisecond))
		assert.Less(t, at.Sub(killed), 2*time.Second)
	}
	settle(t, services)
	wait(t.Context(), time.Second) // a few rounds more
	interrupted := time.Now()
	require.NoError(t, other.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, other.cmd.Wait(), other.tail())
	assert.Less(t, time.Since(interrupted), time.Second)
	compare(t, services, dest, 2000)
}

// firstWrites returns for each feed the time of the collector's first write after the given time.
func (r run) firstWrites(t *testing.T, after time.Time) map[store.FeedID]time.Time {
	t.Helper()
	file, err := os.Open(r.log)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	first := map[store.FeedID]time.Time{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var entry logEntry
		if json.Unmarshal(lines.Bytes(), &entry) != nil || entry.Msg != "stored" || !entry.Time.After(after) {
			continue
		}
		if _, seen := first[entry.FeedID]; !seen {
			first[entry.FeedID] = entry.Time
		}
	}
	return first
}
