package fake

import (
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"
)

// WriteJSON answers with v as JSON, its members in a fixed order, so that equal
// answers are equal bytes. A v that has no JSON form is a mistake in the fake
// and panics. Raw bytes that must arrive exactly as they are (blanks, order,
// number formats) go through [WriteRaw].
func WriteJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("fake: an answer of type %T has no JSON form", v))
	}
	WriteRaw(w, status, "application/json", body)
}

// WriteRaw answers with a body of any kind. An empty contentType leaves the
// choice to the server, as net/http does: by the look of the body.
func WriteRaw(w http.ResponseWriter, status int, contentType string, body []byte) {
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	}
	w.WriteHeader(status)
	// What writes here is the recorder, which cannot fail.
	_, _ = w.Write(body)
}
