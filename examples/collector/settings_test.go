package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/config"
)

// The checkpoints of lines are kept in another file than records, and so are invented records.
func TestSinkAndFile(t *testing.T) {
	file := func(first string) string {
		path := filepath.Join(t.TempDir(), "collector.yaml")
		require.NoError(t, os.WriteFile(path, []byte(first+"\nsnaplogic: [{organization: o, user: u, password: env:P}]\n"), 0o600))
		return path
	}
	nothing, records, lines, stream := file(""), file("db: records.db"), file("sink: '-'\ndb: lines.db"), file("sink: nats://localhost:4222")
	for name, tt := range map[string]struct {
		args []string
		db   string
		sink config.Address
	}{
		"nothing said":              {[]string{"-config", nothing}, "activity.db", ""},
		"a file":                    {[]string{"-config", records}, "records.db", ""},
		"another file":              {[]string{"-config", records, "-db", "a.db"}, "a.db", ""},
		"a file instead of NATS":    {[]string{"-config", stream, "-db", "a.db"}, "a.db", ""},
		"NATS":                      {[]string{"-config", stream}, "", "nats://localhost:4222"},
		"NATS instead of a file":    {[]string{"-config", records, "-sink", "nats://a:4222"}, "", "nats://a:4222"},
		"lines":                     {[]string{"-config", lines}, "lines.db", "-"},
		"lines instead of a file":   {[]string{"-config", records, "-sink", "-"}, "checkpoints.db", "-"},
		"lines, checkpoints there":  {[]string{"-config", records, "-sink", "-", "-db", "a.db"}, "a.db", "-"},
		"lines, another file":       {[]string{"-config", lines, "-db", "a.db"}, "a.db", "-"},
		"lines, without a config":   {[]string{"-sink", "-"}, "checkpoints.db", "-"},
		"records, without a config": {nil, "demo.db", ""},
		"a file, without a config":  {[]string{"-db", "a.db"}, "a.db", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := settingsOf(tt.args, io.Discard)
			require.NoError(t, err)
			assert.Equal(t, tt.db, s.db)
			assert.Equal(t, tt.sink, s.sink)
		})
	}
}

func TestFlagsOverrideConfiguration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "collector.yaml")
	require.NoError(t, os.WriteFile(path, []byte("keep: 1h\nlisten: 127.0.0.1:1\nsnaplogic: [{organization: o, user: u, password: env:P}]\n"), 0o600))
	s, err := settingsOf([]string{"-config", path}, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, time.Hour, s.keep)
	assert.Equal(t, "127.0.0.1:1", s.listen)
	s, err = settingsOf([]string{"-config", path, "-keep", "0", "-listen", ""}, io.Discard)
	require.NoError(t, err)
	assert.Zero(t, s.keep)
	assert.Empty(t, s.listen)
	s, err = settingsOf([]string{"-config", path, "-sink", "-"}, io.Discard)
	require.NoError(t, err, "keep is for another sink")
	assert.Zero(t, s.keep)
}
