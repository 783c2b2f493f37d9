package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/report/internal/recorded"
	"github.com/activity-sdk/activity/examples/report/internal/recorded/recordedtest"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// stored returns the events of a list as a collector stores them.
func stored[T activity.Eventer](t *testing.T, list activity.List[T], tenant, feed string) []activity.Event {
	t.Helper()
	var events []activity.Event
	for item, err := range list.All(t.Context()) {
		require.NoError(t, err)
		e := item.Event()
		e.Tenant, e.Feed, e.Key = tenant, feed, strconv.Itoa(len(events))
		events = append(events, e)
	}
	return events
}

// storedFakes returns the events of the fakes that the reports read.
func storedFakes(t *testing.T) []activity.Event {
	t.Helper()
	changes := snaplogictest.NewServer(snaplogictest.WithRows(4000))
	changes.Add(fakeBursts()...)
	accesses := opswattest.NewServer(opswattest.WithRows(3000), opswattest.WithoutQuota()).Client(activity.WithRateLimit(1000, 1000))
	events := stored(t, fakeTransfers().Client().OwnOrganization().Transfers(aspera.TransferQuery{}), "acme", "transfers")
	events = append(events, stored(t, fakeLogins().Client().OwnOrganization().ApplicationEvents(aspera.EventQuery{}), "acme", "application_events")...)
	events = append(events, stored(t, changes.Client().Activities(snaplogic.ActivityQuery{}), "acme", "activities")...)
	events = append(events, stored(t, accesses.Activities(opswat.ActivityQuery{StartDate: endOfFakeOPSWAT.AddDate(0, 0, -20), EndDate: endOfFakeOPSWAT}), "acme", "activities")...)
	return append(events, stored(t, sdelementstest.NewServer(sdelementstest.WithRows(3000)).Client().Activities(sdelements.ActivityQuery{}), "acme", "activities")...)
}

// TestDatabaseOfFakes writes its file once: under the race detector, that takes ten seconds.
func TestDatabaseOfFakes(t *testing.T) {
	path, _ := recordedtest.Write(t, recordedtest.Version, storedFakes(t)...)
	t.Run("same answers as from the services", func(t *testing.T) { sameAnswers(t, path) })
	t.Run("all reports", func(t *testing.T) { allReports(t, path) })
	t.Run("a project", func(t *testing.T) {
		out, _, err := runReport(t, variables(), "-db", path, "-only", "snaplogic", "-project", "shared/Ledger")
		require.NoError(t, err)
		assert.Contains(t, out, "1 of 1 projects, most changes first; ")
		assert.Contains(t, out, "shared/Ledger: ")
	})
	t.Run("fewer events on the page", func(t *testing.T) {
		out, folder, err := runReport(t, variables(), "-db", path, "-only", "all", "-events", "7")
		require.NoError(t, err)
		assert.Contains(t, out, "  - The page has 7 of ")
		assert.Contains(t, out, "-events allows more")
		page, err := os.ReadFile(filepath.Join(folder, "report.html"))
		require.NoError(t, err)
		assert.Contains(t, string(page), "This page has the newest 7 of ")
	})
}

func sameAnswers(t *testing.T, path string) {
	t.Helper()
	s := settings{db: path, limit: 500}
	require.NoError(t, s.openFile(t.Context()))
	defer func() { require.NoError(t, s.file.Close()) }()
	compared := 0
	for _, v := range vendors[:4] {
		fakes, file := v.fake(s), v.recorded(s)
		for i, r := range fakes.reports {
			if r.name == "volume" || r.name == "access" {
				continue // a file has other data for these
			}
			span := tally.Span{From: fakes.now.Add(-r.span), Until: fakes.now}
			want, err := r.ask(t.Context(), span)
			require.NoError(t, err)
			got, err := file.reports[i].ask(t.Context(), span)
			require.NoError(t, err)
			assert.Equal(t, want.sections, got.sections, r.name)
			assert.NotEmpty(t, got.sections[0].Rows)
			assert.NotNil(t, got.chart)
			compared++
		}
	}
	assert.Equal(t, 6, compared)
}

func allReports(t *testing.T, path string) {
	t.Helper()
	out, folder, err := runReport(t, variables("SNAPLOGIC_ORGANIZATION", "acme", "OPSWAT_CLIENT_KEY", "key"), "-db", path)
	require.NoError(t, err, "variables are ignored")
	assert.NotContains(t, out, "fake")
	assert.Equal(t, "real", filepath.Base(folder))
	out = strings.Join(strings.Fields(out), " ")
	for _, want := range []string{
		"Aspera on Cloud: who uses excessive bandwidth? (activity.db) ====",
		"- activity.db has 8503 records of this, of the tenant acme. The newest is of 2025-11-14 17:29 UTC. ",
		"; 2025-11-07 17:29 to 2025-11-14 17:29 UTC ",
		"- A file cannot answer this: the collector stores events, not permissions. Ask the service, without -db.",
		" server uploaded GB ", "do not name their workspace",
		"SnapLogic: whose logins fail? (activity.db) ====",
		"; 2018-06-27 06:57 to 2018-07-04 06:57 UTC ",
		"this report reads them in the zone that the collector was configured with",
		"All vendors: what happened, event by event? (activity.db) ====",
	} {
		assert.Contains(t, out, want)
	}
	for _, name := range []string{"aspera-bandwidth", "aspera-volume", "aspera-logins", "snaplogic-changes", "snaplogic-failures", "opswat-blocked",
		"all-people", "all-day"} {
		picture, err := os.ReadFile(filepath.Join(folder, name+".svg"))
		require.NoError(t, err)
		assert.NotContains(t, string(picture), "invented")
	}
	assert.FileExists(t, filepath.Join(folder, "report.html"))
}

func TestPeriodOfDatabase(t *testing.T) {
	now := time.Now().UTC()
	login := func(at time.Time) activity.Event {
		return activity.Event{Vendor: "snaplogic", Tenant: "acme", Feed: "activities", Key: at.String(), Time: at, Action: "session_start", Raw: []byte("{}")}
	}
	recent, _ := recordedtest.Write(t, recordedtest.Version, login(now.Add(-50*time.Hour)))
	out, _, err := runReport(t, variables(), "-db", recent, "-only", "snaplogic")
	require.NoError(t, err)
	assert.Contains(t, out, " to "+now.Format("2006-01-02"), "the period ends now, although the newest record is older")
	assert.Contains(t, out, "The newest is of "+minute(now.Add(-50*time.Hour)))

	out, _, err = runReport(t, variables(), "-db", recent, "-only", "snaplogic", "-since", "24h")
	require.NoError(t, err)
	assert.Contains(t, out, " to "+minute(now.Add(-50*time.Hour)), "the last day has no records")

	out, _, err = runReport(t, variables(), "-db", recent, "-only", "aspera,snaplogic")
	require.NoError(t, err)
	assert.Contains(t, out, "\nAspera on Cloud\n===============\n\n  - activity.db has no records of this vendor.\n")
}

func TestTenantsOfDatabase(t *testing.T) {
	now := time.Now()
	failure := func(tenant, user string) activity.Event {
		return activity.Event{Vendor: "snaplogic", Tenant: tenant, Feed: "activities", Key: user, Time: now.Add(-time.Hour), Action: "user_auth_failure",
			Raw: []byte(`{"event_type":"user_auth_failure","user_id":"` + user + `","create_time":"` + now.Add(-time.Hour).UTC().Format(time.RFC3339Nano) + `"}`)}
	}
	path, _ := recordedtest.Write(t, recordedtest.Version, failure("acme", "ada"), failure("zeta", "zoe"))
	out, _, err := runReport(t, variables(), "-db", path, "-only", "snaplogic")
	require.NoError(t, err)
	assert.Contains(t, out, "  ada ")
	assert.Contains(t, out, "  zoe ")
	assert.Contains(t, out, "of the tenants acme, zeta.")
	out, _, err = runReport(t, variables(), "-db", path, "-only", "snaplogic", "-tenant", "zeta")
	require.NoError(t, err)
	assert.NotContains(t, out, "  ada ")
	assert.Contains(t, out, "  zoe ")
	assert.Contains(t, out, "SnapLogic: whose logins fail? (activity.db, tenant zeta)\n")
	_, _, err = runReport(t, variables(), "-db", path, "-tenant", "nobody")
	require.ErrorContains(t, err, `no records of a tenant "nobody"`)
}

func TestLastStateOfTransfer(t *testing.T) {
	start := time.Now().Add(-2 * time.Hour).UTC().Truncate(time.Second)
	state := func(key string, bytes int64, stop time.Time) activity.Event {
		e := aspera.Transfer{UUID: "1", Direction: aspera.DirectionReceive, UserEmail: "ada@example.com", SessionStart: start, SessionStop: stop,
			TransferredBytes: bytes, ServerIPAddress: "192.0.2.9"}
		raw, err := e.MarshalJSON()
		require.NoError(t, err)
		event := e.Event()
		event.Tenant, event.Feed, event.Key, event.Raw = "acme", "transfers", key, raw
		return event
	}
	path, _ := recordedtest.Write(t, recordedtest.Version, state("running", 1_000_000, time.Time{}), state("done", 3_000_000, start.Add(time.Minute)))
	out, _, err := runReport(t, variables(), "-db", path, "-only", "aspera")
	require.NoError(t, err)
	assert.Contains(t, out, "1 of 1 users, most bytes first; 1 transfers, 3.00 MB; ")
	assert.Contains(t, strings.Join(strings.Fields(out), " "), "192.0.2.9 3.00 0.00 3.00 100.0")
}

func TestDatabaseOfDemo(t *testing.T) {
	login := func(tenant, who string) activity.Event {
		return activity.Event{Vendor: "snaplogic", Tenant: tenant, Feed: "activities", Key: who, Time: time.Now().Add(-time.Hour), Action: "session_start",
			Actor: activity.Actor{Email: who}, Raw: []byte("{}")}
	}
	demo, db := recordedtest.Write(t, recordedtest.Version, login("demo", "ada@example.com"))
	out, folder, err := runReport(t, variables(), "-db", demo, "-only", "all")
	require.NoError(t, err)
	assert.Equal(t, "fake", filepath.Base(folder))
	assert.Contains(t, out, "All vendors: who was most active? (activity.db, invented data from a fake)\n")
	for _, name := range []string{"all-people.svg", "report.html"} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		assert.Contains(t, string(content), "invented data from a fake")
	}

	recordedtest.Insert(t, db, login("acme", "ada@acme.test"))
	_, _, err = runReport(t, variables(), "-db", demo)
	require.ErrorIs(t, err, recorded.ErrMixed)
	for tenant, where := range map[string]string{"demo": "fake", "acme": "real"} {
		_, folder, err = runReport(t, variables(), "-db", demo, "-tenant", tenant, "-only", "all")
		require.NoError(t, err)
		assert.Equal(t, where, filepath.Base(folder))
	}

	otherDemo, _ := recordedtest.Write(t, recordedtest.Version, login("demo", "ada@acme.test"))
	_, folder, err = runReport(t, variables(), "-db", otherDemo, "-only", "all")
	require.NoError(t, err)
	assert.Equal(t, "real", filepath.Base(folder), "a real tenant named demo")
}
