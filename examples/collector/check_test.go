package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	services, config := serveFakes(t, 10)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-config", config, "-check"}, &out, io.Discard))
	assert.Equal(t, 5, strings.Count(out.String(), " yes\n"), out.String())
	assert.Regexp(t, `(?m)^VENDOR +TENANT +FEED +ACCEPTED$`, out.String())
	requests := len(services.SnapLogic.Requests()) + len(services.SDElements.Requests()) + len(services.OPSWAT.APIRequests())
	assert.Equal(t, 3, requests, "one request for each feed")

	breakPassword(t, config)
	require.NoError(t, os.Remove(filepath.Join(filepath.Dir(config), "sdelements.token")))
	services.OPSWAT.Close()
	out.Reset()
	require.ErrorIs(t, run(t.Context(), []string{"-config", config, "-check"}, &out, io.Discard), errReported)
	assert.Equal(t, 2, strings.Count(out.String(), " yes\n"), out.String())
	assert.Regexp(t, `(?m)^snaplogic +demo +activities +no: .*401 Unauthorized`, out.String())
	assert.Regexp(t, `(?m)^sdelements +demo +activities +no: sdelements tenant "demo": token: .*no such file`, out.String())
	assert.Regexp(t, `(?m)^opswat +demo +activities +no: .*connection refused`, out.String())
	assert.Contains(t, out.String(), "\n3 of 5 feeds are not accepted\n")
	assert.NotContains(t, out.String(), "canary")
}
