package main

import (
	"bufio"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func variables(pairs ...string) func(string) string {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

func TestTables(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(t.Context(), nil, &out, &out, nil, variables()))
	for _, text := range []string{
		"Aspera on Cloud: transfers (embedded fake)", "450 records in 18 pages, total 450",
		"Aspera on Cloud: completed, direction send (embedded fake)",
		"SnapLogic: activities (embedded fake)", "2500 records in 3 pages, total 2500",
		"2018-07-04 06:57:04  asset_create",
		"OPSWAT Central Management: access activities (embedded fake)", "180 records in 5 pages, no total from the service",
		"2018-05-18 10:37:48  blocked  W8EVN20",
		"SD Elements: activities (embedded fake)", "450 records in 5 pages, total 450",
		"1    2016-03-30 15:14:46  LoggedInActivity",
		"SDELEMENTS_TOKEN",
	} {
		assert.Contains(t, out.String(), text)
	}
}

func TestJSONLines(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(t.Context(), []string{"-json"}, &out, &out, nil, variables()))
	records := map[string]int{}
	lines := bufio.NewScanner(strings.NewReader(out.String()))
	for lines.Scan() {
		var l line
		require.NoError(t, json.Unmarshal(lines.Bytes(), &l))
		require.NotEmpty(t, l.Record)
		records[l.Vendor]++
	}
	assert.Equal(t, map[string]int{"aspera": 450, "snaplogic": 2500, "opswat": 180, "sdelements": 450}, records)
}

func TestRealServices(t *testing.T) {
	service := snaplogictest.NewServer()
	defer service.Close()
	var out strings.Builder
	err := run(t.Context(), nil, &out, &out, nil, variables(
		"SNAPLOGIC_ORGANIZATION", "Example Organization", "SNAPLOGIC_USER", "nobody@example.com", "SNAPLOGIC_PASSWORD", "wrong-password",
		"SNAPLOGIC_BASE_URL", service.URL()))
	require.ErrorIs(t, err, activity.ErrUnauthorized)
	require.Len(t, service.Requests(), 1)
	assert.Contains(t, service.Requests()[0].Line(), "/api/1/rest/public/activities/Example%20Organization?")
	assert.NotContains(t, err.Error(), "wrong-password")

	tenant := sdelementstest.NewServer()
	defer tenant.Close()
	err = run(t.Context(), nil, &out, &out, nil, variables("SDELEMENTS_BASE_URL", tenant.URL(), "SDELEMENTS_TOKEN", "wrong-token"))
	require.ErrorIs(t, err, activity.ErrUnauthorized)
}

func TestHelp(t *testing.T) {
	var out, problems strings.Builder
	require.NoError(t, run(t.Context(), []string{"-h"}, &out, &problems, nil, variables()))
	assert.Contains(t, problems.String(), "Usage of quickstart:")
	assert.Empty(t, out.String())
}

func TestInvalidSettings(t *testing.T) {
	var out strings.Builder
	require.ErrorContains(t, run(t.Context(), nil, &out, &out, nil, variables("OPSWAT_CLIENT_KEY", "key")), "OPSWAT_CLIENT_SECRET is not set")
	for says, args := range map[string][]string{
		"nonsense":              {"-nonsense"},
		`"foo" is not a flag`:   {"foo"},
		"-max is negative":      {"-max", "-1"},
		"-rows is negative":     {"-rows", "-1"},
		"-since is not above 0": {"-since", "-1h"},
		"-since is not above":   {"-since", "0s"},
	} {
		require.ErrorContains(t, run(t.Context(), args, &out, &out, nil, variables()), says)
	}
	require.Error(t, run(t.Context(), nil, &out, &out, nil, variables("ASPERA_ORGANIZATION", "acme", "ASPERA_CLIENT_ID", "id",
		"ASPERA_USER", "a@example.com", "ASPERA_PRIVATE_KEY_FILE", "no such file")))
}

// No characters of a record control the terminal, and each record is one line.
func TestControlCharacters(t *testing.T) {
	const odd = "a\x1b[31mb\x1b]0;title\ac\u009b31md\u202ee\x7ff\tg\nh\r\vi\xffj\u2028k\U000e0041l"
	for _, args := range [][]string{nil, {"-json"}} {
		service := sdelementstest.NewServer()
		defer service.Close()
		service.Add(sdelements.Activity{ID: 1, Name: odd, Text: odd, Date: time.Now().Add(-time.Hour)})
		var out strings.Builder
		err := run(t.Context(), args, &out, &out, nil, variables("SDELEMENTS_BASE_URL", service.URL(), "SDELEMENTS_TOKEN", sdelementstest.Key))
		require.NoError(t, err)
		for line := range strings.Lines(out.String()) {
			line = strings.TrimSuffix(line, "\n")
			assert.Equal(t, -1, strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", line)
			if strings.HasPrefix(line, "{") && strings.Contains(line, "sdelements") {
				var l struct{ Record struct{ Text string } }
				require.NoError(t, json.Unmarshal([]byte(line), &l))
				assert.Equal(t, strings.ToValidUTF8(odd, "\ufffd"), l.Record.Text)
			}
		}
		assert.Contains(t, out.String(), "31m")
	}
}

// A terminal shows a line that is overwritten and finally removed.
func TestProgress(t *testing.T) {
	var out, problems, terminal strings.Builder
	require.NoError(t, run(t.Context(), nil, &out, &problems, &terminal, variables()))
	assert.Contains(t, terminal.String(), "\r\x1b[KSnapLogic: [############..................] 1000 of 2500\r\x1b[KSnapLogic: [####")
	assert.Contains(t, terminal.String(), "\r\x1b[KOPSWAT Central Management: 50 records\r")
	assert.True(t, strings.HasSuffix(terminal.String(), "\r\x1b[K"))
	assert.NotContains(t, out.String(), "\x1b")
}
