package recipes

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// must returns a client that can be made.
func must[C any](client C, err error) C {
	if err != nil {
		panic(err)
	}
	return client
}

// nobody is a token for replays, in which nothing is sent: a client needs one before it asks its
// middleware. It keeps Aspera and OPSWAT from requesting one.
var nobody = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "nobody"})

// The clients of replays.
func replayedAspera(opts ...activity.Option) *aspera.Client {
	return must(aspera.New(aspera.Bearer(nobody), opts...))
}

func replayedOPSWAT(opts ...activity.Option) *opswat.Client {
	return must(opswat.New(opswat.AccessToken(nobody), opts...))
}

func replayedSDElements(opts ...activity.Option) *sdelements.Client {
	return must(sdelements.New(sdelementstest.BaseURL, sdelements.Token("nobody"), opts...))
}

func replayedSnapLogic(opts ...activity.Option) *snaplogic.Client {
	return must(snaplogic.New(snaplogictest.Organization, snaplogic.Bearer(nobody), opts...))
}

// offline is a network that is not there.
func offline(t *testing.T) activity.Option {
	return activity.WithTransport(roundTrip(func(req *http.Request) (*http.Response, error) {
		t.Error("something was sent in a replay: " + req.Method + " " + req.URL.Path)
		return nil, errors.New("no network")
	}))
}

// attempts are what middleware around the recorder sees.
type attempts struct {
	mu             sync.Mutex
	seen           []string
	underWay, most int
}

func (a *attempts) option() activity.Option {
	return activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			a.mu.Lock()
			a.underWay++
			a.most = max(a.most, a.underWay)
			a.mu.Unlock()
			resp, err := next.RoundTrip(req)
			a.mu.Lock()
			defer a.mu.Unlock()
			a.underWay--
			if err == nil {
				a.seen = append(a.seen, fmt.Sprint(resp.StatusCode, " ", req.Method, " ", req.URL))
			}
			return resp, err
		})
	})
}

// inOrder is what was seen, in an order that does not depend on which of two answers came first.
func (a *attempts) inOrder() []string {
	slices.Sort(a.seen)
	return a.seen
}

const marked = "Marked Mallory" // stands in each personal text that a test adds

// service is a fake with rows that hold marked texts.
type service[T any] struct {
	server interface {
		Close()
		Transport() http.RoundTripper
	}
	sent     func() []opswattest.Request
	secrets  []string
	list     func(opts ...activity.Option) activity.List[T] // of the fake's client
	replayed func(opts ...activity.Option) activity.List[T] // of a client without credentials
	other    func(opts ...activity.Option) activity.List[T] // the same of a list that was not recorded
	raw      func(T) json.RawMessage
	parallel bool
}

// Several pages are recorded, of which the second has to be asked for twice, and are replayed: with
// the same requests, all the records, and nothing of anybody.
func testRecorded[T any](t *testing.T, s service[T]) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cassette")
	option, stop, err := Recorded(file, recorder.ModeRecordOnly)
	require.NoError(t, err)
	var before, after attempts
	prefetch := activity.WithPrefetch(4)
	want, err := s.list(before.option(), option, prefetch, activity.WithUserAgent(marked)).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, want, rows)
	require.NoFileExists(t, file+".yaml")
	require.NoError(t, stop())
	s.server.Close()

	checkCassette(t, file+".yaml", secretsOf(s.sent(), s.secrets))

	option, stop, err = Recorded(file, recorder.ModeReplayOnly)
	require.NoError(t, err)
	begun := time.Now()
	got, err := s.replayed(after.option(), option, prefetch, offline(t)).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.InDelta(t, 7.5, time.Since(begun).Seconds(), 0.5, "the pause that was asked for, and not what the answers took")
	require.Len(t, got, rows)
	numbers := map[string]string{}
	for i := range want {
		sameButTexts(t, numbers, document(t, s.raw(want[i])), document(t, s.raw(got[i])))
		sameButTexts(t, numbers, document(t, want[i]), document(t, got[i]))
	}
	assert.NotEmpty(t, numbers)
	assert.Equal(t, before.inOrder(), after.inOrder())
	assert.Len(t, slices.DeleteFunc(after.seen, func(line string) bool { return !strings.HasPrefix(line, "503 ") }), 1)
	if s.parallel {
		assert.Greater(t, before.most, 1)
	}

	// Each answer is there once, and what was not recorded is not asked for again and again.
	for _, list := range []activity.List[T]{s.replayed(option, offline(t)), s.other(option, offline(t))} {
		begun := time.Now()
		_, err = list.Collect(t.Context(), 0)
		require.ErrorIs(t, err, cassette.ErrInteractionNotFound)
		require.ErrorIs(t, err, activity.ErrInvalid)
		require.ErrorContains(t, err, "not recorded: ")
		require.ErrorContains(t, err, "https://")
		assert.Equal(t, begun, time.Now())
	}
	saved, err := os.ReadFile(file + ".yaml")
	require.NoError(t, err)
	require.NoError(t, stop())
	still, err := os.ReadFile(file + ".yaml")
	require.NoError(t, err)
	assert.Equal(t, string(saved), string(still))
}

// rows is how many records there are, and of which page sizes.
const rows, pageSize = 57, 20

// secretsOf are the credentials that were sent, and those that are given.
func secretsOf(sent []opswattest.Request, given []string) []string {
	secrets := slices.Clone(given)
	for _, r := range sent {
		_, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		plain, _ := base64.StdEncoding.DecodeString(value)
		form, _ := url.ParseQuery(string(r.Body))
		secrets = append(secrets, value, string(plain), r.Query().Get("access_token"), form.Get("client_secret"), form.Get("assertion"))
	}
	return slices.Compact(slices.Sorted(slices.Values(slices.DeleteFunc(secrets, func(s string) bool { return s == "" }))))
}

// checkCassette looks for what must not stand in a file, in its text and in what the text means.
func checkCassette(t *testing.T, file string, secrets []string) {
	t.Helper()
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	c, err := cassette.Load(strings.TrimSuffix(file, ".yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, c.Interactions)
	meaning, err := json.Marshal(c.Interactions)
	require.NoError(t, err)
	require.NotEmpty(t, secrets)
	for _, all := range []string{string(text), string(meaning)} {
		for _, secret := range secrets {
			assert.NotContains(t, all, secret)
		}
		for _, word := range []string{"Mallory", "mallory", "203.0.113.77", "@", "Authorization", "Cookie", "access_token"} {
			assert.NotContains(t, all, word)
		}
	}
}

// document is a value as JSON says it.
func document(t *testing.T, of any) (value any) {
	t.Helper()
	text, err := json.Marshal(of)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &value))
	return value
}

// sameButTexts fails if two values differ in more than texts, or if one text has become two, or two
// have become one.
func sameButTexts(t *testing.T, became map[string]string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		require.Len(t, got, len(want))
		for name := range want {
			sameButTexts(t, became, want[name], got[name])
		}
	case []any:
		got, _ := got.([]any)
		require.Len(t, got, len(want))
		for i := range want {
			sameButTexts(t, became, want[i], got[i])
		}
	case string:
		if want == got {
			return
		}
		require.Regexp(t, `^text \d+$`, got)
		for old, text := range became {
			require.Equal(t, old == want, text == got, "%q and %q became %q", old, want, got)
		}
		became[want] = got.(string)
	default:
		require.Equal(t, want, got)
	}
}

// faults are those of a fake that takes a second for each answer. The second request for a page
// fails, with an answer that names somebody.
func faults() func() opswattest.Fault {
	var n atomic.Int64
	return func() opswattest.Fault {
		f := opswattest.Fault{Delay: time.Second, Header: http.Header{"Set-Cookie": {"session=" + marked}, "X-Served-By": {marked}}}
		if n.Add(1) == 2 {
			f.Status, f.Body = http.StatusServiceUnavailable, `{"error":"`+marked+` is away"}`
			f.Header.Set("Retry-After", "7")
		}
		return f
	}
}

// requests are those of any fake, as those of one.
func requests[R any](all []R, as func(R) opswattest.Request) (some []opswattest.Request) {
	for _, r := range all {
		some = append(some, as(r))
	}
	return some
}

func TestRecordedAspera(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := asperatest.NewServer()
		for i := range rows {
			at := time.Now().Add(time.Duration(i-100) * time.Minute)
			server.Add(aspera.Transfer{UUID: fmt.Sprintf("uuid-%02d", i), Direction: aspera.DirectionSend, Status: aspera.StatusFailed,
				SessionStart: at, SessionStop: at.Add(time.Second), UpdatedAt: at.Add(time.Second), TransferredBytes: int64(i),
				ErrorCode: 68, ErrorMessage: "aborted by " + marked, PeerErrorMessage: `"` + marked + `"`, ClientIPAddress: "203.0.113.77",
				ServerIPAddress: "203.0.113.77", Content: fmt.Sprintf("%s/%d.mov", marked, i), PackageID: "non_package",
				FileID: strconv.Itoa(i), UserEmail: fmt.Sprintf("mallory-%d@example.com", i%3)})
		}
		next := faults()
		server.FailWith(func(r asperatest.Request) *asperatest.Fault {
			if !strings.HasSuffix(r.Path, "/transfers") {
				return nil
			}
			f := asperatest.Fault(next())
			return &f
		})
		config := server.JWTConfig()
		list := func(c *aspera.Client, size int) activity.List[aspera.Transfer] {
			return c.OwnOrganization().Transfers(aspera.TransferQuery{PageSize: size})
		}
		testRecorded(t, service[aspera.Transfer]{
			server: server,
			sent: func() []opswattest.Request {
				return requests(server.Requests(), func(r asperatest.Request) opswattest.Request { return opswattest.Request(r) })
			},
			secrets: []string{config.ClientID},
			list: func(opts ...activity.Option) activity.List[aspera.Transfer] {
				return list(server.Client(opts...), pageSize)
			},
			replayed: func(opts ...activity.Option) activity.List[aspera.Transfer] {
				return list(replayedAspera(opts...), pageSize)
			},
			other: func(opts ...activity.Option) activity.List[aspera.Transfer] {
				return replayedAspera(opts...).Organization("1024").Transfers(aspera.TransferQuery{PageSize: pageSize})
			},
			raw: func(a aspera.Transfer) json.RawMessage { return a.Raw },
		})
	})
}

func TestRecordedOPSWAT(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		for i := range rows {
			server.Add(opswat.Activity{Timestamp: time.Now().Add(time.Duration(i-100) * time.Minute).UTC(), Action: opswat.ActionBlocked,
				DeviceID: fmt.Sprintf("device-%02d", i%5), DeviceName: marked + "'s laptop", DeviceGroup: marked, DeviceStatus: "Of " + marked,
				AppUser: fmt.Sprintf("mallory-%d@example.com", i%3), AccessRule: marked, AppName: "\u2028\\" + marked})
		}
		next := faults()
		server.FailWith(func(r opswattest.Request) *opswattest.Fault {
			if !strings.HasSuffix(r.Path, "/activities") {
				return nil
			}
			f := next()
			return &f
		})
		list := func(c *opswat.Client, size int) activity.List[opswat.Activity] {
			return c.Activities(opswat.ActivityQuery{PageSize: size})
		}
		testRecorded(t, service[opswat.Activity]{
			server:  server,
			sent:    server.Requests,
			secrets: []string{opswattest.ClientKey, opswattest.ClientSecret},
			list: func(opts ...activity.Option) activity.List[opswat.Activity] {
				return list(server.Client(opts...), pageSize)
			},
			replayed: func(opts ...activity.Option) activity.List[opswat.Activity] {
				return list(replayedOPSWAT(opts...), pageSize)
			},
			other: func(opts ...activity.Option) activity.List[opswat.Activity] {
				return list(replayedOPSWAT(opts...), pageSize+1)
			},
			raw: func(a opswat.Activity) json.RawMessage { return a.Raw },
		})
	})
}

func TestRecordedSDElements(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer()
		for i := range rows {
			server.Add(sdelements.Activity{ID: int64(i + 1), Date: time.Now().Add(time.Duration(i-100) * time.Minute).UTC(), Actor: 7,
				Name: sdelements.LoggedInActivity, Text: marked + " logged in", Data: sdelements.Data{Raw: json.RawMessage(`{"name":"` + marked + `","of":[["` + marked + `"],` +
					`{"whose":"` + marked + `"}],"project":1,"project_desc":"` + marked + `","next_of":"mallory@example.com"}`)}})
		}
		next := faults()
		server.FailWith(func(sdelementstest.Request) *sdelementstest.Fault {
			f := sdelementstest.Fault(next())
			return &f
		})
		list := func(c *sdelements.Client, size int) activity.List[sdelements.Activity] {
			return c.Activities(sdelements.ActivityQuery{PageSize: size})
		}
		testRecorded(t, service[sdelements.Activity]{
			server: server,
			sent: func() []opswattest.Request {
				return requests(server.Requests(), func(r sdelementstest.Request) opswattest.Request { return opswattest.Request(r) })
			},
			secrets: []string{sdelementstest.Key},
			list: func(opts ...activity.Option) activity.List[sdelements.Activity] {
				return list(server.Client(opts...), pageSize)
			},
			replayed: func(opts ...activity.Option) activity.List[sdelements.Activity] {
				return list(replayedSDElements(opts...), pageSize)
			},
			other: func(opts ...activity.Option) activity.List[sdelements.Activity] {
				return list(replayedSDElements(opts...), pageSize+1)
			},
			raw: func(a sdelements.Activity) json.RawMessage { return a.Raw },
		})
	})
}

func TestRecordedSnapLogic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		for i := range rows {
			server.Add(snaplogic.Activity{ID: fmt.Sprintf("id-%02d", i), EventType: snaplogic.EventUserUpdate,
				CreateTime: time.Now().Add(time.Duration(i-100) * time.Minute).UTC(), ByWhom: fmt.Sprintf("mallory-%d@example.com", i%3),
				UserID: marked, IPAddress: "203.0.113.77", AssetLabel: marked, AssetPath: "/" + marked, NewName: marked, GroupName: marked,
				PermsSubject: marked, Perm: &snaplogic.Perm{Perms: []string{"R", marked}, Subject: marked}, Template: "%(by_whom)s did it"})
		}
		next := faults()
		server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault {
			f := snaplogictest.Fault(next())
			return &f
		})
		list := func(c *snaplogic.Client, size int) activity.List[snaplogic.Activity] {
			return c.Activities(snaplogic.ActivityQuery{PageSize: size})
		}
		testRecorded(t, service[snaplogic.Activity]{
			server: server,
			sent: func() []opswattest.Request {
				return requests(server.Requests(), func(r snaplogictest.Request) opswattest.Request { return opswattest.Request(r) })
			},
			list: func(opts ...activity.Option) activity.List[snaplogic.Activity] {
				return list(server.Client(opts...), pageSize)
			},
			replayed: func(opts ...activity.Option) activity.List[snaplogic.Activity] {
				return list(replayedSnapLogic(opts...), pageSize)
			},
			other: func(opts ...activity.Option) activity.List[snaplogic.Activity] {
				return list(replayedSnapLogic(opts...), pageSize+1)
			},
			raw:      func(a snaplogic.Activity) json.RawMessage { return a.Raw },
			parallel: true,
		})
	})
}

// Texts are blanked as the recipe says, and everything else stays as the service wrote it.
func TestRecordedTexts(t *testing.T) {
	const sent = "{\r\n \"count\" : 1.0e0,\t\"next\":null,\"results\":[{\"id\":7,\"date\":\"2000-01-01T00:00:00Z\",\"text\":\"\\\"Mallory\\\\\"," +
		`"data":{"status":"TS1","name":"Mallory","user":"U7","user_id":"Mallory","again":"Mallory","task_type":"mallory@example.com","none":"","` +
		"na\\u006de\":\"LoggedInActivity\",\"names\":[\"Mallory\",[\"Eve\u2028\U0001F600\"],{\"date\":\"x\"}],\"n\":12345678901234567890.10},\"name\":\"LoggedInActivity\"}]}  \n\n"
	const recorded = "{\r\n \"count\" : 1.0e0,\t\"next\":null,\"results\":[{\"id\":7,\"date\":\"2000-01-01T00:00:00Z\",\"text\":\"text 1\"," +
		`"data":{"status":"TS1","name":"text 2","user":"text 3","user_id":"text 2","again":"text 2","task_type":"text 4","none":"","` +
		"na\\u006de\":\"text 5\",\"names\":[\"text 2\",[\"text 6\"],{\"date\":\"x\"}],\"n\":12345678901234567890.10},\"name\":\"LoggedInActivity\"}]}  \n\n"
	file := filepath.Join(t.TempDir(), "cassette")
	option, stop, err := Recorded(file, recorder.ModeRecordOnly)
	require.NoError(t, err)
	service := activity.WithTransport(roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(sent))}, nil
	}))
	want, err := replayedSDElements(option, service).Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, `"Mallory\`, want[0].Text, "who records sees what was sent")
	require.NoError(t, stop())
	c, err := cassette.Load(file)
	require.NoError(t, err)
	require.Len(t, c.Interactions, 1)
	assert.Equal(t, recorded, c.Interactions[0].Response.Body)

	option, _, err = Recorded(file, recorder.ModeReplayOnly)
	require.NoError(t, err)
	got, err := replayedSDElements(option, offline(t)).Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, "text 1", got[0].Text)
}

// A text stays only right behind the name of its member, and a link only if it is one.
func TestRecordedMembers(t *testing.T) {
	for sent, recorded := range map[string]string{
		`{"people":[{"id":"7"},"Mallory"]}`:             `{"people":[{"id":"7"},"text 1"]}`,
		`{"id":{},"of":["Mallory","id",{"a":"Mal"}]}`:   `{"id":{},"of":["text 1","text 2",{"a":"text 3"}]}`,
		`{"id":7,"x":{"id":null},"y":[true,"Mallory"]}`: `{"id":7,"x":{"id":null},"y":[true,"text 1"]}`,
		`{"action":["Mallory"],"id":[["Mallory"]]}`:     `{"action":["text 1"],"id":[["text 1"]]}`,
		`{"id" : "7", "date":` + "\r\n\t" + `"x"}`:      `{"id" : "7", "date":` + "\r\n\t" + `"x"}`,
		`{"a\"id":"Mallory","\\":"id\":","id":""}`:      `{"a\"id":"text 1","\\":"text 2","id":""}`,
		`{"status":"mallory\u0040example.com"}`:         `{"status":"text 1"}`,
		`"Mallory"`:                                     `"text 1"`,

		`{"data":{"next":"Mallory","href":"/Mallory"}}`:            `{"data":{"next":"text 1","href":"text 2"}}`,
		`{"next":["https://a.example/"],"previous":{"a":"Mal"}}`:   `{"next":["text 1"],"previous":{"a":"text 2"}}`,
		`{"previous":"http:Mallory","href":"mailto://Mallory"}`:    `{"previous":"text 1","href":"text 2"}`,
		`{"next":"https://a.example/ of Mallory"}`:                 `{"next":"text 1"}`,
		`{"next" : "https:\/\/a.example/?a=1\u0026b=@"}`:           `{"next" : "https:\/\/a.example/?a=1\u0026b=@"}`,
		`{"previous":"http://a.example/","href":"https://b/?a=1"}`: `{"previous":"http://a.example/","href":"https://b/?a=1"}`,
	} {
		got := record(t, filepath.Join(t.TempDir(), "cassette"), &http.Response{StatusCode: 400, Body: body(sent)})
		assert.Equal(t, recorded, got[0].Response.Body, sent)
	}
}

// What a body ends with says nothing about the next one.
func TestRecordedNextBody(t *testing.T) {
	got := record(t, filepath.Join(t.TempDir(), "cassette"), &http.Response{StatusCode: 200, Body: body(`{"results":[],"id":"7"}`)},
		&http.Response{StatusCode: 400, Body: body(`["Mallory may not"]`)}, &http.Response{StatusCode: 400, Body: body(`"Mallory may not"`)})
	assert.Equal(t, `{"results":[],"id":"7"}`, got[0].Response.Body)
	assert.Equal(t, `["text 1"]`, got[1].Response.Body)
	assert.Equal(t, `"text 1"`, got[2].Response.Body)
}

// Of what comes with a body, only headers stay that a replay needs.
func TestRecordedHeaders(t *testing.T) {
	kept := http.Header{"Date": {"Sat, 01 Jan 2000 00:00:00 GMT"}, "Retry-After": {"7"}, "X-Ratelimit-Remaining": {"0"},
		"X-Ratelimit-Reset-Time": {"60"}, "X-Sl-Statuscode": {"400"}}
	sent := kept.Clone()
	for _, name := range []string{"X-Sl-User", "X-Sl-Statuscode-Of", "X-Ratelimit-User", "X-Ratelimit-Limit", "X-Ratelimit-Remaining-For",
		"X-Date", "Location", "X-Request-Id"} {
		sent[name] = []string{"Mallory"}
	}
	got := record(t, filepath.Join(t.TempDir(), "cassette"), &http.Response{StatusCode: 400, Status: "400 Not for Mallory",
		Header: sent, Trailer: http.Header{"X-User": {"Mallory"}}, Body: body(`{}`)})
	assert.Equal(t, kept, got[0].Response.Headers)
	assert.Empty(t, got[0].Response.Trailer)
	assert.Empty(t, got[0].Response.Status)
}

// A file that others may read, from before, is for its owner alone once answers stand in it.
func TestRecordedOverAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cassette")
	require.NoError(t, os.WriteFile(file+".yaml", []byte("Mallory"), 0o600))
	require.NoError(t, os.Chmod(file+".yaml", 0o644)) // whatever the umask
	record(t, file, &http.Response{StatusCode: 400, Body: body(`{"text":"Mallory"}`)})
	checkCassette(t, file+".yaml", []string{"nobody"})
}

func body(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

// record returns what a file holds after a client's calls got the answers, one each.
func record(t *testing.T, file string, answers ...*http.Response) []*cassette.Interaction {
	t.Helper()
	option, stop, err := Recorded(file, recorder.ModeRecordOnly)
	require.NoError(t, err)
	var answer *http.Response
	client := replayedSDElements(option, activity.WithTransport(roundTrip(func(*http.Request) (*http.Response, error) { return answer, nil })))
	for _, answer = range answers {
		_, err = client.Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
		require.Equal(t, answer.StatusCode == http.StatusOK, err == nil, err)
	}
	require.NoError(t, stop())
	c, err := cassette.Load(file)
	require.NoError(t, err)
	require.Len(t, c.Interactions, len(answers))
	return c.Interactions
}

// What is not JSON is left out. That is no loss if it is a page in place of an answer, and ends a
// replay if it is an answer.
func TestRecordedWithoutJSON(t *testing.T) {
	for name, test := range map[string]struct {
		fault opswattest.Fault
		err   string
	}{
		"a page of a proxy":      {opswattest.Fault{Status: 502, Body: "<p>" + marked + "</p>"}, ""},
		"a page that passes":     {opswattest.Fault{Body: "<p>" + marked + "</p>"}, ""},
		"an answer that ends":    {opswattest.Fault{CutBody: 100}, ""},
		"a compressed answer":    {opswattest.Fault{Deflate: true}, "not recorded"},
		"an answer in UTF-16":    {opswattest.Fault{Charset: "utf-16le"}, "not recorded"},
		"no answer at all":       {opswattest.Fault{Reset: true}, ""},
		"a pause by the service": {opswattest.Fault{Status: 429, Body: `{"message":"` + marked + `"}`, Header: http.Header{"Retry-After": {"60"}}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer()
				server.Add(snaplogic.Activity{ID: "id", CreateTime: time.Now().UTC(), ByWhom: marked})
				server.Fail(snaplogictest.Fault(test.fault))
				file := filepath.Join(t.TempDir(), "cassette")
				option, stop, err := Recorded(file, recorder.ModeRecordOnly)
				require.NoError(t, err)
				_, err = server.Client(option).Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
				require.NoError(t, err)
				require.NoError(t, stop())
				checkCassette(t, file+".yaml", []string{"Basic"})
				option, _, err = Recorded(file, recorder.ModeReplayOnly)
				require.NoError(t, err)
				got, err := replayedSnapLogic(option, offline(t)).Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
				if test.err != "" {
					require.ErrorContains(t, err, test.err)
					return
				}
				require.NoError(t, err)
				require.Len(t, got, 1)
				assert.Equal(t, "id text 1", got[0].ID+" "+got[0].ByWhom)
			})
		})
	}
}

// A token that was renewed meanwhile leaves no trace: a replay has none to renew.
func TestRecordedRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		for i := range 3 {
			server.Add(opswat.Activity{Timestamp: time.Now().Add(-time.Duration(i) * time.Hour).UTC(), DeviceID: strconv.Itoa(i)})
		}
		var once sync.Once
		server.OnRequest(func(r opswattest.Request) {
			if strings.Contains(string(r.Body), `"page":2`) {
				once.Do(server.ExpireTokens)
			}
		})
		file := filepath.Join(t.TempDir(), "cassette")
		option, stop, err := Recorded(file, recorder.ModeRecordOnly)
		require.NoError(t, err)
		var before attempts
		query := opswat.ActivityQuery{PageSize: 1}
		_, err = server.Client(before.option(), option).Activities(query).Collect(t.Context(), 0)
		require.NoError(t, err)
		require.Contains(t, strings.Join(before.seen, "\n"), "401 POST")
		require.NoError(t, stop())
		option, _, err = Recorded(file, recorder.ModeReplayOnly)
		require.NoError(t, err)
		got, err := replayedOPSWAT(option, offline(t)).Activities(query).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 3)
	})
}

// Over a network, where answers are compressed and of no known length.
func TestRecordedOverANetwork(t *testing.T) {
	fake := sdelementstest.NewServer(sdelementstest.WithRows(150))
	defer fake.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent := r.Clone(r.Context())
		sent.RequestURI, sent.URL.Scheme, sent.URL.Host = "", "http", r.Host
		sent.Header.Del("Accept-Encoding")
		resp, err := fake.Transport().RoundTrip(sent)
		if !assert.NoError(t, err) {
			return
		}
		defer func() { assert.NoError(t, resp.Body.Close()) }()
		w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(resp.StatusCode)
		compressed := gzip.NewWriter(w)
		_, err = io.Copy(compressed, resp.Body)
		assert.NoError(t, errors.Join(err, compressed.Close()))
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "cassette")
	option, stop, err := Recorded(file, recorder.ModeRecordOnly)
	require.NoError(t, err)
	client := must(sdelements.New(server.URL, fake.Credentials(), option))
	want, err := client.Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.NoError(t, stop())
	option, _, err = Recorded(file, recorder.ModeReplayOnly)
	require.NoError(t, err)
	c, err := cassette.Load(file)
	require.NoError(t, err)
	require.True(t, c.Interactions[0].Response.Uncompressed, "it was compressed on its way")
	client = must(sdelements.New(server.URL, sdelements.Token("nobody"), option, offline(t)))
	got, err := client.Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, got, 150)
	numbers := map[string]string{}
	for i := range want {
		sameButTexts(t, numbers, document(t, want[i].Raw), document(t, got[i].Raw))
	}
}

// A file that is not there is an error at once, and nothing is sent.
func TestRecordedNowhere(t *testing.T) {
	_, _, err := Recorded(filepath.Join(t.TempDir(), "cassette"), recorder.ModeReplayOnly)
	require.ErrorIs(t, err, cassette.ErrCassetteNotFound)
}
