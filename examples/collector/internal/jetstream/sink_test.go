package jetstream_test

import (
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

func TestOpenMakesWhatItNeeds(t *testing.T) {
	server := natsServer(t)
	var wg sync.WaitGroup
	for range 4 { // at the same time
		wg.Go(func() {
			s, err := jetstream.Open(t.Context(), server.URL, jetstream.Options{})
			if assert.NoError(t, err) {
				assert.NoError(t, s.Close())
				assert.NoError(t, s.Close())
			}
		})
	}
	wg.Wait()
	conn, err := nats.Connect(server.URL)
	require.NoError(t, err)
	defer conn.Close()
	js, err := natsjs.New(conn)
	require.NoError(t, err)
	stream, err := js.Stream(t.Context(), "ACTIVITY")
	require.NoError(t, err)
	config := stream.CachedInfo().Config
	assert.Equal(t, 48*time.Hour, config.Duplicates)
	assert.Equal(t, []string{"activity.>"}, config.Subjects)
	assert.Equal(t, natsjs.FileStorage, config.Storage)
	assert.Zero(t, config.MaxAge)
	_, err = js.KeyValue(t.Context(), "ACTIVITY_CHECKPOINTS")
	require.NoError(t, err)
}

// A stream that is there already is used as it is, if it can serve.
func TestOpenChecksTheStream(t *testing.T) {
	tests := map[string]struct {
		config natsjs.StreamConfig
		says   string // empty: it can serve
	}{
		"as made":              {natsjs.StreamConfig{Subjects: []string{"activity.>"}, Duplicates: time.Hour}, ""},
		"longer window, aging": {natsjs.StreamConfig{Subjects: []string{"activity.>", "b"}, Duplicates: 2 * time.Hour, MaxAge: 3 * time.Hour}, ""},
		"shorter window":       {natsjs.StreamConfig{Subjects: []string{"activity.>"}, Duplicates: time.Minute}, "--dupe-window 1h0m0s"},
		"other subjects":       {natsjs.StreamConfig{Subjects: []string{"activity.snaplogic.>"}, Duplicates: time.Hour}, "--subjects"},
		"no acknowledgement":   {natsjs.StreamConfig{Subjects: []string{"activity.>"}, Duplicates: time.Hour, NoAck: true}, "acknowledge"},
	}
	server := natsServer(t)
	conn, err := nats.Connect(server.URL)
	require.NoError(t, err)
	defer conn.Close()
	js, err := natsjs.New(conn)
	require.NoError(t, err)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.config.Name = "RECORDS"
			_, err := js.CreateStream(t.Context(), tt.config)
			require.NoError(t, err)
			defer func() { require.NoError(t, js.DeleteStream(t.Context(), "RECORDS")) }()
			s, err := jetstream.Open(t.Context(), server.URL, jetstream.Options{Stream: "RECORDS", Duplicates: time.Hour})
			if tt.says != "" {
				require.ErrorContains(t, err, tt.says)
				require.ErrorIs(t, err, store.ErrRefused)
				return
			}
			require.NoError(t, err)
			require.NoError(t, s.Close())
		})
	}
}
