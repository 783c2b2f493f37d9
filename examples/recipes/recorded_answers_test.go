package recipes

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// A body that is not JSON is dropped. The replay succeeds if the client retried after that answer,
// and fails if the client read records from it.
func TestRecordedNotJSON(t *testing.T) {
	for name, test := range map[string]struct {
		fault opswattest.Fault
		err   string
	}{
		"502 with HTML":        {opswattest.Fault{Status: 502, Body: "<p>" + marked + "</p>"}, ""},
		"200 with HTML":        {opswattest.Fault{Body: "<p>" + marked + "</p>"}, ""},
		"an answer cut short":  {opswattest.Fault{CutBody: 100}, ""},
		"a compressed answer":  {opswattest.Fault{Deflate: true}, "not recorded"},
		"an answer in UTF-16":  {opswattest.Fault{Charset: "utf-16le"}, "not recorded"},
		"connection reset":     {opswattest.Fault{Reset: true}, ""},
		"429 with Retry-After": {opswattest.Fault{Status: 429, Body: `{"message":"` + marked + `"}`, Header: http.Header{"Retry-After": {"60"}}}, ""},
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
				checkFile(t, file+".yaml", []string{"Basic"})
				option, _, err = Recorded(file, recorder.ModeReplayOnly)
				require.NoError(t, err)
				got, err := replaySnapLogic(option, offline(t)).Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
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

// Answers with 401, after which the client renewed its token, are not recorded.
func TestRecordedTokenRenewal(t *testing.T) {
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
		var recording attempts
		query := opswat.ActivityQuery{PageSize: 1}
		_, err = server.Client(recording.option(), option).Activities(query).Collect(t.Context(), 0)
		require.NoError(t, err)
		require.Contains(t, strings.Join(recording.answers, "\n"), "401 POST")
		require.NoError(t, stop())
		option, _, err = Recorded(file, recorder.ModeReplayOnly)
		require.NoError(t, err)
		got, err := replayOPSWAT(option, offline(t)).Activities(query).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 3)
	})
}

// An answer over a network is compressed and has no Content-Length.
func TestRecordedCompressed(t *testing.T) {
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
	require.True(t, c.Interactions[0].Response.Uncompressed, "net/http decompressed it")
	client = must(sdelements.New(server.URL, sdelements.Token("nobody"), option, offline(t)))
	got, err := client.Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, got, 150)
	replaced := map[string]string{}
	for i := range want {
		equalExceptStrings(t, replaced, document(t, want[i].Raw), document(t, got[i].Raw))
	}
}

// Without a file to replay, Recorded returns an error.
func TestRecordedFileMissing(t *testing.T) {
	_, _, err := Recorded(filepath.Join(t.TempDir(), "cassette"), recorder.ModeReplayOnly)
	require.ErrorIs(t, err, cassette.ErrCassetteNotFound)
}
