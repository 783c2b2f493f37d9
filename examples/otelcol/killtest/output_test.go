package killtest_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

// size returns the size of the file that the collector writes.
func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	require.NoError(t, err)
	return info.Size()
}

// batchStart is the beginning of a line of the file exporter. It cannot occur inside a line, where
// quotes are escaped.
const batchStart = `{"resourceLogs":`

// written returns the collector's output: for the bytes of each record, tenant, feed and uid of
// each time that it was written. A kill in the middle of a write leaves a cut line, and the next
// run appends to it. Cut lines are ignored.
func written(t *testing.T, path string) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	records := map[string][]string{}
	for _, line := range strings.Split(string(data), batchStart)[1:] {
		logs, err := new(plog.JSONUnmarshaler).UnmarshalLogs([]byte(batchStart + line))
		if err != nil {
			continue
		}
		for _, resource := range logs.ResourceLogs().All() {
			feed, _ := resource.Resource().Attributes().Get("activity.feed")
			tenant, _ := resource.Resource().Attributes().Get("activity.tenant")
			for _, scoped := range resource.ScopeLogs().All() {
				for _, record := range scoped.LogRecords().All() {
					uid, _ := record.Attributes().Get("log.record.uid")
					raw := record.Body().Str()
					records[raw] = append(records[raw], tenant.Str()+"/"+feed.Str()+"/"+uid.Str())
				}
			}
		}
	}
	return records
}
