package tally

import (
	"context"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// sessionKey identifies one side of a transfer. Later states of a transfer have the same key,
// whether they appear during the reading of a list or were stored by a collector.
type sessionKey struct {
	uuid      string
	direction aspera.Direction
	unnamed   int // numbers transfers without a UUID, each of which is a session of its own
}

// lastStates returns the last state of each transfer: the one with the latest time. Of equally late
// states, it returns the last in the list.
func lastStates(ctx context.Context, transfers activity.List[aspera.Transfer]) (map[sessionKey]aspera.Transfer, error) {
	last := map[sessionKey]aspera.Transfer{}
	for t, err := range transfers.All(ctx) {
		if err != nil {
			return nil, err
		}
		t.Raw = nil // frees the memory of the page
		key := sessionKey{uuid: t.UUID, direction: t.Direction}
		if t.UUID == "" {
			key.unnamed = len(last) + 1
		}
		if known, again := last[key]; !again || !latestTime(t).Before(latestTime(known)) {
			last[key] = t
		}
	}
	return last, nil
}

// latestTime returns the latest time of a state. That may be its stop, since a final state may have
// no time of update.
func latestTime(t aspera.Transfer) time.Time {
	return slices.MaxFunc([]time.Time{t.SessionStart, t.SessionStop, t.UpdatedAt}, time.Time.Compare)
}
