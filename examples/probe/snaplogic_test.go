package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// snapLogicCase is a fake with the answer to a question about it.
type snapLogicCase struct {
	name   string
	opts   []snaplogictest.Option
	rows   []snaplogic.Activity
	faults func(snaplogictest.Request) *snaplogictest.Fault
	fill   func(*snaplogictest.Server)
	want   certainty
	answer string // a part of it
}

func testSnapLogic(t *testing.T, id string, cases []snapLogicCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := snaplogictest.NewServer(c.opts...)
			server.Add(c.rows...)
			server.FailWith(c.faults)
			if c.fill != nil {
				c.fill(server)
			}
			f := answer(t, fakeSnapLogicOf(server), id)
			assert.Equal(t, c.want, f.certainty, f.answer)
			assert.Contains(t, f.answer, c.answer)
			assertWording(t, f)
			assert.Equal(t, f.certainty == open, f.follows == "", "what is open has no consequence, and what is not has one: "+f.answer)
			for _, text := range []string{f.answer, f.follows} {
				require.NotRegexp(t, snapLogicSecrets, text)
			}
		})
	}
}

// snapLogicSecrets matches the values that stand for a tenant's data in these tests.
var snapLogicSecrets = regexp.MustCompile(`(?i)tenant|secret|example|automation|Finance|[0-9a-f]{24}|T\d\d:\d\d|\d{13}`)

var snapLogicDay = time.Date(2024, 5, 6, 7, 8, 9, 123_000_000, time.UTC)

// snapLogicRows returns n activities, one a minute, newest first.
func snapLogicRows(n int) []snaplogic.Activity {
	rows := make([]snaplogic.Activity, n)
	for i := range rows {
		at := snapLogicDay.Add(-time.Duration(i) * time.Minute)
		rows[i] = snaplogic.Activity{
			ID: fmt.Sprintf("%08x%016x", at.Unix(), i), CreateTime: at, EventType: snaplogic.EventAssetUpdate,
			ByWhom: "secret@tenant.example", AssetLabel: "secret asset", AssetType: "Pipeline",
			ProjectLabel: "secret-project", PartitionLabel: "secret-space",
		}
	}
	return rows
}

// snapLogicChanged is snapLogicRows with a change to each activity.
func snapLogicChanged(n int, change func(i int, a *snaplogic.Activity)) []snaplogic.Activity {
	rows := snapLogicRows(n)
	for i := range rows {
		change(i, &rows[i])
	}
	return rows
}

func snapLogicOptions(opts ...snaplogictest.Option) []snaplogictest.Option { return opts }

// snapLogicReplaced answers some requests with a fault.
func snapLogicReplaced(when func(snaplogictest.Request) bool, with snaplogictest.Fault) func(snaplogictest.Request) *snaplogictest.Fault {
	return func(r snaplogictest.Request) *snaplogictest.Fault {
		if when(r) {
			return &with
		}
		return nil
	}
}

func snapLogicAsked(name, value string) func(snaplogictest.Request) bool {
	return func(r snaplogictest.Request) bool { return r.Query().Get(name) == value }
}

func TestSnapLogicUninformativeAccounts(t *testing.T) {
	one := snapLogicRows(1)
	alike := snapLogicChanged(30, func(i int, a *snaplogic.Activity) { a.CreateTime = snapLogicDay })
	young := snapLogicChanged(3, func(i int, a *snaplogic.Activity) {
		a.CreateTime = time.Now().Add(-time.Minute).Truncate(time.Millisecond)
	})
	bare := make([]snaplogic.Activity, 20) // nothing in them
	odd := []snaplogic.Activity{{Raw: json.RawMessage(`"secret"`)}, {Raw: json.RawMessage(`{"_id":7,"create_time":{},"event_type":["secret"]}`)}, {Raw: json.RawMessage(`null`)}}
	for name, c := range map[string]struct {
		rows    []snaplogic.Activity
		settled map[string]string
	}{
		"no activities": {nil, map[string]string{
			"snaplogic.unknown": "refused", "snaplogic.status": "do not differ", "snaplogic.offset": "is empty", "snaplogic.envelope": "wrapped",
			"snaplogic.limit": "of the request: 1000, with 0 activities",
		}},
		"young ones": {young, map[string]string{
			"snaplogic.unknown": "refused", "snaplogic.status": "do not differ", "snaplogic.offset": "is empty", "snaplogic.envelope": "wrapped",
			"snaplogic.limit": "of the request: 1000, with 0 activities",
		}},
		"one": {one, map[string]string{
			"snaplogic.start": "includes", "snaplogic.end": "leaves out", "snaplogic.blank": "as %20 and as a plus", "snaplogic.asset": "works without",
			"snaplogic.unknown": "refused", "snaplogic.status": "do not differ", "snaplogic.limit": "of the request", "snaplogic.offset": "is empty",
			"snaplogic.envelope": "wrapped", "snaplogic.events": "with a constant: asset_update",
		}},
		"all of one instant": {alike, map[string]string{
			"snaplogic.ties": "keep their order", "snaplogic.late": "created at most",
			"snaplogic.start": "includes", "snaplogic.end": "leaves out", "snaplogic.blank": "as %20 and as a plus", "snaplogic.asset": "works without",
			"snaplogic.unknown": "refused", "snaplogic.status": "do not differ", "snaplogic.limit": "of the request", "snaplogic.offset": "is empty",
			"snaplogic.envelope": "wrapped", "snaplogic.events": "with a constant: asset_update",
		}},
		"activities without members": {bare, map[string]string{
			"snaplogic.unknown": "refused", "snaplogic.status": "do not differ", "snaplogic.limit": "of the request", "snaplogic.offset": "is empty",
			"snaplogic.envelope": "wrapped",
		}},
		"activities of another form": {odd, map[string]string{
			"snaplogic.unknown": "refused", "snaplogic.status": "do not differ", "snaplogic.limit": "of the request", "snaplogic.offset": "is empty",
			"snaplogic.envelope": "wrapped",
		}},
	} {
		for _, q := range snapLogicQuestions() {
			t.Run(name+"/"+q.id, func(t *testing.T) {
				server := snaplogictest.NewServer()
				server.Add(c.rows...)
				f := answer(t, fakeSnapLogicOf(server), q.id)
				if want, ok := c.settled[q.id]; ok {
					assert.NotEqual(t, open, f.certainty, f.answer)
					assert.Contains(t, f.answer, want)
				} else {
					assert.Equal(t, open, f.certainty, f.answer)
				}
				assert.NotRegexp(t, snapLogicSecrets, f.answer+f.follows)
			})
		}
	}
}

// The service sends a useless answer to every request, from the first or from a later one.
func TestSnapLogicHostileAnswers(t *testing.T) {
	const page = `{"response_map":{"total":%d,"offset":0,"limit":100,"entries":[%s]},"http_status_code":200}`
	for name, fault := range map[string]snaplogictest.Fault{
		"500":               {Status: 500, Body: `{"http_status_code":500,"response_map":{"error_list":[{"message":"secret"}]}}`},
		"HTML":              {Body: "<html><title>secret</title></html>", ContentType: "text/html"},
		"{}":                {Body: `{}`},
		"[]":                {Body: `[]`},
		"null":              {Body: `null`},
		"no content":        {Status: 204},
		"401":               {Status: 401},
		"403":               {Status: 403, Body: "secret", ContentType: "text/plain"},
		"404":               {Status: 404},
		"400":               {Status: 400, Body: `{"http_status_code":400,"response_map":"secret"}`},
		"418":               {Status: 418},
		"a redirect":        {Status: 302, Header: http.Header{"Location": {"/secret"}}},
		"a total alone":     {Body: fmt.Sprintf(page, 5, "")},
		"a negative total":  {Body: fmt.Sprintf(page, -5, "")},
		"other entries":     {Body: fmt.Sprintf(page, 2, `{"_id":"secret"},7`)},
		"one and no count":  {Body: `{"entries":[{"_id":"secret","create_time":"2024-05-06T07:08:09.123000+00:00","event_type":"secret1"}]}`},
		"the same one":      {Body: fmt.Sprintf(page, 1, `{"_id":"secret","create_time":"2024-05-06T07:08:09.123000+00:00","asset_label":"a b","project_label":"p","partition_label":"s","asset_type":"Dir"}`)},
		"broken JSON":       {Body: `{"response_map":{"entries":[`},
		"a broken answer":   {CutBody: 5},
		"a reset":           {Reset: true},
		"the wrong members": {Body: `{"response_map":{"entries":{},"total":"many","limit":null}}`},
	} {
		for _, from := range []int{1, 2, 3} {
			for _, q := range snapLogicQuestions() {
				t.Run(fmt.Sprint(name, " from ", from, "/", q.id), func(t *testing.T) {
					server := snaplogictest.NewServer()
					rows := snapLogicChanged(20, func(i int, a *snaplogic.Activity) {
						a.CreateTime = snapLogicDay.Add(-time.Duration(i/2) * time.Minute)
						a.AssetType, a.SnapLogicAdminUpdate = "Dir", new(i%2 == 0)
					})
					server.Add(rows...)
					server.FailWith(snapLogicReplaced(func(r snaplogictest.Request) bool { return r.N >= from }, fault))
					f := answer(t, fakeSnapLogicOf(server), q.id)
					assert.NotRegexp(t, snapLogicSecrets, f.answer+f.follows)
					if from == 1 && !strings.HasPrefix(name, "the same") && !strings.HasPrefix(name, "one") {
						assertOpen(t, name, q.id, f)
					}
				})
			}
		}
	}
}

// assertOpen checks that a question stays open, unless a list without activities answers it.
func assertOpen(t *testing.T, name, id string, f finding) {
	t.Helper()
	lists := []string{"no content", "a total alone", "a negative total", "other entries"}
	empty := []string{"snaplogic.unknown", "snaplogic.envelope", "snaplogic.status", "snaplogic.limit", "snaplogic.offset"}
	if !slices.Contains(lists, name) || !slices.Contains(empty, id) {
		assert.Equal(t, open, f.certainty, f.answer)
	}
}

func TestSnapLogicSampleRetries(t *testing.T) {
	server := snaplogictest.NewServer()
	server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault { return &snaplogictest.Fault{Status: 500} })
	s := fakeSnapLogicOf(server)
	for _, q := range s.questions {
		assert.Equal(t, open, q.ask(t.Context(), s).certainty)
	}
	assert.Len(t, server.Requests(), snapLogicMaxTries)
}

// The questions share requests, cost what they announce, and show nothing of the tenant.
func TestSnapLogicProbe(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithRows(2500), snaplogictest.WithStatusHeader())
	s := fakeSnapLogicOf(server)
	s.prompt = &prompt{out: io.Discard, silent: true}
	var shown strings.Builder
	r := s.probe(t.Context(), &shown)
	assert.Len(t, server.Requests(), r.Requests)
	assert.LessOrEqual(t, r.Requests, 36)
	assert.LessOrEqual(t, r.Requests, s.cost())
	for _, e := range r.Questions {
		assert.NotEqual(t, open, e.Certainty, e.ID)
	}
	text := shown.String() + report{Services: []serviceReport{r}}.markdown()
	assert.NotRegexp(t, `@|automation|Finance|Load |[0-9a-f]{24}|2018`, text)
	samples := 0
	for _, request := range server.Requests() {
		assert.Equal(t, http.MethodGet, request.Method)
		if q := request.Query(); q.Get("limit") == "1000" && !q.Has("start") {
			samples++
		}
	}
	assert.Equal(t, 2, samples, "one for all questions, and that for the order of ties")
}

func TestSnapLogicInterrupted(t *testing.T) {
	for _, q := range snapLogicQuestions() {
		server := snaplogictest.NewServer(snaplogictest.WithRows(100))
		ctx, cancel := context.WithCancel(t.Context())
		server.OnRequest(func(r snaplogictest.Request) {
			if r.N == 2 {
				cancel()
			}
		})
		s := fakeSnapLogicOf(server)
		for _, own := range s.questions {
			if own.id == q.id {
				assert.NotPanics(t, func() { own.ask(ctx, s) })
			}
		}
		cancel()
	}
}

func TestConnectSnapLogic(t *testing.T) {
	env := map[string]string{"SNAPLOGIC_ORGANIZATION": "secret", "SNAPLOGIC_USER": "u", "SNAPLOGIC_PASSWORD": "p"}
	s, err := connectSnapLogic(func(name string) string { return env[name] })
	require.NoError(t, err)
	assert.False(t, s.fake)
	assert.Equal(t, "secret", s.where)
	delete(env, "SNAPLOGIC_USER")
	_, err = connectSnapLogic(func(name string) string { return env[name] })
	require.Error(t, err)
	s, err = connectSnapLogic(func(string) string { return "" })
	require.NoError(t, err)
	assert.Nil(t, s)
}
