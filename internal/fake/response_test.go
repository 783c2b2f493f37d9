package fake_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/fake"
)

func TestWriteJSON(t *testing.T) {
	w := httptest.NewRecorder()
	fake.WriteJSON(w, http.StatusTeapot, map[string]any{"b": "<&>", "a": []int{1}})
	assert.Equal(t, http.StatusTeapot, w.Code)
	assert.Equal(t, "application/json", w.Header().Get("Content-Type"))
	assert.Equal(t, `{"a":[1],"b":"<&>"}`, w.Body.String())
	assert.PanicsWithValue(t, "fake: an answer of type chan int has no JSON form", func() {
		fake.WriteJSON(w, http.StatusOK, make(chan int))
	})
}

func TestDefaultContentType(t *testing.T) {
	s := fake.NewServer(func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		_, _ = io.WriteString(w, "<html><body>login</body></html>")
		w.WriteHeader(500) // too late, as in net/http
	})
	resp, _ := get(t, s.Transport(), base)
	assert.Equal(t, 200, resp.StatusCode)
	assert.Equal(t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"))
}

func TestInvalidStatus(t *testing.T) {
	s := fake.NewServer(answerJSON)
	s.Fail(fake.Fault{Status: 12345})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base, nil)
	require.NoError(t, err)
	_, err = s.Transport().RoundTrip(req)
	assert.ErrorContains(t, err, "the fake's answer is not valid HTTP")
}
