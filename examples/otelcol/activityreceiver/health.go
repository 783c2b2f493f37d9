package activityreceiver

import (
	"errors"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"

	"github.com/activity-sdk/activity"
)

// health reports the receiver's status: an error while a person has to mend something, which is a
// recoverable one if that needs no new start of the collector.
type health struct {
	host component.Host

	mu        sync.Mutex
	failing   map[string]error // by source
	permanent bool
}

func newHealth(host component.Host) *health {
	return &health{host: host, failing: map[string]error{}}
}

// failed takes note of what ended a source.
func (h *health) failed(source string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failing[source] = err
	switch {
	case h.permanent: // a status that the collector lets nobody leave
	case needsConfiguration(err):
		h.permanent = true
		componentstatus.ReportStatus(h.host, componentstatus.NewPermanentErrorEvent(err))
	default:
		componentstatus.ReportStatus(h.host, componentstatus.NewRecoverableErrorEvent(err))
	}
}

// recovered takes note that a source is read.
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

// needsConfiguration reports whether a failure is one that only another configuration or storage
// mends. What a service refuses may be mended there.
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
