package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// marked must not appear in a report: it is in every value of the rows and in the credentials.
const marked = "Zyxw"

func markedServices(t *testing.T) (sl *snaplogictest.Server, sde *sdelementstest.Server, getenv func(string) string) {
	t.Helper()
	sl = snaplogictest.NewServer(snaplogictest.WithOrganization(marked + " Works"))
	t.Cleanup(sl.Close)
	for i := range 30 {
		sl.Add(snaplogic.Activity{Raw: []byte(`{"_id":"5b3c48b078248a8e4979f` + string(rune('a'+i%6)) + string(rune('0'+i/6)) + string(rune('0'+i%6)) +
			`","event_type":"asset_update","create_time":"2026-01-02T03:04:05.67800` + string(rune('0'+i%10)) + `+00:00","by_whom":"` + marked +
			`@example.com","org_label":"` + marked + ` Works","asset_label":"` + marked + ` One","project_label":"` + marked + `","partition_label":"` + marked +
			` Space","` + marked + `_member":1,"map":{"` + marked + `":"x"}}`)})
	}
	sde = sdelementstest.NewServer()
	t.Cleanup(sde.Close)
	for i := range int64(30) {
		sde.Add(sdelements.Activity{Raw: fmt.Appendf(nil, `{"id":%d,"name":"MarkedTaskActivity","actor":3,"text":"%s did it","date":"2026-01-02T03:04:05.6780%02dZ",`+
			`"data":{"project":7,"project_desc":"%s","%sKey":1},"icon":"%s","log_level":"modify"}`, i+1, marked, i, marked, marked, marked)})
	}
	return sl, sde, variables("SNAPLOGIC_ORGANIZATION", marked+" Works", "SNAPLOGIC_USER", snaplogictest.User, "SNAPLOGIC_PASSWORD", snaplogictest.Password,
		"SNAPLOGIC_BASE_URL", sl.URL(), "SDELEMENTS_BASE_URL", sde.URL(), "SDELEMENTS_TOKEN", sdelementstest.Key)
}

// markedAspera returns a fake whose records hold the marked word wherever a text stands.
func markedAspera() *asperatest.Server {
	s := asperatest.NewServer()
	text := func(format string, args ...any) []byte {
		return []byte(strings.ReplaceAll(fmt.Sprintf(format, args...), "WORD", marked))
	}
	for i := range 30 {
		at := midweek().Add(time.Duration(i) * time.Second).UTC().Format(time.RFC3339)
		uuid := fmt.Sprintf("f1b6ac5e-0d5c-4a3e-9a3e-2f7c1d0b9e%02d", i)
		s.Add(aspera.Transfer{Raw: text(`{"uuid":"%s","direction":"send","status":"completed","session_start_time":"%s","session_stop_time":"%s",`+
			`"content":"WORD.mov","user_email":"WORD@example.com","WORD_member":1,"map":{"WORD":"x"}}`, uuid, at, at)})
		s.AddFiles(uuid, aspera.TransferFile{Raw: text(`{"id":"%d","path":"/WORD/a.mov"}`, i)})
		s.AddApplicationEvents(aspera.ApplicationEvent{Raw: text(`{"event_id":"%d","event_type":"WORD did it","triggered_by_user_name":"WORD","created_at":"%s"}`, i, at)})
		s.AddFileAccess(aspera.FileAccess{Raw: text(`{"user_name":"WORD %d","file_name":"WORD.mov"}`, i)})
		s.AddVolumes(aspera.Volume{Raw: text(`{"id":"%d","name":"WORD","WORD":3}`, i)})
	}
	return s
}

// In virtual time, since the probe waits between its requests to Aspera. TestOPSWATRun checks the
// report on OPSWAT in the same way.
func TestAsperaReportHidesData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := markedAspera()
		_, seen := probeService(t, fakeAsperaOf(s), &prompt{silent: true})
		assert.Greater(t, len(s.Requests()), 10)
		for _, secret := range []string{marked, strings.ToLower(marked), s.JWTConfig().ClientID, s.JWTConfig().ClientSecret, s.JWTConfig().User} {
			assert.NotContains(t, seen, secret)
		}
	})
}

func TestReportHidesData(t *testing.T) {
	sl, sde, getenv := markedServices(t)
	out, reports := probeRun(t, getenv, "y\n")
	assert.Contains(t, out, "Send these requests? [y/N] ")
	assert.NotContains(t, out, "embedded fake", "fakes are not asked beside real services")
	assert.NotEmpty(t, sl.Requests())
	assert.NotEmpty(t, sde.Requests())
	require.NotEmpty(t, reports)
	for _, secret := range []string{marked, snaplogictest.User, snaplogictest.Password, sdelementstest.Key, sl.URL(), sde.URL(), "127.0.0.1"} {
		assert.NotContains(t, reports, secret)
	}
	for _, secret := range []string{snaplogictest.Password, sdelementstest.Key} {
		assert.NotContains(t, out, secret)
	}
	assert.Contains(t, reports, `"event_type": "string"`)
}

// go run, with which the probe is run, knows no version of the module.
func TestReportHasVersion(t *testing.T) {
	changelog, err := os.ReadFile("../../CHANGELOG.md")
	require.NoError(t, err)
	newest := regexp.MustCompile(`(?m)^## \[(\S+)\]`).FindSubmatch(changelog)
	require.NotNil(t, newest)
	assert.Equal(t, version, string(newest[1]))
	r := newReport()
	assert.Regexp(t, `^`+regexp.QuoteMeta(version)+`( \([0-9a-f]{12}\))?$`, r.SDK)
	assert.Contains(t, r.markdown(), "with version "+version)
}

// The folder may contain links, and files that others can read.
func TestReportReplacesFiles(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	require.NoError(t, os.WriteFile(outside, []byte("mine"), 0o600))
	folder := t.TempDir()
	require.NoError(t, os.Symlink(outside, filepath.Join(folder, "probe.json")))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "probe.md"), nil, 0o666))
	require.NoError(t, run(t.Context(), []string{"-only", "sdelements", "-out", folder}, strings.NewReader(""), io.Discard, variables()))
	kept, err := os.ReadFile(outside)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(kept))
	for _, name := range []string{"probe.json", "probe.md"} {
		info, err := os.Lstat(filepath.Join(folder, name))
		require.NoError(t, err)
		assert.Equal(t, fs.FileMode(0o600), info.Mode(), name)
	}
}
