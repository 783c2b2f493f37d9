package jetstream_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// lines is a log that is written and read at the same time.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// What concerns a feed names its vendor, its tenant as it is called in the configuration, and the
// feed.
func TestLogNamesTheFeed(t *testing.T) {
	acme := store.FeedID{Vendor: "snaplogic", Tenant: "Acme, Inc.", Feed: "activities"}
	server := natsServer(t)
	openFeed(t, openSink(t, server.URL, jetstream.Options{}), acme)
	var text, structured lines
	for _, handler := range []slog.Handler{slog.NewTextHandler(&text, nil), slog.NewJSONHandler(&structured, nil)} {
		s := openSink(t, server.URL, jetstream.Options{Logger: slog.New(handler)})
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		_, err := s.Open(ctx, acme, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		cancel()
	}
	assert.Contains(t, text.String(), `vendor=snaplogic tenant="Acme, Inc." feed=activities`)
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(structured.String()), &line), "one line: %s", structured.String())
	assert.Equal(t, "waiting for the feed's lease", line["msg"])
	assert.Equal(t, "snaplogic", line["vendor"])
	assert.Equal(t, "Acme, Inc.", line["tenant"])
	assert.Equal(t, "activities", line["feed"])
}
