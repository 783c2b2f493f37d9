package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/opswat/opswattest"
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

// runReport runs the program with a new folder. It returns the output and the subfolder of the
// charts.
func runReport(t *testing.T, getenv func(string) string, args ...string) (text, folder string, err error) {
	t.Helper()
	var out strings.Builder
	folder = filepath.Join(t.TempDir(), "pictures")
	err = run(t.Context(), append(args, "-out", folder), &out, io.Discard, getenv)
	if made, reading := os.ReadDir(folder); reading == nil {
		require.Len(t, made, 1, "invented and real data never share a folder")
		folder = filepath.Join(folder, made[0].Name())
	}
	return out.String(), folder, err
}

func TestReportsOnFakes(t *testing.T) {
	out, folder, err := runReport(t, variables())
	require.NoError(t, err)
	for line := range strings.Lines(out) {
		if !strings.Contains(line, folder) { // whose path may be long
			assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimRight(line, "\n")), 100, line)
		}
	}
	for _, want := range []string{
		"Aspera on Cloud: who uses excessive bandwidth? (embedded fake)\n====",
		"15 of 40 users, most bytes first; 7082 transfers, 15.3 TB; 2025-11-07 17:30 to 2025-11-14 17:30 UTC\n",
		"  ada.okafor@example.com           1766      80     2.54         0.98     23.0          564\n",
		"Aspera on Cloud: which workspaces move the most data? (embedded fake)\n====",
		"  Finishing (503)            2.32           2.45     4.77     28.7\n",
		"Aspera on Cloud: who has access to a file? (embedded fake)\n====",
		"  /Board/Merger figures.xlsx  (nobody named)                            71003\n",
		"  /Board/Merger plan v2.pdf   Priya Raman     priya.raman@example.com   71002\n",
		"  Merger Desk  merger.desk@example.com  40501\n",
		"Aspera on Cloud: does a user log in often enough? (embedded fake)\n====",
		"  user                        days  logins  last login     20 Oct  27 Oct  03 Nov\n",
		"  auditor@example.com            0       0           -  ·· ······· ······· ······· ·····\n",
		"  ada.okafor@example.com        42      76  2025-11-14  ·· 21222·· 22212·· 22212·· 22122\n",
		"SnapLogic: who changed what in a project? (embedded fake)\n====",
		"  projects       Payments                  88      28\n",
		"projects/Payments: 15 of 84 different changes, most frequent first\n",
		"  ada.okafor@example.com   asset_update  Account   Supplier Onboarding Ser…      2  2018-07-03 15:50\n",
		"More than 500 Mbit/s, as a mean over 1 hour: 4 of 4 times, of 4 users; longest first\n",
		"  svc-build@example.com      2025-11-13 16:00  2025-11-13 17:00  1 hour        851.8        851.8\n",
		"SnapLogic: whose logins fail? (embedded fake)\n====",
		"  ada.okafor@example.com                 31         0       0         29  2018-07-03 17:46\n",
		"2 of 2 bursts of failed logins; a login followed 1 of them\n",
		"  - chiara.conti@example.com, 2018-07-03 02:11 UTC: 9 failed logins in 4m56s, from 203.0.113.77,\n    203.0.113.78. A login followed after 4m4s, from 203.0.113.78.\n",
		"  - oksana.bondar@example.com: 198.51.100.24 (7 times), 192.0.2.72, 203.0.113.60\n",
		"OPSWAT Central Management: what is blocked, and on which devices? (embedded fake)\n====",
		"354 of 3000 accesses were blocked,\nwhich is 11.8 %; ",
		"  Office 365   LT-ADA.OKAFOR     ada.okafor@example.com          42  312     13.5  2018-05-18 10:30\n",
		"  NON COMPLIANT DEVICES  Non-compliant      354  354    100.0\n",
		"SD Elements: who works on which project? (embedded fake)\n====",
		"  Ledger               user 1          39  2016-03-30 14:58  MarkedTask\n",
	} {
		assert.Contains(t, out, want)
	}
	assert.Equal(t, "fake", filepath.Base(folder))
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		names = append(names, file.Name())
		info, err := file.Info()
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode())
		if content, err := os.ReadFile(filepath.Join(folder, file.Name())); !strings.HasSuffix(file.Name(), ".png") {
			require.NoError(t, err)
			assert.Contains(t, string(content), "invented data from a fake", file.Name())
		}
		assert.Contains(t, strings.Join(strings.Fields(out), " "), filepath.Join(folder, file.Name()))
	}
	assert.Equal(t, []string{
		"all-day.png", "all-day.svg", "all-people.png", "all-people.svg", "aspera-bandwidth.png", "aspera-bandwidth.svg", "aspera-logins.png", "aspera-logins.svg", "aspera-volume.png", "aspera-volume.svg",
		"opswat-blocked.png", "opswat-blocked.svg", "report.html", "sdelements-projects.png", "sdelements-projects.svg", "snaplogic-changes.png",
		"snaplogic-changes.svg", "snaplogic-failures.png", "snaplogic-failures.svg",
	}, names)
}

func TestFlags(t *testing.T) {
	out, _, err := runReport(t, variables(), "-only", "snaplogic", "-since", "24h", "-project", "shared/Ledger")
	require.NoError(t, err)
	assert.NotContains(t, out, "Aspera")
	assert.Contains(t, out, "1 of 1 projects, most changes first; 2018-07-03 07:00 to 2018-07-04 07:00 UTC\n")
	assert.Contains(t, out, "shared/Ledger: ")

	out, folder, err := runReport(t, variables(), "-only", "opswat", "-since", "11h")
	require.NoError(t, err)
	assert.Contains(t, out, "; 2018-05-17 00:00 to 2018-05-19 00:00 UTC\n", "whole days")
	assert.FileExists(t, filepath.Join(folder, "opswat-blocked.png"))
}

func TestHelp(t *testing.T) {
	var out, problems strings.Builder
	require.NoError(t, run(t.Context(), []string{"-h"}, &out, &problems, variables()))
	assert.Contains(t, problems.String(), "Usage of report:")
	assert.Empty(t, out.String())
}

func TestOnlyWithBlanks(t *testing.T) {
	chosen, err := choose("aspera, opswat")
	require.NoError(t, err)
	assert.Equal(t, []string{"aspera", "opswat"}, []string{chosen[0].name, chosen[1].name})
	assert.Len(t, chosen, 2)
}

func TestInvalidSettings(t *testing.T) {
	for _, test := range []struct {
		args  []string
		error string
	}{
		{[]string{"-nonsense"}, "nonsense"},
		{[]string{"nonsense"}, `"nonsense" is not a flag`},
		{[]string{"-only", "aspera,acme"}, `-only names "acme"; the vendors are aspera, snaplogic, opswat, sdelements, all`},
		{[]string{"-since", "-1h"}, "-since is negative"},
		{[]string{"-only", "snaplogic", "-project", "Ledger"}, "-project names no project space"},
		{[]string{"-limit", "-1"}, "-limit is not a rate"},
		{[]string{"-limit", "NaN"}, "-limit is not a rate"},
		{[]string{"-limit", "Inf"}, "-limit is not a rate"},
		{[]string{"-events", "0"}, "-events is less than 1"},
		{[]string{"-same", "sdelements 7"}, "want name=person"},
		{[]string{"-tenant", "acme"}, "name the file with -db"},
		{[]string{"-db", "no such file"}, "no such file"},
	} {
		_, _, err := runReport(t, variables(), test.args...)
		require.ErrorContains(t, err, test.error)
	}
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.ErrorContains(t, run(t.Context(), []string{"-out", file}, io.Discard, io.Discard, variables()), "folder for the charts")
	_, _, err := runReport(t, variables("OPSWAT_CLIENT_KEY", "key"), "-only", "opswat")
	require.ErrorContains(t, err, "OPSWAT Central Management: OPSWAT_CLIENT_SECRET is not set")
	_, _, err = runReport(t, variables("ASPERA_ORGANIZATION", "acme", "ASPERA_CLIENT_ID", "id", "ASPERA_USER", "a@example.com",
		"ASPERA_PRIVATE_KEY_FILE", "no such file"), "-only", "aspera")
	require.ErrorContains(t, err, "ASPERA_PRIVATE_KEY_FILE")
}

// configuredFor returns the variables for a fake on the loopback interface.
func configuredFor(t *testing.T, server *asperatest.Server) func(string) string {
	t.Helper()
	key := filepath.Join(t.TempDir(), "key.pem")
	c := server.JWTConfig()
	require.NoError(t, os.WriteFile(key, c.PrivateKey, 0o600))
	return variables("ASPERA_ORGANIZATION", c.Organization, "ASPERA_CLIENT_ID", c.ClientID, "ASPERA_CLIENT_SECRET", c.ClientSecret,
		"ASPERA_USER", c.User, "ASPERA_PRIVATE_KEY_FILE", key, "ASPERA_BASE_URL", server.BaseURL())
}

func TestTenantWithoutActivity(t *testing.T) {
	server := asperatest.NewServer()
	defer server.Close()
	out, folder, err := runReport(t, configuredFor(t, server), "-only", "aspera")
	require.NoError(t, err)
	assert.Contains(t, out, "Aspera on Cloud: who uses excessive bandwidth? (acme)\n")
	assert.Contains(t, out, "0 of 0 users, most bytes first; 0 transfers, 0 bytes; ")
	assert.Contains(t, out, "No limit is set. -limit 500 lists who used more than 500 Mbit/s")
	assert.Equal(t, "real", filepath.Base(folder))
	assert.Contains(t, out, "Name the file with -file")
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Empty(t, files)
	for _, request := range server.Requests() {
		assert.NotContains(t, request.Line(), "file_access")
	}
}

func TestFailedReport(t *testing.T) {
	server := asperatest.NewServer()
	defer server.Close()
	server.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if strings.Contains(r.Line(), "file_access") {
			return &asperatest.Fault{Status: http.StatusNotFound}
		}
		return nil
	})
	out, _, err := runReport(t, configuredFor(t, server), "-only", "aspera", "-file", "plan")
	require.ErrorIs(t, err, activity.ErrNotFound)
	require.ErrorContains(t, err, "Aspera on Cloud: who has access to a file? the service no longer offers this")
	assert.Contains(t, out, "no answer: the service no longer offers this")
	assert.Contains(t, out, "does a user log in often enough? (acme)\n", "the next report is printed")
}

func TestNoFakesBesideRealServices(t *testing.T) {
	server := asperatest.NewServer(asperatest.WithRows(20))
	defer server.Close()
	out, folder, err := runReport(t, configuredFor(t, server), "-since", "1h")
	require.NoError(t, err)
	assert.NotContains(t, out, "fake)")
	assert.Contains(t, out, "\nSnapLogic\n=========\n\n  - not configured: set SNAPLOGIC_ORGANIZATION, SNAPLOGIC_USER, SNAPLOGIC_PASSWORD. Fakes are used\n    only if nothing is configured.\n")
	assert.Contains(t, out, "\nOPSWAT Central Management\n")
	assert.Contains(t, out, "\nSD Elements\n")
	assert.Contains(t, out, "All vendors: who was most active? (your tenants)")
	assert.Equal(t, "real", filepath.Base(folder))
	content, err := os.ReadFile(filepath.Join(folder, "report.html"))
	require.NoError(t, err)
	assert.NotContains(t, string(content), "invented")

	out, _, err = runReport(t, configuredFor(t, server), "-only", "snaplogic,opswat")
	require.ErrorContains(t, err, "nothing to report on")
	assert.Equal(t, 2, strings.Count(out, "not configured: "))
}

func TestWrongCredentials(t *testing.T) {
	snapLogic, opswat, sdElements := snaplogictest.NewServer(), opswattest.NewServer(), sdelementstest.NewServer()
	defer snapLogic.Close()
	defer opswat.Close()
	defer sdElements.Close()
	out, _, err := runReport(t, variables(
		"SNAPLOGIC_ORGANIZATION", snaplogictest.Organization, "SNAPLOGIC_USER", "nobody@example.com", "SNAPLOGIC_PASSWORD", "wrong-secret",
		"SNAPLOGIC_BASE_URL", snapLogic.URL(),
		"OPSWAT_CLIENT_KEY", "key", "OPSWAT_CLIENT_SECRET", "wrong-secret", "OPSWAT_BASE_URL", opswat.URL(),
		"SDELEMENTS_BASE_URL", sdElements.URL(), "SDELEMENTS_TOKEN", "wrong-secret",
	), "-only", "snaplogic,opswat,sdelements")
	require.ErrorIs(t, err, activity.ErrUnauthorized)
	for _, question := range []string{"who changed what", "whose logins fail", "what is blocked", "who works on"} {
		require.ErrorContains(t, err, question)
	}
	assert.Equal(t, 4, strings.Count(out, "no answer: "))
	assert.NotContains(t, out, "wrong-secret")
	assert.NotContains(t, err.Error(), "wrong-secret")
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out strings.Builder
	err := run(ctx, []string{"-only", "sdelements,snaplogic", "-out", t.TempDir()}, &out, io.Discard, variables())
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, 1, strings.Count(out.String(), "===\n"), "no further report begins")
}

func TestDurationText(t *testing.T) {
	for _, test := range []struct {
		hours float64
		text  string
	}{{1, "1 hour"}, {24, "1 day"}, {48, "2 days"}, {3, "3 hours"}, {0.25, "15 minutes"}, {36, "36 hours"}} {
		assert.Equal(t, test.text, durationText(hours(test.hours)))
	}
}

func TestDates(t *testing.T) {
	may := time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC)
	assert.Equal(t, "1 May 2026 to 31 May 2026", dates(tally.Span{From: may, Until: may.AddDate(0, 1, 0)}))
	assert.Equal(t, "2026-05-01 00:00 to 2026-05-01 05:30 UTC", period(tally.Span{From: may, Until: may.Add(330 * time.Minute)}))
	assert.Equal(t, "-", minute(time.Time{}))
}

func hours(n float64) time.Duration { return time.Duration(n * float64(time.Hour)) }
