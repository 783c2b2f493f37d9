package recipes

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
)

// RecentActivities returns a handler that answers GET /projects/{id}/activities with the last 50
// activities of the project, newest first. Use it to show them on a page of your own. The cause of
// an error is logged; the response does not contain it.
func RecentActivities(client *sdelements.Client, logger *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /projects/{id}/activities", func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
		if err != nil {
			http.Error(w, "the id is not a number", http.StatusBadRequest)
			return
		}
		page, err := client.ProjectActivities(id, sdelements.ActivityQuery{PageSize: 50}).Page(r.Context(), "")
		if err != nil {
			logger.ErrorContext(r.Context(), "reading activities failed", "cause", err)
			writeError(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(page.Items) // fails if the client has disconnected
	})
	return mux
}

// writeError answers with the status that fits err, and never with the text of the service.
func writeError(w http.ResponseWriter, err error) {
	switch failure, _ := errors.AsType[*activity.Error](err); {
	case errors.Is(err, activity.ErrNotFound), errors.Is(err, activity.ErrForbidden):
		http.Error(w, "no such project", http.StatusNotFound)
	case errors.Is(err, activity.ErrInvalid):
		http.Error(w, "no such id", http.StatusBadRequest)
	case failure != nil && failure.Temporary():
		if failure.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(failure.RetryAfter.Seconds())+1))
		}
		http.Error(w, "try again later", http.StatusServiceUnavailable)
	default:
		http.Error(w, "the activities cannot be read", http.StatusBadGateway)
	}
}
