package activity_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/obstacle"
)

func TestErrorText(t *testing.T) {
	for want, e := range map[string]activity.Error{
		"opswat: new client: invalid request: the key is empty": {Vendor: "opswat", Op: "new client", Kind: activity.ErrInvalid, Message: "the key is empty"},
		"snaplogic: list activities: GET /api: 429 Too Many Requests: rate limited: slow down (code E1, request id r-1, retry after 1m0s, 3 attempts)": {
			Vendor: "snaplogic", Op: "list activities", Method: "GET", Path: "/api", StatusCode: 429, Kind: activity.ErrRateLimited,
			Message: "slow down", Code: "E1", RequestID: "r-1", RetryAfter: time.Minute, Attempts: 3},
		"aspera: list transfers: GET /t: 503 Service Unavailable: context canceled": {
			Vendor: "aspera", Op: "list transfers", Method: "GET", Path: "/t", StatusCode: 503, Err: context.Canceled, Attempts: 1},
		"get page: 799": {Op: "get page", StatusCode: 799},
		"":              {},
	} {
		assert.Equal(t, want, e.Error())
	}
}

func TestErrorUnwraps(t *testing.T) {
	err := fmt.Errorf("collect: %w", &activity.Error{Kind: activity.ErrServer, Err: context.DeadlineExceeded})
	require.ErrorIs(t, err, activity.ErrServer)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.NotErrorIs(t, err, activity.ErrInvalid)
	assert.Empty(t, (&activity.Error{}).Unwrap())
}

func TestTemporary(t *testing.T) {
	for name, tt := range map[string]struct {
		e    activity.Error
		want bool
	}{
		"rate limited":     {activity.Error{Kind: activity.ErrRateLimited, StatusCode: 429}, true},
		"server":           {activity.Error{Kind: activity.ErrServer, StatusCode: 503}, true},
		"status 501":       {activity.Error{Kind: activity.ErrServer, StatusCode: 501}, false},
		"request timeout":  {activity.Error{StatusCode: 408}, true},
		"network":          {activity.Error{Err: io.ErrUnexpectedEOF}, true},
		"network, later":   {activity.Error{Err: io.EOF, StatusCode: 503}, true},
		"broken JSON":      {activity.Error{Kind: activity.ErrMalformed, Err: io.ErrUnexpectedEOF, StatusCode: 200}, true},
		"no JSON":          {activity.Error{Kind: activity.ErrMalformed, StatusCode: 200}, false},
		"list changed":     {activity.Error{Kind: activity.ErrListChanged}, true},
		"cancelled":        {activity.Error{Err: context.Canceled, StatusCode: 503}, false},
		"deadline":         {activity.Error{Kind: activity.ErrServer, Err: context.DeadlineExceeded}, false},
		"invalid":          {activity.Error{Kind: activity.ErrInvalid, StatusCode: 400}, false},
		"unauthorized":     {activity.Error{Kind: activity.ErrUnauthorized, StatusCode: 401}, false},
		"page past an end": {activity.Error{StatusCode: 413}, false},
		"login page":       {activity.Error{Kind: activity.ErrMalformed, Err: obstacle.ErrPage, StatusCode: 200}, true},
		"certificate":      {activity.Error{Err: &tls.CertificateVerificationError{Err: io.EOF}}, false},
		"certificate, 408": {activity.Error{Err: &tls.CertificateVerificationError{Err: io.EOF}, StatusCode: 408}, false},
		"no TLS":           {activity.Error{Err: http.ErrSchemeMismatch}, false},
		"no such host":     {activity.Error{Err: &net.DNSError{IsNotFound: true}}, false},
		"resolver is away": {activity.Error{Err: &net.DNSError{IsTemporary: true}}, true},
	} {
		assert.Equal(t, tt.want, tt.e.Temporary(), name)
	}
}

func TestErrorLogsAsAGroup(t *testing.T) {
	var log strings.Builder
	e := &activity.Error{Vendor: "opswat", Op: "list activities", StatusCode: 429, Kind: activity.ErrRateLimited, Code: "E", RequestID: "r",
		RetryAfter: time.Second, Attempts: 2, Body: []byte("long")}
	slog.New(slog.NewJSONHandler(&log, nil)).Info("failed", "err", e)
	var line struct{ Err map[string]any }
	require.NoError(t, json.Unmarshal([]byte(log.String()), &line))
	assert.Equal(t, map[string]any{
		"error":  "opswat: list activities: 429 Too Many Requests: rate limited (code E, request id r, retry after 1s, 2 attempts)",
		"vendor": "opswat", "op": "list activities", "code": "E", "request_id": "r", "status": 429.0, "retry_after": "1s", "attempts": 2.0,
	}, line.Err)
	_, err := json.Marshal(e)
	require.NoError(t, err)
	require.ErrorIs(t, e, activity.ErrRateLimited)
}
