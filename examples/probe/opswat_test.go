package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// opswatServer returns a fake with n activities, of which the first is a minute old. The clock of a
// synctest bubble begins at midnight.
func opswatServer(n int, apart time.Duration, options ...opswattest.Option) *opswattest.Server {
	server := opswattest.NewServer(options...)
	items := make([]opswat.Activity, n)
	for i := range items {
		items[i] = opswatActivity(time.Minute + time.Duration(i)*apart)
	}
	server.Add(items...)
	return server
}

func opswatActivity(age time.Duration) opswat.Activity {
	return opswat.Activity{
		Timestamp: time.Now().Add(-age), Action: opswat.ActionBlocked,
		DeviceID: "canary-id", DeviceName: "canary-device", DeviceGroup: "canary-group", DeviceStatus: "canary-status",
		AppUser: "canary@example.com", AppName: "canary-app", AccessRule: "canary-rule",
	}
}

// probeOPSWAT probes a service as the program does.
func probeService(t *testing.T, s *service, u *prompt) (answers map[string]entry, seen string) {
	t.Helper()
	var out bytes.Buffer
	u.out = &out
	s.prompt = u
	r := s.probe(t.Context(), &out)
	answers = map[string]entry{}
	for _, e := range r.Questions {
		answers[e.ID] = e
		assert.NotEmpty(t, e.Answer, e.ID)
	}
	whole := report{Services: []serviceReport{r}}
	data, err := json.Marshal(whole)
	require.NoError(t, err)
	return answers, out.String() + string(data) + whole.markdown()
}

func TestConnectOPSWAT(t *testing.T) {
	for name, tt := range map[string]struct {
		set  map[string]string
		says string // of the error; "": there is a service
	}{
		"all":     {map[string]string{"OPSWAT_CLIENT_KEY": "k", "OPSWAT_CLIENT_SECRET": "s", "OPSWAT_BASE_URL": "https://product.my.us.opswat.com"}, ""},
		"no key":  {map[string]string{"OPSWAT_CLIENT_SECRET": "s"}, "OPSWAT_CLIENT_KEY is not set"},
		"bad URL": {map[string]string{"OPSWAT_CLIENT_KEY": "k", "OPSWAT_CLIENT_SECRET": "s", "OPSWAT_BASE_URL": "http://example.com"}, "https"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := connectOPSWAT(func(name string) string { return tt.set[name] })
			if tt.says != "" {
				require.ErrorContains(t, err, tt.says)
				return
			}
			require.NoError(t, err)
			assert.False(t, s.fake)
			assert.NotContains(t, s.where, "product")
		})
	}
	s, err := connectOPSWAT(func(string) string { return "" })
	require.NoError(t, err)
	assert.Nil(t, s)
}

// The transports also work over a real connection.
func TestOPSWATOverASocket(t *testing.T) {
	server := opswattest.NewServer(opswattest.WithHeaderToken())
	defer server.Close()
	set := map[string]string{"OPSWAT_CLIENT_KEY": opswattest.ClientKey, "OPSWAT_CLIENT_SECRET": opswattest.ClientSecret, "OPSWAT_BASE_URL": server.URL()}
	s, err := connectOPSWAT(func(name string) string { return set[name] })
	require.NoError(t, err)
	f := answer(t, s, "opswat.header")
	assert.Equal(t, likely, f.certainty, f.answer)
	assert.Len(t, server.Requests(), 3)
}

// A run sends at most the announced requests, and at most eight in a minute. It shows no token and
// nothing of the tenant.
func TestOPSWATRun(t *testing.T) {
	sliding, fixed := opswattest.WithRateHeaders(opswattest.ResetInDelta), opswattest.WithFixedWindow()
	for name, tt := range map[string]struct {
		server func() *opswattest.Server
		want   map[string]string // what answers say
	}{
		"as documented": {func() *opswattest.Server { return opswatServer(40, 100*time.Minute) }, map[string]string{
			"opswat.window": "do not say", "opswat.token": "not asked: no answer", "opswat.equal": "no: status 400", "opswat.short": "yes", "opswat.end": "page 2: status 413",
		}},
		"headers, any span": {func() *opswattest.Server { return opswatServer(40, 100*time.Minute, sliding) }, map[string]string{
			"opswat.window": "any span", "opswat.token": "no: 1 request and a token took 1", "opswat.equal": "all of the eight",
		}},
		"headers, fixed": {func() *opswattest.Server { return opswatServer(40, 100*time.Minute, sliding, fixed) }, map[string]string{
			"opswat.window": "fixed times", "opswat.token": "no: 1 request and a token took 1",
		}},
		"tokens count": {func() *opswattest.Server {
			return opswatServer(40, 100*time.Minute, sliding, opswattest.WithTokensCounted())
		}, map[string]string{
			"opswat.window": "any span", "opswat.token": "yes: 1 request and a token took 2",
		}},
		"header and dates": {func() *opswattest.Server {
			return opswatServer(40, 100*time.Minute, sliding, opswattest.WithHeaderToken(), opswattest.WithLoneDates(), opswattest.WithEqualDates(),
				opswattest.WithExclusiveBounds(), opswattest.WithEmptyPageAtEnd(), opswattest.WithCappedLimit())
		}, map[string]string{
			"opswat.header": "yes", "opswat.lone": "it counts", "opswat.day": "it is not", "opswat.end": "status 200 and no activities", "opswat.window": "any span",
		}},
		"busy": {func() *opswattest.Server { return opswatServer(900, time.Minute, sliding) }, map[string]string{
			"opswat.short": "no page was short", "opswat.end": "page 9999: status 413", "opswat.lone": "no activity of the first page is known to be older",
		}},
		"a small quota": {func() *opswattest.Server {
			return opswatServer(40, time.Hour, sliding, opswattest.WithQuota(3, time.Minute))
		}, nil},
		"refused tokens": {func() *opswattest.Server {
			server := opswatServer(40, time.Hour)
			server.OnRequest(func(r opswattest.Request) {
				if r.N == 5 {
					server.ExpireTokens()
				}
			})
			return server
		}, map[string]string{"opswat.token": "no answer", "opswat.day": "it is", "opswat.end": "413", "opswat.header": "a new one used up the requests"}},
		"every second token":  {func() *opswattest.Server { return opswatRefusingTokens(func(n int) bool { return n%2 == 0 }) }, map[string]string{"opswat.limit": "status", "opswat.end": "the service refuses one token after another"}},
		"tokens from then on": {func() *opswattest.Server { return opswatRefusingTokens(func(n int) bool { return n > 2 }) }, map[string]string{"opswat.zone": "no zone", "opswat.end": "the service refuses one token after another"}},
		"empty":               {func() *opswattest.Server { return opswattest.NewServer() }, map[string]string{"opswat.end": "page 9999: status 413", "opswat.day": "no activity has"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tt.server()
				s := fakeOPSWATOf(server)
				answers, seen := probeService(t, s, &prompt{silent: true})
				for id, says := range tt.want {
					assert.Contains(t, answers[id].Answer, says, id)
				}
				if name == "headers, any span" || name == "tokens count" {
					assert.Equal(t, settled, answers["opswat.token"].Certainty)
				}
				assert.Equal(t, opswatMaxRequests, s.cost())
				assert.LessOrEqual(t, s.sender.sent(), opswatMaxRequests)
				assert.Len(t, server.Requests(), s.sender.sent())
				assert.LessOrEqual(t, opswattest.MaxInWindow(server.Requests(), time.Minute), opswatMaxRequests)
				assert.NotContains(t, seen, "canary")
				assertNoToken(t, server, seen)
			})
		})
	}
}

// opswatRefusingTokens refuses the tokens of some requests for activities, by their numbers from 1
// on.
func opswatRefusingTokens(refuses func(n int) bool) *opswattest.Server {
	server := opswatServer(40, 100*time.Minute)
	server.FailWith(func(r opswattest.Request) *opswattest.Fault {
		if strings.HasSuffix(r.Path, "/activities") && refuses(len(server.APIRequests())) {
			return &opswattest.Fault{Status: 401}
		}
		return nil
	})
	return server
}

func assertNoToken(t *testing.T, server *opswattest.Server, seen string) {
	t.Helper()
	tokens := 0
	for _, r := range server.APIRequests() {
		token := r.Query().Get("access_token")
		if token == "" {
			token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		}
		require.NotEmpty(t, token)
		assert.NotContains(t, seen, token)
		tokens++
	}
	assert.NotZero(t, tokens)
	assert.NotContains(t, seen, opswattest.ClientSecret)
	assert.NotContains(t, seen, "Bearer ")
}

// Useless answers leave every question open.
func TestOPSWATHostileAnswers(t *testing.T) {
	for name, fault := range map[string]opswattest.Fault{
		"500":      {Status: 500},
		"401":      {Status: 401},
		"404":      {Status: 404},
		"429":      {Status: 429},
		"HTML":     {Body: "<html><body>canary</body></html>", ContentType: "text/html"},
		"object":   {Body: `{}`},
		"array":    {Body: `[]`},
		"null":     {Body: `null`},
		"numbers":  {Body: `[1,2]`},
		"nulls":    {Body: `[null]`},
		"objects":  {Body: `[{},{}]`},
		"odd":      {Body: `[{"timestamp":7,"action":["canary"]},{"timestamp":"canary","action":"canary <canary>"}]`},
		"one time": {Body: strings.Repeat(`,{"timestamp":"May 18, 2018 10:40:00 AM"}`, 50)[1:]},
		"rest":     {Reset: true},
		"headers":  {Body: `[]`, Header: http.Header{"X-Ratelimit-Remaining": {"x"}, "X-Ratelimit-Limit": {"-1"}, "X-Ratelimit-Reset-Time": {"9999999999999999999"}, "Date": {"x"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "one time" {
				fault.Body = "[" + fault.Body + "]"
			}
			hostile := func() *service {
				server := opswattest.NewServer()
				server.FailWith(func(opswattest.Request) *opswattest.Fault { return &fault })
				return fakeOPSWATOf(server)
			}
			for _, q := range hostile().questions {
				synctest.Test(t, func(t *testing.T) {
					f := answer(t, hostile(), q.id)
					assert.NotContains(t, f.answer+f.follows, "canary")
					switch {
					case strings.Contains(fault.Body, "["): // a list
					case name == "404" || name == "object" || name == "null" || name == "HTML" || fault.Status != 0 || fault.Reset:
						assert.Equal(t, open, f.certainty, q.id+": "+f.answer)
					}
				})
			}
			synctest.Test(t, func(t *testing.T) {
				s := hostile()
				_, seen := probeService(t, s, &prompt{silent: true})
				assert.NotContains(t, seen, "canary")
				assert.LessOrEqual(t, s.sender.sent(), opswatMaxRequests)
			})
		})
	}
}

// Only the first page succeeds.
func TestOPSWATFailuresAfterFirstPage(t *testing.T) {
	for name, fault := range map[string]opswattest.Fault{
		"500": {Status: 500}, "HTML": {Body: "<p>", ContentType: "text/html"}, "object": {Body: `{}`}, "null": {Body: `null`}, "reset": {Reset: true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, id := range []string{"opswat.limit", "opswat.lone", "opswat.token", "opswat.day", "opswat.end", "opswat.short", "opswat.header", "opswat.window", "opswat.equal"} {
				synctest.Test(t, func(t *testing.T) {
					server := opswatServer(40, time.Hour, opswattest.WithRateHeaders(opswattest.ResetInDelta))
					server.FailWith(func(r opswattest.Request) *opswattest.Fault {
						if len(server.APIRequests()) == 1 {
							return nil
						}
						return &fault
					})
					f := answer(t, fakeOPSWATOf(server), id)
					if id == "opswat.token" { // whose headers are good
						return
					}
					assert.Equal(t, open, f.certainty, id+": "+f.answer)
				})
			}
		})
	}
}

// The body of an error is no list, whatever it looks like.
func TestOPSWATRows(t *testing.T) {
	_, ok := opswatRows(exchange{status: 200, body: []byte(`[]`)})
	assert.True(t, ok)
	rows, ok := opswatRows(exchange{status: 204})
	assert.True(t, ok, "an empty list")
	assert.Empty(t, rows)
	for _, e := range []exchange{{status: 200, body: []byte(`[]`), err: io.EOF}, {status: 413, err: io.EOF}, {body: []byte(`[]`)}, {status: 206, body: []byte(`[]`)}} {
		_, ok := opswatRows(e)
		assert.False(t, ok)
	}
}

func TestOPSWATEmptyAccount(t *testing.T) {
	for _, options := range [][]opswattest.Option{nil, {opswattest.WithEmptyPageAtEnd()}} {
		synctest.Test(t, func(t *testing.T) {
			answers, _ := probeService(t, fakeOPSWATOf(opswattest.NewServer(options...)), &prompt{silent: true})
			for id, e := range answers {
				switch id {
				case "opswat.limit", "opswat.end", "opswat.headers", "opswat.header": // which need no activities
				default:
					assert.Equal(t, open, e.Certainty, id+": "+e.Answer)
				}
			}
			assert.Equal(t, settled, answers["opswat.limit"].Certainty)
			assert.Equal(t, settled, answers["opswat.end"].Certainty)
		})
	}
}

func TestOPSWATAccountFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		server.FailWith(func(r opswattest.Request) *opswattest.Fault {
			return &opswattest.Fault{Token: true, Status: 401, Body: `{"error":"invalid_client"}`}
		})
		s := fakeOPSWATOf(server)
		answers, seen := probeService(t, s, &prompt{silent: true})
		assert.Contains(t, seen, "the credentials are not accepted")
		assert.Contains(t, answers["opswat.zone"].Answer, "not asked")
		assert.Equal(t, 1, s.sender.sent())
	})
}

// opswatCase is a fake with the answer to a question about it.
type opswatCase struct {
	server func() *opswattest.Server
	says   string
	certainty
}

func testOPSWAT(t *testing.T, id string, wants map[string]opswatCase) {
	t.Helper()
	for name, want := range wants {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := answer(t, fakeOPSWATOf(want.server()), id)
				assert.Contains(t, f.answer, want.says)
				assertWording(t, f)
				assert.Equal(t, want.certainty, f.certainty, f.answer)
				assert.NotContains(t, f.answer+f.follows, "canary")
			})
		})
	}
}

// opswatOf returns a fake with activities of these ages, in this order.
func opswatOf(ages ...time.Duration) func() *opswattest.Server {
	return func() *opswattest.Server {
		server := opswattest.NewServer()
		for i, age := range ages {
			server.InsertAt(i, opswatActivity(age))
		}
		return server
	}
}

// opswatRaw returns a fake with these records.
func opswatRaw(records ...string) func() *opswattest.Server {
	return func() *opswattest.Server {
		server := opswattest.NewServer()
		for i, raw := range records {
			server.InsertAt(i, opswat.Activity{Raw: []byte(raw)})
		}
		return server
	}
}

// opswatWith returns a fake with n activities, which are apart from each other.
func opswatWith(n int, apart time.Duration, options ...opswattest.Option) func() *opswattest.Server {
	return func() *opswattest.Server { return opswatServer(n, apart, options...) }
}

// opswatFailing returns a fake that fails requests whose body contains a text.
func opswatFailing(server func() *opswattest.Server, text string, fault opswattest.Fault) func() *opswattest.Server {
	return func() *opswattest.Server {
		s := server()
		s.FailWith(func(r opswattest.Request) *opswattest.Fault {
			if !strings.Contains(string(r.Body), text) {
				return nil
			}
			return &fault
		})
		return s
	}
}

func opswatIn(t *testing.T, zone string) opswattest.Option {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	require.NoError(t, err)
	return opswattest.WithLocation(loc)
}

// opswatArriving returns a fake that adds n activities before the second request.
func opswatArriving(server func() *opswattest.Server, n int) func() *opswattest.Server {
	return func() *opswattest.Server {
		s := server()
		s.OnRequest(func(r opswattest.Request) {
			if len(s.APIRequests()) == 2 {
				for i := range n {
					s.Add(opswatActivity(time.Duration(i) * time.Millisecond))
				}
			}
		})
		return s
	}
}
