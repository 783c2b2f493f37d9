package status

import (
	"encoding/json"
	"net/http"
	"time"
)

// Health is the answer of /healthz.
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

// Health returns the current health.
func (b *Board) Health() Health {
	h := Health{Healthy: true, Feeds: []FeedHealth{}}
	for _, f := range b.Feeds() {
		h.Healthy = h.Healthy && !f.Unhealthy
		h.Feeds = append(h.Feeds, FeedHealth{Vendor: f.ID.Vendor, Tenant: f.ID.Tenant, Feed: f.ID.Feed, State: f.State,
			Since: f.Since.UTC(), Problem: f.Problem, Watermark: f.Watermark.UTC(), Lag: f.Lag.Seconds()})
	}
	return h
}

// ServeHTTP answers with Health as JSON. The status is 200, or 503 if a feed is Unhealthy. It is
// meant for people and monitors, not for restarting the process: a restart does not fix a feed.
func (b *Board) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h := b.Health()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !h.Healthy {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	lines := json.NewEncoder(w)
	lines.SetIndent("", "  ")
	_ = lines.Encode(h) // fails if the client is gone
}
