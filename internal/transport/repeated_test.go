package transport_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// Whoever reads the log learns why a request is repeated, in the SDK's words alone.
func TestWhyARequestIsRepeated(t *testing.T) {
	for name, c := range map[string]struct {
		first step
		says  string
	}{
		"a refusal":      {answer(http.StatusServiceUnavailable, "c0ffee"), `reason="service failure"`},
		"half an answer": {answer(http.StatusOK, `{"c0ffee":`), `reason="malformed response: the answer's JSON ends early: unexpected EOF"`},
		"a broken body":  {cut(`{"c0ffee":`), `reason="unexpected EOF"`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				s := &script{steps: []step{c.first, bodyOf(bytes.NewReader(jsonOf(100)), -1)}}
				_, err := do(t.Context(), newClient(t, s, activity.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))))
				require.NoError(t, err)
				assert.Contains(t, log.String(), c.says)
				assert.NotContains(t, log.String(), "c0ffee")
			})
		})
	}
}
