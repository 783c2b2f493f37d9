package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/internal/environment"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// sdNoon is the date of an activity, in microseconds.
var sdNoon = time.Date(2024, time.March, 5, 12, 0, 0, 123_456_000, time.UTC)

// sdElementsServer returns a fake with activities.
func sdElementsServer(items []sdelements.Activity, options ...sdelementstest.Option) *sdelementstest.Server {
	server := sdelementstest.NewServer(options...)
	server.InsertAt(0, items...)
	return server
}

// sdElementsItems returns n activities, newest first, with a step between their dates. Their names
// alternate.
func sdElementsItems(n int, step time.Duration, names ...sdelements.ActivityName) []sdelements.Activity {
	items := make([]sdelements.Activity, n)
	for i := range items {
		items[i] = sdelements.Activity{ID: int64(n - i), Actor: sdelementstest.Me, Date: sdNoon.Add(-time.Duration(i) * step)}
		if len(names) > 0 {
			items[i].Name = names[i%len(names)]
		}
	}
	return items
}

// sdElementsCase is a fake with the answer to a question about it.
type sdElementsCase struct {
	server    *sdelementstest.Server
	says      string
	certainty certainty
	follows   string
}

func testSDElements(t *testing.T, id string, cases map[string]sdElementsCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := answer(t, fakeSDElementsOf(c.server), id)
			assert.Contains(t, f.answer, c.says)
			assertWording(t, f)
			assert.Equal(t, c.certainty, f.certainty, f.answer)
			assert.Contains(t, f.follows, c.follows)
			if c.certainty == open {
				assert.Empty(t, f.follows)
			}
		})
	}
}

// sdElementsFailing makes a fake answer some requests with a fault.
func sdElementsFailing(server *sdelementstest.Server, want func(r sdelementstest.Request) bool, fault sdelementstest.Fault) *sdelementstest.Server {
	server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
		if want(r) {
			return &fault
		}
		return nil
	})
	return server
}

func asks(parameter string) func(r sdelementstest.Request) bool {
	return func(r sdelementstest.Request) bool { return r.Query().Has(parameter) }
}

func asksFor(parameter, value string) func(r sdelementstest.Request) bool {
	return func(r sdelementstest.Request) bool { return r.Query().Get(parameter) == value }
}

// without makes a fake leave out a member of its answers.
func without(server *sdelementstest.Server, member string) *sdelementstest.Server {
	return sdElementsFailing(server, func(sdelementstest.Request) bool { return true }, sdelementstest.Fault{
		Damage: func(body []byte) []byte { return bytes.ReplaceAll(body, []byte(`"`+member+`":`), []byte(`"x":`)) },
	})
}

var failing = sdelementstest.Fault{Status: http.StatusInternalServerError, Body: `{"detail":"secret"}`}

// Useless answers leave every question open.
func TestSDElementsHostileAnswers(t *testing.T) {
	for name, fault := range map[string]sdelementstest.Fault{
		"500":    failing,
		"403":    {Status: 403, Body: `{"detail":"secret"}`},
		"429":    {Status: 429, Body: `{"detail":"secret"}`},
		"HTML":   {Body: "<html><body>secret</body></html>"},
		"object": {Body: `{}`},
		"array":  {Body: `[]`},
		"null":   {Body: `null`},
		"nulls":  {Body: `{"count":null,"next":null,"results":null}`},
	} {
		t.Run(name, func(t *testing.T) {
			server := sdElementsFailing(sdelementstest.NewServer(sdelementstest.WithRows(50)), func(sdelementstest.Request) bool { return true }, fault)
			for _, q := range fakeSDElementsOf(server).questions {
				f := answer(t, fakeSDElementsOf(server), q.id)
				assert.Equal(t, open, f.certainty, q.id+": "+f.answer)
				assert.NotContains(t, f.answer, "secret")
			}
		})
	}
}

// A service that answers every request with the same odd list causes no panic, and none of it is
// shown.
func TestSDElementsUnexpectedAnswers(t *testing.T) {
	for name, body := range map[string]string{
		"rows of other kinds": `{"results":[null,1,"secret",[],{}]}`,
		"members of others":   `{"count":"secret","next":null,"date_from":7,"date_to":{},"results":[{"id":"secret","date":"secret","name":7,"data":"secret","log_level":[]}]}`,
		"one row":             `{"count":1,"next":null,"results":[{"id":1,"date":"2024-03-05T12:00:00Z","name":"secret","data":{"secret@example.com":1}}]}`,
		"huge numbers":        `{"count":999999999999999999999,"next":null,"results":[{"id":9223372036854775807,"date":"9999-12-31T23:59:59Z"},{"id":-9223372036854775808,"date":"0001-01-01T00:00:01Z"}]}`,
		"a link to itself":    `{"count":9,"next":"/api/v2/activities/?page=2","results":[{"id":1,"date":"2024-03-05T12:00:00Z"},{"id":2,"date":"2024-03-05T12:00:00Z"}]}`,
		"no rows but a link":  `{"count":9,"next":"/api/v2/activities/?page=2","results":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			server := sdElementsFailing(sdElementsServer(nil), func(sdelementstest.Request) bool { return true }, sdelementstest.Fault{Body: body})
			for _, q := range fakeSDElementsOf(server).questions {
				f := answer(t, fakeSDElementsOf(server), q.id)
				assert.NotContains(t, f.answer+f.follows, "secret", q.id)
				assert.NotContains(t, f.answer, "example.com", q.id)
			}
		})
	}
}

func TestSDElementsEmptyAccount(t *testing.T) {
	s := fakeSDElementsOf(sdelementstest.NewServer())
	for _, q := range s.questions {
		f := answer(t, s, q.id)
		switch q.id {
		case "sdelements.past", "sdelements.unknown", "sdelements.cursor": // need no activities
			assert.Equal(t, settled, f.certainty, q.id)
		case "sdelements.stream":
			assert.Equal(t, likely, f.certainty, q.id)
		default:
			assert.Equal(t, open, f.certainty, q.id+": "+f.answer)
		}
	}
}

func TestSDElementsProbe(t *testing.T) {
	const secret = "secret"
	items := sdElementsItems(1500, time.Minute, "LoggedInActivity", "AddedNoteActivity", "secret", "secretActivity ")
	for i := range items {
		items[i].Text, items[i].Data.ProjectDesc, items[i].Data.Project = secret, secret, 4711
		items[i].LogLevel = "secret@example.com"
	}
	for name, c := range map[string]struct {
		server   *sdelementstest.Server
		requests int
		missing  int
	}{
		"full":       {sdElementsServer(items, sdelementstest.WithLocalTime(time.UTC), sdelementstest.WithLookups(), sdelementstest.WithLinkOrigin("https://secret.example.com")), 28, 0},
		"no project": {sdElementsServer(sdElementsItems(2, time.Second)), 18, 2},
		"empty":      {sdelementstest.NewServer(), 9, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := fakeSDElementsOf(c.server)
			s.prompt = &prompt{out: io.Discard, silent: true}
			var out strings.Builder
			r := s.probe(t.Context(), &out)
			assert.Len(t, r.Questions, 15)
			assert.LessOrEqual(t, r.Requests, s.cost())
			assert.Equal(t, c.requests, r.Requests)
			assert.Len(t, c.server.Requests(), r.Requests)
			missing := 0
			for _, check := range r.Checks {
				if check.Result == "not asked" {
					missing++
					continue
				}
				assert.Equal(t, resultOK, check.Result, check.What)
			}
			assert.Equal(t, c.missing, missing)
			text, err := json.Marshal(report{Services: []serviceReport{r}})
			require.NoError(t, err)
			for _, shown := range []string{string(text), out.String(), report{Services: []serviceReport{r}}.markdown()} {
				assert.NotContains(t, shown, secret)
				assert.NotContains(t, shown, "4711")
				assert.NotContains(t, shown, "example.com")
			}
		})
	}
}

func TestSDElementsUnreachable(t *testing.T) {
	for name, fault := range map[string]sdelementstest.Fault{"reset": {Reset: true}, "401": {Status: 401, Body: `{"detail":"secret"}`}} {
		server := sdElementsFailing(sdElementsServer(nil), func(sdelementstest.Request) bool { return true }, fault)
		s := fakeSDElementsOf(server)
		s.prompt = &prompt{out: io.Discard, silent: true}
		r := s.probe(t.Context(), io.Discard)
		require.Len(t, r.Checks, 1, name)
		assert.Equal(t, "account", r.Checks[0].What)
		assert.LessOrEqual(t, r.Requests, 2, name)
	}
}

func TestConnectSDElements(t *testing.T) {
	env := func(address, token string) environment.Variables {
		return variables("SDELEMENTS_BASE_URL", address, "SDELEMENTS_TOKEN", token)
	}
	s, err := connectSDElements(env("", ""))
	require.NoError(t, err)
	assert.Nil(t, s)
	_, err = connectSDElements(env("https://example.com", ""))
	require.ErrorContains(t, err, "SDELEMENTS_TOKEN is not set")
	_, err = connectSDElements(env("http://example.com", "key"))
	require.Error(t, err)
	server := sdElementsServer(sdElementsItems(3, time.Second))
	defer server.Close()
	s, err = connectSDElements(env(server.URL(), sdelementstest.Key))
	require.NoError(t, err)
	assert.False(t, s.fake)
	assert.Contains(t, answer(t, s, "sdelements.past").answer, "404")
	assert.Equal(t, "/in/front/api/v2/activities/", (&sdElementsProbe{base: sdElementsURL(t, "https://example.com/in/front/")}).path("activities/"))
}

func sdElementsURL(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u
}
