package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func variables(pairs ...string) func(string) string {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

// asked runs the program with an answer of its user, and returns what it printed and its reports.
func asked(t *testing.T, getenv func(string) string, answer string, args ...string) (out, reports string) {
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

func allQuestions() (all []question) {
	for _, v := range vendors {
		all = append(all, v.fake().questions...)
	}
	return all
}

func TestOnFakes(t *testing.T) {
	out, reports := asked(t, variables(), "")
	assert.NotContains(t, out, "Send these requests?", "nothing leaves this process")
	for _, want := range []string{
		"  100 requests to Aspera on Cloud (embedded fake)\n", "   60 requests to SnapLogic (embedded fake)\n",
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
	assert.Equal(t, 4, strings.Count(reports, "These are answers of a fake: they say nothing about the service."))
	// Nothing of the rows: names, addresses, ids.
	for _, of := range []string{"@example.com", "okafor", "203.0.113.", "192.0.2.", "198.51.100.", "Example Organization"} {
		assert.NotContains(t, reports, of)
	}
}

func TestEveryQuestionIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range vendors {
		s := v.fake()
		for _, q := range s.questions {
			assert.Regexp(t, `^`+v.name+`\.[a-z_]+$`, q.id)
			assert.False(t, seen[q.id], "%s twice", q.id)
			seen[q.id] = true
			assert.NotEmpty(t, q.unknown, q.id)
			assert.NotEmpty(t, q.why, q.id)
			assert.NotEmpty(t, q.asked, q.id)
		}
	}
}

// The documentation names questions that there are, and CONTRIBUTING.md has what is assumed of
// each.
func TestQuestionsOfTheDocumentation(t *testing.T) {
	var ids, named []string
	for _, q := range allQuestions() {
		ids = append(ids, q.id)
	}
	mention := regexp.MustCompile(`\(probe: ([a-z_.,\s/]+)\)`)
	require.NoError(t, filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "main_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range mention.FindAllStringSubmatch(string(data), -1) {
			for id := range strings.SplitSeq(m[1], ",") {
				named = append(named, strings.Trim(id, " /\n\t"))
			}
		}
		return err
	}))
	require.Greater(t, len(named), 60)
	for _, id := range named {
		assert.Contains(t, ids, id)
	}
	contributing, err := os.ReadFile("../../CONTRIBUTING.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| `([a-z]+\\.[a-z_]+)` \\|").FindAllStringSubmatch(string(contributing), -1)
	var tabled []string
	for _, row := range rows {
		tabled = append(tabled, row[1])
	}
	slices.Sort(ids)
	slices.Sort(tabled)
	assert.Equal(t, ids, tabled)
}

// marked is what must not come out: it stands in every value of the rows and in the credentials.
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

// The report of a real account shows nothing of it.
func TestTheReportHasShapesOnly(t *testing.T) {
	sl, sde, getenv := markedServices(t)
	out, reports := asked(t, getenv, "y\n")
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

func TestNothingIsSentWithoutAYes(t *testing.T) {
	sl, sde, getenv := markedServices(t)
	for _, answer := range []string{"", "\n", "n\n", "no\n", "what?\n"} {
		_, reports := asked(t, getenv, answer)
		assert.Empty(t, reports)
	}
	assert.Empty(t, sl.Requests())
	assert.Empty(t, sde.Requests())
	out, _ := asked(t, getenv, "", "-yes", "-only", "sdelements")
	assert.NotContains(t, out, "Send these requests?")
	assert.Empty(t, sl.Requests())
	assert.NotEmpty(t, sde.Requests())
}

// An account that does not work is told what to do, and is asked nothing more.
func TestAnAccountThatDoesNotWork(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(5))
	defer server.Close()
	out, reports := asked(t, variables("SDELEMENTS_BASE_URL", server.URL(), "SDELEMENTS_TOKEN", "canary-token"), "y\n")
	assert.Contains(t, out, "the credentials are not accepted (status 401)")
	assert.Contains(t, out, "Look for a letter too many")
	assert.Contains(t, reports, "not asked, since the account does not work")
	assert.LessOrEqual(t, len(server.Requests()), 6)
	assert.NotContains(t, out+reports, "canary")

	server.Close()
	out, _ = asked(t, variables("SDELEMENTS_BASE_URL", server.URL(), "SDELEMENTS_TOKEN", "canary-token"), "y\n")
	assert.Contains(t, out, "the service cannot be reached")
}

func TestMistakes(t *testing.T) {
	for name, tt := range map[string]struct {
		args   []string
		getenv func(string) string
		says   string
	}{
		"flag":      {[]string{"-nonsense"}, variables(), "nonsense"},
		"argument":  {[]string{"nonsense"}, variables(), `"nonsense" is not a flag`},
		"vendor":    {[]string{"-only", "aspera,acme"}, variables(), `-only names "acme"; there are aspera, snaplogic, opswat, sdelements`},
		"half":      {nil, variables("OPSWAT_CLIENT_KEY", "k"), "opswat: OPSWAT_CLIENT_SECRET is not set"},
		"no folder": {[]string{"-only", "opswat", "-out", "no/such/folder"}, variables(), "-out: "},
		"others":    {[]string{"-only", "opswat"}, variables("SDELEMENTS_BASE_URL", "https://sde.example.com", "SDELEMENTS_TOKEN", "t"), "sdelements is configured, and was not chosen"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			require.ErrorContains(t, run(t.Context(), tt.args, strings.NewReader(""), &out, tt.getenv), tt.says)
		})
	}
}

// The user agreed to a number of requests. A service that refuses each token must not cost more.
func TestTheBudgetHolds(t *testing.T) {
	for _, s := range []*service{fakeSnapLogic(), fakeSDElements()} {
		s.user = &user{out: io.Discard, silent: true}
		s.wire.budget = 3
		s.endpoints = slices.Repeat(s.endpoints, 5)
		_, works := s.check(t.Context())
		assert.True(t, works)
		assert.Equal(t, 3, s.wire.sent(), s.name)
		e := s.wire.ask(t.Context(), request{})
		require.Error(t, e.err)
		result, _ := explain(e.err)
		assert.Equal(t, "not asked any more", result)
		assert.Equal(t, 3, s.wire.sent(), s.name)
	}
}

// A folder may hold links and files that others can read.
func TestTheReportReplacesWhatIsThere(t *testing.T) {
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

// What was found before an interrupt is saved.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	folder := t.TempDir()
	require.ErrorIs(t, run(ctx, []string{"-out", folder}, strings.NewReader(""), io.Discard, variables()), context.Canceled)
	assert.FileExists(t, filepath.Join(folder, "probe.json"))
}

func TestTheEndOfTheInputIsNoAnswer(t *testing.T) {
	u := &user{in: bufio.NewReader(strings.NewReader("yes")), out: io.Discard}
	_, err := u.ask(t.Context(), "?")
	require.ErrorIs(t, err, io.EOF)
	ok, err := (&user{in: bufio.NewReader(strings.NewReader("")), out: io.Discard}).confirm(t.Context(), "?")
	require.NoError(t, err)
	assert.False(t, ok)
}

func TestShapes(t *testing.T) {
	for name, tt := range map[string]struct{ body, shape string }{
		"empty":    {``, `"empty"`},
		"no JSON":  {`<html>`, `"no JSON"`},
		"kinds":    {`{"a":1,"b":1.5,"c":"x","d":"","e":"17","f":true,"g":null}`, `{"a":"integer","b":"number","c":"string","d":"empty string","e":"string of digits","f":"boolean","g":"null"}`},
		"times":    {`["2026-01-02T03:04:05Z","2026-01-02T03:04:05.123+01:00","2026-01-02T03:04:05","May 18, 2018 10:40:00 AM"]`, `{"each":["time, 0 digits of a second, Z","time, 0 digits of a second, no zone","time, 3 digits of a second, an offset","time, as Jan 2, 2006 3:04:05 PM"],"items":4}`},
		"rows":     {`{"rows":[{"id":1,"x":{}},{"id":"2"}]}`, `{"rows":{"each":{"id":["integer","string of digits"],"x":{}},"items":2}}`},
		"people":   {`[{"by":{"ada":1}},{"by":{"grace_hopper":1}},{"by":{"alan":2}}]`, `{"each":{"by":{"…":"3 other members"}},"items":3}`},
		"names":    {`{"Ada Okafor":1,"ada@example.com":2,"ok":3}`, `{"ok":"integer","…":"2 other members"}`},
		"items":    {`[{"items":"x"},[1]]`, `{"each":[{"items":"string"},{"each":"integer","items":1}],"items":2}`},
		"two":      {`{"a":1}{"b":2}`, `{"and":"more behind it","first value":{"a":"integer"}}`},
		"fraction": {`"2026-01-02T03:04:05.` + strings.Repeat("1", 5000) + `Z"`, `"string"`},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := json.Marshal(shapeOf([]byte(tt.body)))
			require.NoError(t, err)
			assert.JSONEq(t, tt.shape, string(data))
		})
	}
	many := `[` + strings.Repeat(`{"a":{"b":{"c":{"d":[{"e":1}]}}},`+members(500)+`},`, 50) + `{}]`
	data, err := json.Marshal(shapeOf([]byte(many)))
	require.NoError(t, err)
	assert.Less(t, len(data), 20_000)
	assert.Equal(t, data, must(json.Marshal(shapeOf([]byte(many)))), "the same each time")
}

func members(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`"%c%c%c":{"x":1}`, 'a'+i%26, 'a'+i/26%26, 'z'))
	}
	return strings.Join(all, ",")
}

func must(data []byte, _ error) []byte { return data }

func TestHeadersThatAnInstallationMadeUp(t *testing.T) {
	assert.Equal(t, []string{"Date", "X-Ratelimit-Remaining"}, headerNames(http.Header{"Date": {"x"}, "X-Ratelimit-Jane-Doe": {"x"}, "Content-Acme": {"x"}, "X-Ratelimit-Remaining": {"1"}}))
}

// A 204 is an empty list: the account works, and whatever has no rows to show it is open.
func TestNoContent(t *testing.T) {
	server := snaplogictest.NewServer()
	defer server.Close()
	server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault {
		return &snaplogictest.Fault{Status: http.StatusNoContent}
	})
	s := fakeSnapLogicOf(server)
	s.user = &user{out: io.Discard, silent: true}
	r := s.probe(t.Context(), io.Discard)
	assert.NotEmpty(t, r.Questions)
	for _, e := range r.Questions {
		assert.NotContains(t, e.Answer, "does not work", e.ID)
	}
}
