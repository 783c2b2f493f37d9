package tally

import (
	"context"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// session tells one side of a transfer from all others. A transfer that changes while the list is
// read comes again under the same, and so do the states in which a collector saw it.
type session struct {
	uuid      string
	direction aspera.Direction
	unnamed   int // counts those without a UUID, which are never states of one another
}

// lastStates reads transfers and returns the last state of each: the one that was updated last, and
// of equal ones the one that comes last in the list.
func lastStates(ctx context.Context, transfers activity.List[aspera.Transfer]) (map[session]aspera.Transfer, error) {
	last := map[session]aspera.Transfer{}
	for t, err := range transfers.All(ctx) {
		if err != nil {
			return nil, err
		}
		t.Raw = nil // or the whole page stays
		key := session{uuid: t.UUID, direction: t.Direction}
		if t.UUID == "" {
			key.unnamed = len(last) + 1
		}
		if known, again := last[key]; !again || !t.UpdatedAt.Before(known.UpdatedAt) {
			last[key] = t
		}
	}
	return last, nil
}
