package activityreceiver

import (
	"errors"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"

	"github.com/activity-sdk/activity"
)

// health reports the receiver's status. While somebody has to fix something, it is an error: a
// recoverable one if the fix needs no restart of the collector, or else a permanent one.
type health struct {
	host component.Host

	mu        sync.Mutex
	failing   map[string]error // by source
	permanent bool
}

func newHealth(host component.Host) *health {
	return &health{host: host, failing: map[string]error{}}
}

// failed records the failure of a source.
func (h *health) failed(source string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failing[source] = err
	switch {
	case h.permanent: // the collector does not allow a component to leave that status
	case needsConfiguration(err):
		h.permanent = true
		componentstatus.ReportStatus(h.host, componentstatus.NewPermanentErrorEvent(err))
	default:
		componentstatus.ReportStatus(h.host, componentstatus.NewRecoverableErrorEvent(err))
	}
}

// recovered records that a source is read again.
func (h *health) recovered(source string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, failed := h.failing[source]; !failed {
		return
	}
	delete(h.failing, source)
	if len(h.failing) == 0 && !h.permanent {
		componentstatus.ReportStatus(h.host, componentstatus.NewEvent(componentstatus.StatusOK))
	}
}

// needsConfiguration reports whether the failure can only be fixed in the configuration or the
// storage. An error that a service returned may be fixed at the service.
func needsConfiguration(err error) bool {
	e, ok := errors.AsType[*activity.Error](err)
	if !ok || e.StatusCode != 0 {
		return false
	}
	for _, kind := range []error{activity.ErrInvalid, activity.ErrCheckpointMismatch, activity.ErrInsecureURL, activity.ErrForeignOrigin} {
		if errors.Is(e.Kind, kind) {
			return true
		}
	}
	return false
}
