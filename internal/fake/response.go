package fake

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
)

// response is what the server sends for one request, in memory or over a socket.
type response struct {
	reset  bool // break the connection and send nothing
	status int
	header http.Header // a name without values is not sent, and has no default
	body   []byte      // as long as Content-Length says
	sent   int         // how many bytes of body to send
}

// cut reports whether the connection breaks within the body.
func (r *response) cut() bool { return r.sent < len(r.body) }

// complete adds the header that a server adds itself, unless it is set or removed.
func (r *response) complete() {
	if _, ok := r.header["Date"]; !ok {
		r.header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	if _, ok := r.header["Content-Type"]; !ok && len(r.body) > 0 {
		r.header.Set("Content-Type", http.DetectContentType(r.body))
	}
	if bodyAllowed(r.status) {
		r.header.Set("Content-Length", strconv.Itoa(len(r.body)))
	} else {
		r.header.Del("Content-Length")
		r.body, r.sent = nil, 0
	}
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// recorder is the http.ResponseWriter of a handler.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: make(http.Header)} }

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

func (w *recorder) response() *response {
	w.WriteHeader(http.StatusOK) // unless the handler wrote another status
	return &response{status: w.status, header: w.header, body: w.body.Bytes()}
}

// WriteJSON answers with v as JSON. Its members have a fixed order, so that equal values are equal
// bytes. It panics if v has no JSON form, which is a bug of the fake. To send bytes unchanged, use
// [WriteRaw].
func WriteJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("fake: an answer of type %T has no JSON form", v))
	}
	WriteRaw(w, status, "application/json", body)
}

// WriteRaw answers with a body of any kind. If contentType is empty, the server detects the type,
// as net/http does.
func WriteRaw(w http.ResponseWriter, status int, contentType string, body []byte) {
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a recorder cannot fail
}

// SetRetryAfter sets Retry-After to wait in whole seconds.
func SetRetryAfter(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.FormatInt(WholeSeconds(wait), 10))
}
