package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// midweek returns a Wednesday at least ten days ago.
func midweek() time.Time {
	return monday(time.Now().AddDate(0, 0, -10)).Add(60 * time.Hour)
}

// transferAt returns a transfer that took 20 seconds, and was updated 10 seconds later.
func transferAt(n int, start time.Time) aspera.Transfer {
	t := aspera.Transfer{UUID: fmt.Sprintf("canary-%d", n), Direction: aspera.DirectionSend, Status: aspera.StatusCompleted,
		SessionStart: start, SessionStop: start.Add(20 * time.Second), UpdatedAt: start.Add(30 * time.Second),
		TransferredBytes: 20_000_000, Throughput: 8_000_000, Content: "canary", UserEmail: "canary@example.com", ClientIPAddress: "10.9.8.7"}
	if n%2 == 1 {
		t.Direction = aspera.DirectionReceive
	}
	if n%5 == 4 {
		t.Status = aspera.StatusFailed
	}
	return t
}

// asperaOf returns a fake with a number of transfers, one a minute.
func asperaOf(n int, opts ...asperatest.Option) *asperatest.Server {
	server := asperatest.NewServer(opts...)
	for i := range n {
		server.Add(transferAt(i, midweek().Add(time.Duration(i)*time.Minute)))
	}
	return server
}

// asperaCases are fakes with the answers to a question about them.
type asperaCases map[string]struct {
	server    *asperatest.Server
	want      string
	certainty certainty
}

func (cases asperaCases) run(t *testing.T, id string) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := answer(t, fakeAsperaOf(c.server), id)
			assert.Contains(t, got.answer+" | "+got.follows, c.want)
			assertWording(t, got)
			assert.Equal(t, c.certainty, got.certainty, got.answer)
		})
	}
}

// withoutBounds returns a service that ignores start_time and stop_time.
func withoutBounds(n int) *asperatest.Server {
	server := asperaOf(n)
	var rows []json.RawMessage
	for i := range n {
		raw, _ := json.Marshal(transferAt(i, midweek().Add(time.Duration(i)*time.Minute)))
		rows = append(rows, raw)
	}
	body, _ := json.Marshal(map[string]any{"transfers": rows})
	server.FailWith(asperaReplaced(pathEnds("/transfers"), asperatest.Fault{Body: string(body)}))
	return server
}

func asperaAt(start time.Time) *asperatest.Server {
	server := asperatest.NewServer()
	server.Add(transferAt(0, start.UTC().Truncate(time.Second)))
	return server
}

// asperaReplaced answers some requests with a fault.
func asperaReplaced(when func(asperatest.Request) bool, with asperatest.Fault) func(asperatest.Request) *asperatest.Fault {
	return func(r asperatest.Request) *asperatest.Fault {
		if when(r) {
			return &with
		}
		return nil
	}
}

func pathEnds(suffix string) func(asperatest.Request) bool {
	return func(r asperatest.Request) bool { return strings.HasSuffix(r.Path, suffix) }
}

func pathHas(text string) func(asperatest.Request) bool {
	return func(r asperatest.Request) bool { return strings.Contains(r.Path, text) }
}

func queryHas(text string) func(asperatest.Request) bool {
	return func(r asperatest.Request) bool { return strings.Contains(r.RawQuery, text) }
}

// asperaAnswering answers every request below /analytics with the same body.
func asperaAnswering(body string) func(asperatest.Request) *asperatest.Fault {
	return asperaReplaced(pathHas("/analytics/"), asperatest.Fault{Body: body})
}

func withAnswers(body string) *asperatest.Server {
	server := asperaOf(0)
	server.FailWith(asperaAnswering(body))
	return server
}

func TestAsperaAccountFails(t *testing.T) {
	for body, status := range map[string]int{`{"error":"invalid_client"}`: 401, `<html>`: 500} {
		server := asperaOf(3)
		server.FailWith(nil)
		server.Fail(asperatest.Fault{Token: true, Status: status, Body: body}, asperatest.Fault{Token: true, Status: status, Body: body})
		s := fakeAsperaOf(server)
		s.prompt = &prompt{silent: true}
		report := s.probe(t.Context(), new(bytes.Buffer))
		require.Len(t, report.Checks, 1)
		assert.Equal(t, "account", report.Checks[0].What)
		for _, q := range report.Questions {
			assert.Equal(t, open, q.Certainty)
		}
		assert.LessOrEqual(t, report.Requests, s.cost())
	}
}

// hostileAspera returns useless answers.
func hostileAspera() map[string]asperatest.Fault {
	return map[string]asperatest.Fault{
		"500":         {Status: 500, Body: `{"message":"canary"}`},
		"HTML":        {Body: `<html><body>canary</body></html>`, ContentType: "text/html"},
		"{}":          {Body: `{}`},
		"[]":          {Body: `[]`},
		"null":        {Body: `null`},
		"401":         {Status: 401, Body: `{"code":"unauthorized","message":"canary"}`},
		"403":         {Status: 403, Body: `{"message":"canary"}`},
		"429":         {Status: 429, Body: `canary`, Header: map[string][]string{"Retry-After": {"1"}}},
		"reset":       {Reset: true},
		"no rows":     {Body: `{"transfers":null,"next":null}`},
		"odd rows":    {Body: `{"transfers":[1,null,"canary",[],{}],"total_transfers":"x","next":{"href":"canary"}}`},
		"elsewhere":   {Body: `{"transfers":[{"uuid":"canary"}],"next":{"href":"https://canary.example.com/?next=1"}}`},
		"odd members": {Body: `{"transfers":[{"uuid":7,"session_start_time":"canary","direction":"canary 7","status":["canary"]}]}`},
		"cut":         {Body: `{"transfers":[{"uuid":"canary"`},
	}
}

func TestAsperaHostileAnswers(t *testing.T) {
	for name, fault := range hostileAspera() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := asperaOf(20)
				server.FailWith(func(r asperatest.Request) *asperatest.Fault {
					if strings.HasPrefix(r.Path, "/analytics/") {
						return &fault
					}
					return nil
				})
				for _, q := range asperaQuestions(nil) {
					f := answer(t, fakeAsperaOf(server), q.id)
					assert.NotContains(t, strings.ToLower(f.answer+f.follows), "canary", q.id)
					switch {
					case fault.Status == 0 && (q.id == "aspera.window" || q.id == "aspera.errors"): // what is readable was taken
					case name == "odd members": // is an answer, if only the SDK reads it
					default:
						assert.NotEqual(t, settled, f.certainty, "%s: %s", q.id, f.answer)
					}
				}
				var out bytes.Buffer
				s := fakeAsperaOf(server)
				s.prompt = &prompt{out: &out, silent: true}
				report := s.probe(t.Context(), &out)
				text, err := json.Marshal(report)
				require.NoError(t, err)
				assert.NotContains(t, strings.ToLower(out.String()+string(text)), "canary")
				assert.LessOrEqual(t, report.Requests, s.cost())
			})
		})
	}
}

// An account without activity leaves questions open unless they need none.
func TestAsperaEmptyAccount(t *testing.T) {
	told := map[string]certainty{"aspera.window": settled, "aspera.errors": settled, "aspera.last": likely, "aspera.search": settled}
	for _, q := range asperaQuestions(nil) {
		want := told[q.id]
		if want == "" {
			want = open
		}
		assert.Equal(t, want, answer(t, fakeAsperaOf(asperatest.NewServer()), q.id).certainty, q.id)
	}
}

// Rows that arrive with every request may leave a question open, but never make an answer wrong.
func TestAsperaChangingList(t *testing.T) {
	want := map[string]string{
		"aspera.start": "compared with the session start, and that very instant is included",
		"aspera.stop":  "compared with the session start, and that very instant is included",
		"aspera.last":  "next is missing", "aspera.total": "it counts the query",
		"aspera.order": "descending by session start", "aspera.filters": "status=failed, of the values failed, completed: obeyed",
		"aspera.transfer": "the transfer is bare", "aspera.throughput": "bits", "aspera.direction": "send is a download",
	}
	for id, text := range want {
		server := asperaOf(60)
		server.OnRequest(func(r asperatest.Request) {
			item := transferAt(1000+r.N, midweek().Add(time.Duration(r.N)*time.Second))
			late := transferAt(2000+r.N, time.Now().Add(-time.Minute))
			server.Add(item, late)
		})
		got := answer(t, fakeAsperaOf(server), id)
		if got.certainty != open {
			assert.Contains(t, got.answer, text, id)
		}
	}
}

// Without transfers, the checks that need one are skipped, and the account still works.
func TestAsperaChecksEmptyAccount(t *testing.T) {
	s := fakeAsperaOf(asperatest.NewServer())
	require.NoError(t, s.prepare(t.Context()))
	checks, works := s.check(t.Context())
	assert.True(t, works)
	results := map[string]string{}
	for _, c := range checks {
		results[c.What] = c.Result
	}
	assert.Equal(t, "not asked: the account shows no transfers", results["one transfer"])
	assert.Equal(t, "not asked: the account shows no transfers", results["files of a transfer"])
	assert.Equal(t, resultOK, results["volume_usage"])
}

// An endpoint that refuses the token is asked at most twice.
func TestAsperaEndpointWithoutPermission(t *testing.T) {
	server := asperaOf(20)
	server.FailWith(asperaReplaced(func(r asperatest.Request) bool {
		return strings.HasPrefix(r.Path, "/analytics/") && !strings.HasSuffix(r.Path, "/transfers")
	}, asperatest.Fault{Status: 401, Body: `{"code":"unauthorized"}`}))
	s := fakeAsperaOf(server)
	s.prompt = &prompt{silent: true}
	report := s.probe(t.Context(), new(bytes.Buffer))
	assert.LessOrEqual(t, report.Requests, s.cost())
	times := map[string]int{}
	for _, r := range server.Requests() {
		if r.Status == 401 {
			times[r.Path]++
		}
	}
	for path, n := range times {
		assert.LessOrEqual(t, n, 2, path)
	}
	assert.NotEmpty(t, times)
}

func TestConnectAspera(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key.pem")
	require.NoError(t, os.WriteFile(key, asperatest.NewServer().JWTConfig().PrivateKey, 0o600))
	all := map[string]string{"ASPERA_ORGANIZATION": "acme", "ASPERA_CLIENT_ID": "id", "ASPERA_USER": "ada@example.com", "ASPERA_PRIVATE_KEY_FILE": key}
	connect := func(changed map[string]string) (*service, error) {
		env := maps.Clone(all)
		maps.Copy(env, changed)
		return connectAspera(func(name string) string { return env[name] })
	}
	s, err := connectAspera(func(string) string { return "" })
	require.NoError(t, err)
	assert.Nil(t, s, "not configured")
	s, err = connect(nil)
	require.NoError(t, err)
	assert.False(t, s.fake)
	assert.Equal(t, "acme", s.where)
	assert.Zero(t, s.sender.sent(), "making a client sends nothing")
	for name, value := range map[string]string{"ASPERA_USER": "", "ASPERA_PRIVATE_KEY_FILE": key + ".not", "ASPERA_BASE_URL": "http://example.com"} {
		_, err = connect(map[string]string{name: value})
		assert.Error(t, err, name)
	}
}

func TestAsperaFakeAnswersAllQuestions(t *testing.T) {
	var out bytes.Buffer
	s := fakeAspera()
	s.prompt = &prompt{out: &out, silent: true}
	report := s.probe(t.Context(), &out)
	for _, c := range report.Checks {
		assert.Equal(t, resultOK, c.Result, c.What)
	}
	for _, q := range report.Questions {
		assert.NotEqual(t, open, q.Certainty, "%s: %s", q.ID, q.Answer)
	}
	assert.LessOrEqual(t, report.Requests, s.cost())
}
