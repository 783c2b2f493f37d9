package aspera

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
)

// side is one side of a session. A checkpoint refers to unfinished transfers by it.
type side struct {
	uuid      string
	start     string // of the session, in milliseconds; "" if it is not known
	direction Direction
}

// sideOf returns the side that a transfer is.
func sideOf(t Transfer) side {
	s := side{uuid: t.UUID, direction: t.Direction}
	if !t.SessionStart.IsZero() {
		s.start = strconv.FormatInt(t.SessionStart.UnixMilli(), startBase)
	}
	return s
}

// startBase is the base in which a reference has the start of a session. It is the largest one, so
// that references are short: a checkpoint has little room for them.
const startBase = 36

// reference returns what a checkpoint contains.
func (s side) reference() string { return s.uuid + " " + s.start + " " + string(s.direction) }

// parseReference is the inverse of reference.
func parseReference(ref string) side {
	uuid, rest, _ := strings.Cut(ref, " ")
	start, direction, _ := strings.Cut(rest, " ")
	return side{uuid, start, Direction(direction)}
}

// is reports whether a transfer is this side. A start that is not known may be any.
func (s side) is(t Transfer) bool {
	other := sideOf(t)
	if s.start == "" || other.start == "" {
		other.start = s.start
	}
	return s == other
}

// began returns the start of the session, in whole milliseconds.
func (s side) began() (at time.Time, known bool) {
	ms, err := strconv.ParseInt(s.start, startBase, 64)
	return time.UnixMilli(ms), err == nil
}

// findInList looks for a side on the first page of the transfers that began in the five minutes up
// to its start. The latest session most likely comes first on it (probe: aspera.order).
func (f *transferFeed) findInList(ctx context.Context, s side) (found []Transfer, err error) {
	began, known := s.began()
	if !known {
		return nil, f.resource.api.Fail(getTransfer, activity.ErrMalformed,
			"the service returns the other side of the session, and without a start no list can be asked for this one")
	}
	page, err := f.List(began, began.Add(precision)).Page(ctx, "")
	if errors.Is(err, activity.ErrNotFound) {
		return nil, asRoundFailure(err)
	}
	if err != nil {
		return nil, err
	}
	for _, t := range page.Items {
		if s.is(t) {
			return []Transfer{t}, nil
		}
	}
	if page.Next != "" {
		return nil, f.resource.api.Fail(getTransfer, activity.ErrInvalid,
			"the service returns the other side of the session, and this one is not on the first page of those that began with it: set a larger PageSize")
	}
	f.Info.Logger.LogAttrs(ctx, slog.LevelWarn, "an unfinished transfer is not listed any more, and its UUID returns the other side: it is not read again",
		slog.String("feed", f.Info.Name), slog.String("uuid", s.uuid), slog.String("direction", string(s.direction)))
	return nil, nil
}
