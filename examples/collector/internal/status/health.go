package status

import (
	"encoding/json"
	"net/http"
	"time"
)

// Health is what /healthz answers.
type Health struct {
	Healthy bool         `json:"healthy"`
	Feeds   []FeedHealth `json:"feeds"`
}

// FeedHealth is a Feed as JSON.
type FeedHealth struct {
	Vendor    string    `json:"vendor"`
	Tenant    string    `json:"tenant"`
	Feed      string    `json:"feed"`
	State     State     `json:"state"`
	Since     time.Time `json:"since"`
	Problem   string    `json:"problem,omitempty"`
	Watermark time.Time `json:"watermark"`
	Lag       float64   `json:"lag_seconds"`
}

// Health returns that of now.
func (b *Board) Health() Health {
	h := Health{Healthy: true, Feeds: []FeedHealth{}}
	for _, f := range b.Feeds() {
		h.Healthy = h.Healthy && !f.Unhealthy
		h.Feeds = append(h.Feeds, FeedHealth{Vendor: f.ID.Vendor, Tenant: f.ID.Tenant, Feed: f.ID.Feed, State: f.State,
			Since: f.Since.UTC(), Problem: f.Problem, Watermark: f.Watermark.UTC(), Lag: f.Lag.Seconds()})
	}
	return h
}

// ServeHTTP answers with Health as JSON: with 200, or with 503 if a feed is Unhealthy. It is for a
// person or a monitor. It is not for what restarts a process: a restart mends no feed.
func (b *Board) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h := b.Health()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !h.Healthy {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	lines := json.NewEncoder(w)
	lines.SetIndent("", "  ")
	_ = lines.Encode(h) // fails if the one who asked is gone
}
