package fakes

import (
	"encoding/json"
	"net/http"
	"sync/atomic"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Record is a record as the fakes serve it.
type Record struct {
	Feed store.FeedID
	Raw  []byte
}

// Control returns a handler for the process that started the services:
//
//	GET /records   every record of every feed, a Record as JSON on each line
//	GET /growing   the value of growing, false once no more records will be added
func (s Sets) Control(growing *atomic.Bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /records", func(w http.ResponseWriter, _ *http.Request) {
		lines := json.NewEncoder(w)
		for _, one := range s {
			for _, feed := range one.Feeds() {
				for _, raw := range one.Records(feed) {
					if lines.Encode(Record{feed, raw}) != nil {
						return // the client is gone
					}
				}
			}
		}
	})
	mux.HandleFunc("GET /growing", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(growing.Load()) // fails if the client is gone
	})
	return mux
}
