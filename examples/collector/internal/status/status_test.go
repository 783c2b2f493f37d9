package status_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/status"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

var (
	one = store.FeedID{Vendor: "snaplogic", Tenant: "acme", Feed: "activities"}
	two = store.FeedID{Vendor: "opswat", Tenant: "acme", Feed: "activities"}
)

// board returns a board of two feeds that begin an hour ago, and its log.
func board() (*status.Board, *bytes.Buffer) {
	log := new(bytes.Buffer)
	handler := slog.NewTextHandler(log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	return status.NewBoard([]store.FeedID{one, two}, time.Now().Add(-time.Hour), 20*time.Minute, slog.New(handler)), log
}

// The lag of a feed grows from the start, until something newer is stored.
func TestLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := board()
		lag := func() time.Duration { return b.Feeds()[0].Lag }
		assert.Equal(t, time.Hour, lag(), "a new feed is behind from where it begins")
		<-time.After(time.Minute)
		assert.Equal(t, time.Hour+time.Minute, lag())

		watermark := time.Now().Add(-2 * time.Minute)
		b.Stored(one, 3, watermark, 2*time.Minute)
		assert.Equal(t, 2*time.Minute, lag())
		<-time.After(time.Minute)
		b.Failed(one, status.Retrying, errors.New("503"))
		assert.Equal(t, 3*time.Minute, lag())
		assert.Equal(t, time.Hour+2*time.Minute, b.Feeds()[1].Lag, "the other feed")

		// Rounds that end where the one before did store nothing new.
		b.Stored(one, 0, watermark, -24*time.Hour)
		<-time.After(time.Minute)
		assert.Equal(t, 4*time.Minute, lag(), "the clock was set back by a day")

		b.Stored(one, 1, watermark.Add(time.Minute), -24*time.Hour)
		assert.Zero(t, lag(), "never negative")
		<-time.After(time.Minute)
		assert.Equal(t, time.Minute, lag())
	})
}

// A feed whose checkpoint is ahead of the clock is unhealthy, since it reads nothing.
func TestCheckpointAheadOfTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := board()
		b.StoredUpTo(one, time.Time{})
		assert.Equal(t, time.Hour, b.Feeds()[0].Lag, "a new feed has no watermark")

		watermark := time.Now().Add(24 * time.Hour)
		require.NoError(t, status.Ahead(time.Now().Add(time.Minute)))
		require.ErrorContains(t, status.Ahead(watermark), "the feed is stored up to 2000-01-02T00:00:00Z, and the clock is behind that")
		b.Stored(one, 0, watermark, -24*time.Hour)
		b.Stored(one, 0, watermark, -24*time.Hour)
		assert.Equal(t, 1, strings.Count(log.String(), `level=ERROR msg="the feed is refused" vendor=snaplogic tenant=acme feed=activities`), log.String())
		<-time.After(2 * time.Hour)
		assert.Equal(t, 2*time.Hour, b.Feeds()[0].Lag, "nothing is read, so the lag grows")
		assert.True(t, b.Feeds()[0].Unhealthy)
		<-time.After(22 * time.Hour)
		b.Stored(one, 0, watermark, 0)
		assert.Equal(t, status.Following, b.Feeds()[0].State)
	})
}

// A failure that ends a feed is not said to be retried.
func TestEndIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := board()
		b.Ended(one, status.Retrying, errors.New("503"))
		assert.Equal(t, `level=ERROR msg="the feed failed, and is not tried again" vendor=snaplogic tenant=acme feed=activities state=retrying was=starting error=503`+"\n", log.String())
		f := b.Feeds()[0]
		assert.Equal(t, status.Retrying, f.State)
		assert.Equal(t, "503", f.Problem)
		assert.Equal(t, int64(1), f.Failures)
		assert.True(t, f.Tried)
	})
}

func TestChangesAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := board()
		b.Stored(one, 1, time.Now(), 0)
		b.Stored(one, 1, time.Now(), 0)
		b.Failed(one, status.Retrying, errors.New("503"))
		b.Failed(one, status.Retrying, errors.New("503"))
		b.Failed(one, status.Retrying, errors.New("502"))
		b.Failed(one, status.Refused, errors.New("401"))
		b.OnStandby(one)
		const feed = " vendor=snaplogic tenant=acme feed=activities "
		assert.Equal(t, strings.Join([]string{
			`level=INFO msg="the feed is following"` + feed + `state=following was=starting`,
			`level=WARN msg="the feed is retrying"` + feed + `state=retrying was=following error=503`,
			`level=WARN msg="the feed is retrying"` + feed + `state=retrying was=retrying error=502`,
			`level=ERROR msg="the feed is refused"` + feed + `state=refused was=retrying error=401`,
			`level=INFO msg="the feed is standby"` + feed + `state=standby was=refused`, "",
		}, "\n"), log.String())
		assert.Equal(t, int64(4), b.Feeds()[0].Failures)
		assert.Equal(t, int64(2), b.Feeds()[0].Records)

		log.Reset()
		b.FailedAll(errors.New("NATS is unavailable"))
		b.FailedAll(errors.New("NATS is unavailable"))
		assert.Equal(t, "level=WARN msg=\"all feeds are retrying\" state=retrying error=\"NATS is unavailable\"\n", log.String())
		assert.Equal(t, status.Retrying, b.Feeds()[1].State)
	})
}

func TestSummary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := board()
		b.Stored(one, 41, time.Now(), 0)
		b.Stored(one, 1, time.Now(), 0)
		assert.Equal(t, []any{"records", int64(42), "largest_lag", "1h0m0s", "of", "opswat/acme/activities", "starting", 1, "following", 1},
			b.Summary().Attributes())
	})
}

func TestHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := board()
		b.Stored(two, 1, time.Now(), 0)
		ask := func() (int, status.Health) {
			answer := httptest.NewRecorder()
			b.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/healthz", nil))
			var h status.Health
			require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &h), answer.Body.String())
			assert.Equal(t, answer.Code == http.StatusOK, h.Healthy)
			return answer.Code, h
		}
		code, h := ask()
		assert.Equal(t, http.StatusOK, code)
		now := time.Now().UTC()
		assert.Equal(t, []status.FeedHealth{
			{Vendor: "snaplogic", Tenant: "acme", Feed: "activities", State: status.Starting, Since: now, Watermark: now.Add(-time.Hour), Lag: 3600},
			{Vendor: "opswat", Tenant: "acme", Feed: "activities", State: status.Following, Since: now, Watermark: now},
		}, h.Feeds)

		b.Failed(two, status.Retrying, errors.New("503"))
		<-time.After(19 * time.Minute)
		b.Failed(two, status.Retrying, errors.New("502"))
		code, h = ask()
		assert.Equal(t, http.StatusOK, code, "a short outage is healthy")
		assert.Equal(t, "502", h.Feeds[1].Problem)
		<-time.After(2 * time.Minute)
		code, _ = ask()
		assert.Equal(t, http.StatusServiceUnavailable, code, "a long outage is not")
		b.OnStandby(two)
		code, _ = ask()
		assert.Equal(t, http.StatusOK, code, "another collector has it")

		b.Stored(two, 0, now.Add(time.Minute), 0)
		code, _ = ask()
		assert.Equal(t, http.StatusOK, code)
		b.Failed(one, status.Refused, errors.New("401"))
		code, _ = ask()
		assert.Equal(t, http.StatusServiceUnavailable, code, "the operator has to change something")
	})
}
