package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestListFeedsWithoutCollector(t *testing.T) {
	db := filepath.Join(t.TempDir(), "activity.db")
	var out bytes.Buffer
	require.ErrorContains(t, run(t.Context(), []string{"feeds", "-db", db}, &out, io.Discard), db)
	assert.Equal(t, 5, strings.Count(out.String(), " -\n"), out.String())
	assert.NoFileExists(t, db, "the command creates no file")
	require.NoError(t, run(t.Context(), []string{"-db", db}, io.Discard, io.Discard))
	require.NoError(t, run(t.Context(), []string{"feeds", "-db", db}, &out, io.Discard))
	assert.Regexp(t, `(?m)^FEED +STORED UP TO +LAG +STATE$`, out.String())
	assert.Regexp(t, `(?m)^opswat/demo/activities +\S+Z +\S+s +-$`, out.String())
	assert.Contains(t, out.String(), "No -listen is set here.")
	out.Reset()
	require.NoError(t, run(t.Context(), []string{"feeds", "-db", db, "-listen", freeAddress(t)}, &out, io.Discard))
	assert.Contains(t, out.String(), "no collector answers on 127.0.0.1:")
}
