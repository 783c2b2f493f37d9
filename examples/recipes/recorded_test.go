package recipes

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
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

// must returns a client, and panics if it could not be made.
func must[C any](client C, err error) C {
	if err != nil {
		panic(err)
	}
	return client
}

// nobody is a token for replays: clients of Aspera and OPSWAT that have one do not request another.
var nobody = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "nobody"})

func replayAspera(opts ...activity.Option) *aspera.Client {
	return must(aspera.New(aspera.Bearer(nobody), opts...))
}

func replayOPSWAT(opts ...activity.Option) *opswat.Client {
	return must(opswat.New(opswat.AccessToken(nobody), opts...))
}

func replaySDElements(opts ...activity.Option) *sdelements.Client {
	return must(sdelements.New(sdelementstest.BaseURL, sdelements.Token("nobody"), opts...))
}

func replaySnapLogic(opts ...activity.Option) *snaplogic.Client {
	return must(snaplogic.New(snaplogictest.Organization, snaplogic.Bearer(nobody), opts...))
}

// offline is a transport that fails the test if a request reaches it.
func offline(t *testing.T) activity.Option {
	return activity.WithTransport(roundTrip(func(req *http.Request) (*http.Response, error) {
		t.Error("a replay sent a request: " + req.Method + " " + req.URL.Path)
		return nil, errors.New("no network")
	}))
}

// attempts counts what middleware outside of the recorder sees.
type attempts struct {
	mu                   sync.Mutex
	answers              []string
	inFlight, mostAtOnce int
}

func (a *attempts) option() activity.Option {
	return activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			a.mu.Lock()
			a.inFlight++
			a.mostAtOnce = max(a.mostAtOnce, a.inFlight)
			a.mu.Unlock()
			resp, err := next.RoundTrip(req)
			a.mu.Lock()
			defer a.mu.Unlock()
			a.inFlight--
			if err == nil {
				a.answers = append(a.answers, fmt.Sprint(resp.StatusCode, " ", req.Method, " ", req.URL))
			}
			return resp, err
		})
	})
}

// sorted returns the answers in an order that does not depend on which came first.
func (a *attempts) sorted() []string { return slices.Sorted(slices.Values(a.answers)) }

// marked is part of each personal text in a test.
const marked = "Marked Mallory"

// network is the way to a fake. Each answer takes a second and has headers that name somebody. The
// second request for a page fails, with a body that names somebody. It notes the secrets it sees.
type network struct {
	fake    http.RoundTripper
	mu      sync.Mutex
	pages   int
	secrets []string
}

func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body) // which is in memory
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	fails := n.note(req, string(body))
	<-time.After(time.Second)
	resp, err := n.fake.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if fails {
		resp.StatusCode = http.StatusServiceUnavailable
		resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(`{"error":"`+marked+` is away"}`)), -1
		resp.Header.Set("Retry-After", "7")
	}
	resp.Header.Set("Set-Cookie", "session="+marked)
	resp.Header.Set("X-Served-By", marked)
	return resp, nil
}

// note keeps the secrets of a request, and reports whether the request must fail.
func (n *network) note(req *http.Request, body string) (fails bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, value, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	plain, _ := base64.StdEncoding.DecodeString(value)
	form, _ := url.ParseQuery(body)
	n.secrets = append(n.secrets, value, string(plain), req.URL.Query().Get("access_token"), form.Get("client_secret"), form.Get("assertion"))
	if strings.Contains(req.URL.Path, "/activities") || strings.HasSuffix(req.URL.Path, "/transfers") {
		n.pages++
		return n.pages == 2
	}
	return false
}

const rows, pageSize = 57, 20

// vendor is a fake with rows that contain marked texts.
type vendor[C, T any] struct {
	fake     http.RoundTripper
	client   func(...activity.Option) C // of the fake
	replay   func(...activity.Option) C // without credentials and without the fake
	list     func(client C, pageSize int) activity.List[T]
	raw      func(T) json.RawMessage
	secrets  []string
	parallel bool // several pages are requested at once
}

// testRecorded records three pages, of which the second has to be requested twice. The replay sends
// the same requests and returns all records, without personal texts.
func testRecorded[C, T any](t *testing.T, v vendor[C, T]) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cassette")
	option, stop, err := Recorded(file, recorder.ModeRecordOnly)
	require.NoError(t, err)
	var recording, replay attempts
	service := &network{fake: v.fake, secrets: v.secrets}
	prefetch := activity.WithPrefetch(4)
	client := v.client(activity.WithTransport(service), recording.option(), option, prefetch, activity.WithUserAgent(marked))
	want, err := v.list(client, pageSize).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, want, rows)
	require.NoFileExists(t, file+".yaml")
	require.NoError(t, stop())
	checkFile(t, file+".yaml", slices.DeleteFunc(service.secrets, func(s string) bool { return s == "" }))

	option, stop, err = Recorded(file, recorder.ModeReplayOnly)
	require.NoError(t, err)
	begun := time.Now()
	got, err := v.list(v.replay(replay.option(), option, prefetch, offline(t)), pageSize).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.InDelta(t, 7.5, time.Since(begun).Seconds(), 0.5, "the wait for Retry-After, without the time that the answers took")
	require.Len(t, got, rows)
	replaced := map[string]string{}
	for i := range want {
		equalExceptStrings(t, replaced, document(t, v.raw(want[i])), document(t, v.raw(got[i])))
		equalExceptStrings(t, replaced, document(t, want[i]), document(t, got[i]))
	}
	assert.NotEmpty(t, replaced)
	assert.Equal(t, recording.sorted(), replay.sorted())
	assert.Len(t, slices.DeleteFunc(replay.answers, func(line string) bool { return !strings.HasPrefix(line, "503 ") }), 1)
	if v.parallel {
		assert.Greater(t, recording.mostAtOnce, 1)
	}

	// An answer is replayed once. A request that was not recorded is not repeated.
	unused, _, err := Recorded(file, recorder.ModeReplayOnly)
	require.NoError(t, err)
	for _, list := range []activity.List[T]{v.list(v.replay(option, offline(t)), pageSize), v.list(v.replay(unused, offline(t)), pageSize+1)} {
		begun := time.Now()
		_, err = list.Collect(t.Context(), 0)
		require.ErrorIs(t, err, cassette.ErrInteractionNotFound)
		require.ErrorIs(t, err, activity.ErrInvalid)
		require.ErrorContains(t, err, "not recorded: ")
		require.ErrorContains(t, err, "https://")
		assert.Equal(t, begun, time.Now())
	}
	before, err := os.ReadFile(file + ".yaml")
	require.NoError(t, err)
	require.NoError(t, stop())
	after, err := os.ReadFile(file + ".yaml")
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after), "a replay does not change the file")
}

// checkFile fails if a file contains secrets or personal texts, as they are or encoded in YAML.
func checkFile(t *testing.T, file string, secrets []string) {
	t.Helper()
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	c, err := cassette.Load(strings.TrimSuffix(file, ".yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, c.Interactions)
	decoded, err := json.Marshal(c.Interactions)
	require.NoError(t, err)
	require.NotEmpty(t, secrets)
	for _, all := range []string{string(text), string(decoded)} {
		for _, secret := range secrets {
			assert.NotContains(t, all, secret)
		}
		for _, word := range []string{"Mallory", "mallory", "203.0.113.77", "@", "Authorization", "Cookie", "access_token"} {
			assert.NotContains(t, all, word)
		}
	}
}

// document returns a value as encoding/json decodes its JSON into an any.
func document(t *testing.T, of any) (value any) {
	t.Helper()
	text, err := json.Marshal(of)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &value))
	return value
}

// equalExceptStrings fails if two values differ in more than replaced strings, or if equal strings
// were replaced by different ones, or different strings by equal ones.
func equalExceptStrings(t *testing.T, replaced map[string]string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		require.Len(t, got, len(want))
		for name := range want {
			equalExceptStrings(t, replaced, want[name], got[name])
		}
	case []any:
		got, _ := got.([]any)
		require.Len(t, got, len(want))
		for i := range want {
			equalExceptStrings(t, replaced, want[i], got[i])
		}
	case string:
		if want == got {
			return
		}
		require.Regexp(t, `^text \d+$`, got)
		for old, text := range replaced {
			require.Equal(t, old == want, text == got, "%q and %q became %q", old, want, got)
		}
		replaced[want] = got.(string)
	default:
		require.Equal(t, want, got)
	}
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
		testRecorded(t, vendor[*aspera.Client, aspera.Transfer]{
			fake: server.Transport(), client: server.Client, replay: replayAspera, secrets: []string{server.JWTConfig().ClientID},
			list: func(c *aspera.Client, size int) activity.List[aspera.Transfer] {
				return c.OwnOrganization().Transfers(aspera.TransferQuery{PageSize: size})
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
		testRecorded(t, vendor[*opswat.Client, opswat.Activity]{
			fake: server.Transport(), client: server.Client, replay: replayOPSWAT, secrets: []string{opswattest.ClientKey, opswattest.ClientSecret},
			list: func(c *opswat.Client, size int) activity.List[opswat.Activity] {
				return c.Activities(opswat.ActivityQuery{PageSize: size})
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
		testRecorded(t, vendor[*sdelements.Client, sdelements.Activity]{
			fake: server.Transport(), client: server.Client, replay: replaySDElements, secrets: []string{sdelementstest.Key},
			list: func(c *sdelements.Client, size int) activity.List[sdelements.Activity] {
				return c.Activities(sdelements.ActivityQuery{PageSize: size})
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
		testRecorded(t, vendor[*snaplogic.Client, snaplogic.Activity]{
			fake: server.Transport(), client: server.Client, replay: replaySnapLogic, parallel: true,
			list: func(c *snaplogic.Client, size int) activity.List[snaplogic.Activity] {
				return c.Activities(snaplogic.ActivityQuery{PageSize: size})
			},
			raw: func(a snaplogic.Activity) json.RawMessage { return a.Raw },
		})
	})
}
