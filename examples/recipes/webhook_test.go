package recipes

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// Each blocked access is posted once, even if the webhook or the service was down at its time.
func TestPostBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		db := database(t, WebhookTable)
		posted := map[string]int{}
		webhookDown := false
		webhook := &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(req.Body)
			if webhookDown || err != nil {
				return &http.Response{StatusCode: 502, Status: "502 Bad Gateway", Body: http.NoBody}, err
			}
			assert.Equal(t, http.MethodPost, req.Method)
			assert.Contains(t, string(body), `"action":"blocked"`)
			posted[req.Header.Get("Idempotency-Key")]++
			return &http.Response{StatusCode: 204, Body: io.NopCloser(bytes.NewReader(nil))}, nil
		})}
		var accesses atomic.Int64
		done := make(chan struct{})
		defer close(done)
		go func() { // every ten minutes, one access is blocked and one is allowed
			for {
				select {
				case <-done:
					return
				case <-time.After(10 * time.Minute):
				}
				access := fmt.Sprint(accesses.Add(1))
				now := time.Now().UTC()
				server.Add(
					opswat.Activity{Timestamp: now, Action: opswat.ActionBlocked, DeviceID: access},
					opswat.Activity{Timestamp: now, Action: opswat.ActionAllowed, DeviceID: access},
				)
			}
		}()
		run := func(d time.Duration) error {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			return PostBlocked(ctx, db, server.Client(), webhook, "https://hooks.example.com/blocked")
		}
		require.ErrorIs(t, run(3*time.Hour), context.DeadlineExceeded)
		webhookDown = true
		require.EqualError(t, run(time.Hour), "the webhook answered 502 Bad Gateway")
		webhookDown = false
		server.FailWith(func(opswattest.Request) *opswattest.Fault { return &opswattest.Fault{Status: 503} })
		require.ErrorIs(t, run(time.Hour), context.DeadlineExceeded)
		server.FailWith(nil)
		require.ErrorIs(t, run(time.Hour), context.DeadlineExceeded)

		assert.Greater(t, len(posted), 25)
		assert.InDelta(t, accesses.Load(), len(posted), 1, "the last one may not be listed yet")
		for key, times := range posted {
			assert.Equal(t, 1, times, key)
		}
		require.NoError(t, db.QueryRowContext(t.Context(), `SELECT 1 FROM webhook WHERE checkpoint LIKE '{%'`).Scan(new(sql.NullInt64)))
	})
}

// The address of a webhook may contain a secret: the error does not contain the address.
func TestPostBlockedHidesTheAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		server.Add(opswat.Activity{Timestamp: time.Now().Add(-time.Hour).UTC(), Action: opswat.ActionBlocked})
		unreachable := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })}
		err := PostBlocked(t.Context(), database(t, WebhookTable), server.Client(), unreachable, "https://hooks.example.com/canary")
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.NotContains(t, err.Error(), "canary")
	})
}
