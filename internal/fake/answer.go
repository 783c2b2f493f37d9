package fake

import (
	"bytes"
	"net/http"
	"strconv"
	"time"
)

// answer is what goes back for one request, whichever way it travels.
type answer struct {
	reset  bool // break the connection, send nothing of the rest
	status int
	header http.Header // a name without values: do not send it, nor a default
	body   []byte      // all that Content-Length announces
	sent   int         // how many bytes of body to send before the connection breaks, or all
}

func (a *answer) cut() bool { return a.sent < len(a.body) }

// complete adds what a server adds by itself, unless the header decides it.
func (a *answer) complete() {
	if _, ok := a.header["Date"]; !ok {
		a.header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	if _, ok := a.header["Content-Type"]; !ok && len(a.body) > 0 {
		a.header.Set("Content-Type", http.DetectContentType(a.body))
	}
	if bodyAllowed(a.status) {
		a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
	} else {
		a.header.Del("Content-Length")
		a.body, a.sent = nil, 0
	}
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// recorder is the http.ResponseWriter that collects an answer.
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

func (w *recorder) answer() *answer {
	w.WriteHeader(http.StatusOK) // a handler that wrote nothing answered 200
	return &answer{status: w.status, header: w.header, body: w.body.Bytes()}
}
