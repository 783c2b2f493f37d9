package activity_test

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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

// everyList has a list of three records in several pages for each vendor, from a fake whose answers are changed on their way.
var everyList = map[string]func(t *testing.T, between func(http.RoundTripper) http.RoundTripper) (records int, err error){
	"aspera": func(t *testing.T, between func(http.RoundTripper) http.RoundTripper) (int, error) {
		t.Helper()
		server := asperatest.NewServer(asperatest.WithRows(3))
		client, err := aspera.New(server.Credentials(), activity.WithTransport(between(server.Transport())))
		require.NoError(t, err)
		items, err := client.Organization(asperatest.OrganizationID).Transfers(aspera.TransferQuery{PageSize: 2}).Collect(t.Context(), 0)
		return len(items), err
	},
	"snaplogic": func(t *testing.T, between func(http.RoundTripper) http.RoundTripper) (int, error) {
		t.Helper()
		server := snaplogictest.NewServer(snaplogictest.WithRows(3))
		client, err := snaplogic.New(snaplogictest.Organization, server.Credentials(), activity.WithTransport(between(server.Transport())))
		require.NoError(t, err)
		items, err := client.Activities(snaplogic.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
		return len(items), err
	},
	"opswat": func(t *testing.T, between func(http.RoundTripper) http.RoundTripper) (int, error) {
		t.Helper()
		server := opswattest.NewServer()
		for range 3 {
			server.Add(opswat.Activity{Timestamp: time.Now().Add(-time.Minute), DeviceID: "device"})
		}
		client, err := opswat.New(server.Credentials(), activity.WithTransport(between(server.Transport())))
		require.NoError(t, err)
		items, err := client.Activities(opswat.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
		return len(items), err
	},
	"sdelements": func(t *testing.T, between func(http.RoundTripper) http.RoundTripper) (int, error) {
		t.Helper()
		server := sdelementstest.NewServer(sdelementstest.WithRows(3))
		client, err := sdelements.New("https://sde.example.com", server.Credentials(), activity.WithTransport(between(server.Transport())))
		require.NoError(t, err)
		items, err := client.Activities(sdelements.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
		return len(items), err
	},
}

// changed changes each answer's body and header, those of the token endpoints included, and counts them.
func changed(answers *int, change func(body []byte, h http.Header) []byte) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return tripper(func(req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err != nil {
				return nil, err
			}
			body, err := io.ReadAll(resp.Body)
			if err = errors.Join(err, resp.Body.Close()); err != nil {
				return nil, err
			}
			*answers++
			body = change(body, resp.Header)
			resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			return resp, nil
		})
	}
}

// Every list, and every token, is read whatever the labels of the answers say.
func TestMislabelledAnswers(t *testing.T) {
	for name, change := range map[string]func(body []byte, h http.Header) []byte{
		"text": func(body []byte, h http.Header) []byte {
			h.Set("Content-Type", "text/plain")
			return body
		},
		"HTML": func(body []byte, h http.Header) []byte {
			h.Set("Content-Type", "text/html")
			return body
		},
		"no semicolon": func(body []byte, h http.Header) []byte {
			h.Set("Content-Type", "application/json charset=utf-8")
			return body
		},
		"byte order mark": func(body []byte, h http.Header) []byte {
			return append([]byte("\xef\xbb\xbf"), body...)
		},
		"deflate": func(body []byte, h http.Header) []byte {
			h.Set("Content-Encoding", "deflate")
			var b bytes.Buffer
			w := zlib.NewWriter(&b)
			_, _ = w.Write(body)
			_ = w.Close()
			return b.Bytes()
		},
		"raw deflate": func(body []byte, h http.Header) []byte {
			h.Set("Content-Encoding", "deflate")
			var b bytes.Buffer
			w, _ := flate.NewWriter(&b, flate.BestSpeed)
			_, _ = w.Write(body)
			_ = w.Close()
			return b.Bytes()
		},
	} {
		for vendor, list := range everyList {
			t.Run(name+", "+vendor, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var asIs, answers int
					records, err := list(t, changed(&asIs, func(body []byte, _ http.Header) []byte { return body }))
					require.NoError(t, err)
					require.Equal(t, 3, records)
					records, err = list(t, changed(&answers, change))
					require.NoError(t, err)
					assert.Equal(t, 3, records)
					assert.Equal(t, asIs, answers, "nothing is asked for twice")
				})
			})
		}
	}
}

// An answer without content is a page without records, for one request; instead of a token it is an error, for one request as well.
func TestAnswersWithoutContent(t *testing.T) {
	nothing := func(answers *int, which func(*http.Request) bool) func(http.RoundTripper) http.RoundTripper {
		return func(next http.RoundTripper) http.RoundTripper {
			return tripper(func(req *http.Request) (*http.Response, error) {
				if !which(req) {
					return next.RoundTrip(req)
				}
				*answers++
				return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
			})
		}
	}
	isToken := func(req *http.Request) bool { return strings.Contains(req.URL.Path, "oauth") }
	for vendor, list := range everyList {
		synctest.Test(t, func(t *testing.T) {
			answers := 0
			records, err := list(t, nothing(&answers, func(req *http.Request) bool { return !isToken(req) }))
			require.NoError(t, err, vendor)
			assert.Zero(t, records, vendor)
			assert.Equal(t, 1, answers, vendor)

			answers = 0
			_, err = list(t, nothing(&answers, isToken))
			if vendor == "aspera" || vendor == "opswat" {
				require.ErrorIs(t, err, activity.ErrMalformed, vendor)
				assert.Equal(t, 1, answers, vendor)
			} else {
				require.NoError(t, err, vendor)
			}
		})
	}
}
