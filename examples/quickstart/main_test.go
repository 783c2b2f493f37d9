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

func environment(pairs ...string) func(string) string {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

func TestTables(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(t.Context(), nil, &out, &out, nil, environment()))
	for _, text := range []string{
		"Aspera on Cloud: transfers (embedded fake)", "450 records in 18 pages, total 450",
		"Aspera on Cloud: completed, direction send (embedded fake)",
		"SnapLogic: activities (embedded fake)", "2500 records in 3 pages, total 2500",
		"2018-07-04 06:57:04  asset_create",
		"OPSWAT Central Management: access activities (embedded fake)", "180 records in 5 pages, the service names no total",
		"2018-05-18 10:37:48  blocked  W8EVN20",
		"SD Elements: activities (embedded fake)", "450 records in 5 pages, total 450",
		"1    2016-03-30 15:14:46  LoggedInActivity",
		"SDELEMENTS_TOKEN",
	} {
		assert.Contains(t, out.String(), text)
	}
}

func TestLinesOfJSON(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(t.Context(), []string{"-json"}, &out, &out, nil, environment()))
	records := map[string]int{}
	lines := bufio.NewScanner(strings.NewReader(out.String()))
	for lines.Scan() {
		var l line
		require.NoError(t, json.Unmarshal(lines.Bytes(), &l))
		var record map[string]any
		require.NoError(t, json.Unmarshal(l.Record, &record))
		require.NotEmpty(t, record)
		records[l.Vendor]++
	}
	assert.Equal(t, map[string]int{"aspera": 450, "snaplogic": 2500, "opswat": 180, "sdelements": 450}, records)
}

func TestRealServices(t *testing.T) {
	service := snaplogictest.NewServer()
	defer service.Close()
	var out strings.Builder
	err := run(t.Context(), nil, &out, &out, nil, environment(
		"SNAPLOGIC_ORGANIZATION", "Example Organization", "SNAPLOGIC_USER", "nobody@example.com", "SNAPLOGIC_PASSWORD", "wrong-password",
		"SNAPLOGIC_BASE_URL", service.URL()))
	require.ErrorIs(t, err, activity.ErrUnauthorized)
	require.Len(t, service.Requests(), 1)
	assert.Contains(t, service.Requests()[0].Line(), "/api/1/rest/public/activities/Example%20Organization?")
	assert.NotContains(t, err.Error(), "wrong-password")

	tenant := sdelementstest.NewServer()
	defer tenant.Close()
	err = run(t.Context(), nil, &out, &out, nil, environment("SDELEMENTS_BASE_URL", tenant.URL(), "SDELEMENTS_TOKEN", "wrong-token"))
	require.ErrorIs(t, err, activity.ErrUnauthorized)
}

func TestMistakes(t *testing.T) {
	var out strings.Builder
	require.ErrorContains(t, run(t.Context(), nil, &out, &out, nil, environment("OPSWAT_CLIENT_KEY", "key")), "OPSWAT_CLIENT_SECRET is not set")
	require.Error(t, run(t.Context(), []string{"-nonsense"}, &out, &out, nil, environment()))
	require.Error(t, run(t.Context(), nil, &out, &out, nil, environment("ASPERA_ORGANIZATION", "acme", "ASPERA_CLIENT_ID", "id",
		"ASPERA_USER", "a@example.com", "ASPERA_PRIVATE_KEY_FILE", "no such file")))
}

// Whatever stands in a record, a terminal is not told to do anything, and each record is one line.
func TestOddCharacters(t *testing.T) {
	const odd = "a\x1b[31mb\x1b]0;title\ac\u009b31md\u202ee\x7ff\tg\nh\r\vi\xffj\u2028k\U000e0041l"
	for _, args := range [][]string{nil, {"-json"}} {
		service := sdelementstest.NewServer()
		defer service.Close()
		service.Add(sdelements.Activity{ID: 1, Name: odd, Text: odd, Date: time.Now().Add(-time.Hour)})
		var out strings.Builder
		err := run(t.Context(), args, &out, &out, nil, environment("SDELEMENTS_BASE_URL", service.URL(), "SDELEMENTS_TOKEN", sdelementstest.Key))
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

// A terminal gets a line that is drawn over again, and is left as it was.
func TestProgress(t *testing.T) {
	var out, problems, terminal strings.Builder
	require.NoError(t, run(t.Context(), nil, &out, &problems, &terminal, environment()))
	assert.Contains(t, terminal.String(), "\r\x1b[KSnapLogic: [############..................] 1000 of 2500\r\x1b[KSnapLogic: [####")
	assert.Contains(t, terminal.String(), "\r\x1b[KOPSWAT Central Management: 50 records\r")
	assert.True(t, strings.HasSuffix(terminal.String(), "\r\x1b[K"))
	assert.NotContains(t, out.String(), "\x1b")
}
