package main

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func variables(pairs ...string) func(string) string {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

// probeRun runs the program with a user's answer, and returns its output and its reports.
func probeRun(t *testing.T, getenv func(string) string, answer string, args ...string) (out, reports string) {
	t.Helper()
	folder := t.TempDir()
	var printed strings.Builder
	require.NoError(t, run(t.Context(), append(args, "-out", folder), strings.NewReader(answer), &printed, getenv))
	for _, name := range []string{"probe.json", "probe.md"} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			require.ErrorIs(t, err, fs.ErrNotExist)
			continue
		}
		info, err := os.Stat(filepath.Join(folder, name))
		require.NoError(t, err)
		assert.Equal(t, fs.FileMode(0o600), info.Mode())
		reports += string(data)
		if name == "probe.json" {
			var r report
			require.NoError(t, json.Unmarshal(data, &r))
		}
	}
	return printed.String(), reports
}

func TestRunOnFakes(t *testing.T) {
	out, reports := probeRun(t, variables(), "")
	assert.NotContains(t, out, "Send these requests?", "nothing leaves this process")
	for _, want := range []string{
		"  101 requests to Aspera on Cloud (embedded fake)\n", "   60 requests to SnapLogic (embedded fake)\n",
		"    8 requests to OPSWAT Central Management (embedded fake)\n", "   35 requests to SD Elements (embedded fake)\n",
		"Read it before you share it.",
	} {
		assert.Contains(t, out, want)
	}
	for _, q := range allQuestions() {
		assert.Contains(t, out, "\n  "+q.id+"\n")
		assert.Contains(t, strings.Join(strings.Fields(out), " "), " "+q.id+" "+q.unknown+" ")
		assert.Contains(t, reports, "### "+q.id+"\n")
		assert.Contains(t, reports, `"id": "`+q.id+`"`)
	}
	for line := range strings.Lines(out[strings.Index(out, "\n\n"):strings.LastIndex(out, "\n\n")]) {
		assert.LessOrEqual(t, utf8.RuneCountInString(line), 101, line)
	}
	assert.Equal(t, 4, strings.Count(reports, "These answers come from a fake. They show nothing about the service."))
	// The reports contain no values of rows: no names, addresses or ids.
	for _, of := range []string{"@example.com", "okafor", "203.0.113.", "192.0.2.", "198.51.100.", "Example Organization"} {
		assert.NotContains(t, reports, of)
	}
}

func TestConfirmation(t *testing.T) {
	sl, sde, getenv := markedServices(t)
	for _, answer := range []string{"", "\n", "n\n", "no\n", "what?\n"} {
		out, reports := probeRun(t, getenv, answer)
		assert.Empty(t, reports)
		assert.True(t, strings.HasSuffix(out, "Send these requests? [y/N] \nNothing was sent. -yes agrees in advance.\n"), out)
	}
	assert.Empty(t, sl.Requests())
	assert.Empty(t, sde.Requests())
	out, _ := probeRun(t, getenv, "", "-yes", "-only", "sdelements")
	assert.NotContains(t, out, "Send these requests?")
	assert.Empty(t, sl.Requests())
	assert.NotEmpty(t, sde.Requests())
}

func TestInvalidArguments(t *testing.T) {
	for name, tt := range map[string]struct {
		args   []string
		getenv func(string) string
		says   string
	}{
		"flag":      {[]string{"-nonsense"}, variables(), "nonsense"},
		"argument":  {[]string{"nonsense"}, variables(), `"nonsense" is not a flag`},
		"vendor":    {[]string{"-only", "aspera,acme"}, variables(), `-only: "acme" is not one of aspera, snaplogic, opswat, sdelements`},
		"half":      {nil, variables("OPSWAT_CLIENT_KEY", "k"), "opswat: OPSWAT_CLIENT_SECRET is not set"},
		"no folder": {[]string{"-only", "opswat", "-out", "no/such/folder"}, variables(), "-out: "},
		"others":    {[]string{"-only", "opswat"}, variables("SDELEMENTS_BASE_URL", "https://sde.example.com", "SDELEMENTS_TOKEN", "t"), "sdelements is configured, but -only leaves it out"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			require.ErrorContains(t, run(t.Context(), tt.args, strings.NewReader(""), &out, tt.getenv), tt.says)
		})
	}
}

// Findings before an interrupt are saved.
func TestRunInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	folder := t.TempDir()
	require.ErrorIs(t, run(ctx, []string{"-out", folder}, strings.NewReader(""), io.Discard, variables()), context.Canceled)
	assert.FileExists(t, filepath.Join(folder, "probe.json"))
}
