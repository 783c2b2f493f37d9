package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/aspera"
)

func (a *asperaAccount) askStart(ctx context.Context, s *service) finding {
	return a.askBound(ctx, s, startBound)
}

func (a *asperaAccount) askStop(ctx context.Context, s *service) finding {
	return a.askBound(ctx, s, stopBound)
}

// asperaBound is start_time or stop_time.
type asperaBound struct {
	name  string
	isEnd bool // of the span
}

var (
	startBound = asperaBound{"start_time", false}
	stopBound  = asperaBound{"stop_time", true}
)

// sessionTimes are the times of a transfer that a bound may mean, in order.
type sessionTimes struct {
	names []string
	at    []time.Time
}

// leastGap lets a bound of whole seconds lie at least a second from the times on either side.
const leastGap = 4 * time.Second

// timed is a transfer with its times.
type timed struct {
	aspera.Transfer
	sessionTimes
}

// width is the time from the first to the last.
func (t timed) width() time.Duration { return t.at[len(t.at)-1].Sub(t.at[0]) }

// finer counts the times that are finer than what the SDK sends.
func (t timed) finer() (n int) {
	for _, at := range t.at {
		if !at.Equal(at.Truncate(time.Millisecond)) {
			n++
		}
	}
	return n
}

// timed returns the transfer of the sample that bounds tell the most about: one of which all times
// lie apart, then one whose times the SDK can send, then a short one, about which few others are.
func (a *asperaAccount) timed() (best timed, ok bool) {
	states := map[string]int{}
	identity := func(t aspera.Transfer) string {
		return t.UUID + string(t.Direction) + t.SessionStart.String()
	}
	for _, t := range a.sample.Items {
		states[identity(t)]++
	}
	var found []timed
	for _, t := range a.sample.Items {
		if t.UUID == "" || states[identity(t)] > 1 || t.SessionStart.IsZero() || t.SessionStop.Sub(t.SessionStart) < leastGap {
			continue
		}
		one := timed{t, sessionTimes{[]string{"session start", "session stop"}, []time.Time{t.SessionStart, t.SessionStop}}}
		if t.UpdatedAt.Sub(t.SessionStop) >= leastGap {
			one.names, one.at = append(one.names, "update"), append(one.at, t.UpdatedAt)
		}
		odd := !t.UpdatedAt.IsZero() && t.UpdatedAt.Before(t.SessionStop)
		if !odd && one.width() <= 24*time.Hour && time.Since(one.at[len(one.at)-1]) >= 10*time.Minute {
			found = append(found, one)
		}
	}
	if len(found) == 0 {
		return timed{}, false
	}
	return slices.MinFunc(found, func(x, y timed) int {
		return cmp.Or(len(y.at)-len(x.at), x.finer()-y.finer(), cmp.Compare(x.width(), y.width()))
	}), true
}

// transferPresence is whether a transfer comes for a bound.
type transferPresence struct {
	known, present bool
	why            string // it is not known
}

// askBound finds out which time of a transfer a bound means, and then asks for a bound of that very
// time.
func (a *asperaAccount) askBound(ctx context.Context, s *service, b asperaBound) finding {
	t, ok := a.timed()
	if !ok {
		return leavesOpen("no transfer of the sample is over, and has a start and a stop that are 4 seconds apart")
	}
	// Which time it is: a bound between two times parts those before from those after.
	meant, lacked := len(t.at)-1, false
	for i := range len(t.at) - 1 {
		between := t.at[i].Add(t.at[i+1].Sub(t.at[i]) / 2).Truncate(time.Second)
		got := a.comes(ctx, s, b, t, between)
		if !got.known {
			return leavesOpen(got.why)
		}
		lacked = lacked || !got.present
		if got.present == b.isEnd {
			meant = i
			break
		}
	}
	return a.askExact(ctx, s, b, t, meant, lacked)
}

// askExact asks for a bound of the time that is meant, and for one that is as little beside it as
// can be. lacked reports whether some bound kept the transfer out; otherwise the service may ignore
// the parameter.
func (a *asperaAccount) askExact(ctx context.Context, s *service, b asperaBound, t timed, meant int, lacked bool) finding {
	at, name := t.at[meant], t.names[meant]
	if meant == 1 && len(t.at) == 2 && !t.UpdatedAt.IsZero() {
		name = "session stop or the update, which are too near to each other to tell"
	}
	unit := time.Millisecond
	if !at.Equal(at.Truncate(unit)) {
		unit = time.Nanosecond
	}
	follows := "The SDK says that it is the session's start, which is right."
	if meant != 0 {
		follows = "The SDK says that it is the session's start, which is wrong: a span may have transfers that began outside it. Please share the report."
	}
	partly := func(why string) finding {
		if !lacked {
			return leavesOpen(fmt.Sprintf("the transfer comes for every %s that was asked for, also within its session; %s", b.name, why))
		}
		return suggests(fmt.Sprintf("%s is compared with the %s; whether that very instant is included was not seen: %s", b.name, name, why), follows)
	}
	exact := a.comes(ctx, s, b, t, at)
	if !exact.known {
		return partly(exact.why)
	}
	beside := at.Add(unit)
	if exact.present == b.isEnd { // further in is before a stop, and further out before a start
		beside = at.Add(-unit)
	}
	control := a.comes(ctx, s, b, t, beside)
	switch {
	case !control.known:
		return partly(control.why)
	case control.present == exact.present && exact.present:
		return partly(fmt.Sprintf("a bound %s further in makes no difference, so that the service compares more coarsely or with a time near by", unitText(unit)))
	case control.present == exact.present:
		return leavesOpen(fmt.Sprintf("the transfer comes neither for a bound of its %s nor for one %s further out", t.names[meant], unitText(unit)))
	case exact.present:
		return settles(fmt.Sprintf("%s is compared with the %s, and that very instant is included", b.name, name),
			follows+" Feeds and Windows ask for a millisecond more, which repeats transfers of the bound and loses none.")
	default:
		return settles(fmt.Sprintf("%s is compared with the %s, and that very instant is not included", b.name, name),
			follows+" Feeds and Windows ask for a millisecond more, which is needed.")
	}
}

// unitText names a unit.
func unitText(unit time.Duration) string {
	if unit == time.Millisecond {
		return "a millisecond"
	}
	return "a nanosecond"
}

// comes asks for the transfers of a span with this bound, whose other bound is far enough from all
// times of the transfer.
func (a *asperaAccount) comes(ctx context.Context, s *service, b asperaBound, t timed, bound time.Time) transferPresence {
	const aside = 6 * time.Minute // more than the shortest span
	start, stop := bound, t.at[len(t.at)-1].Add(aside).Truncate(time.Second)
	if b.isEnd {
		start, stop = t.at[0].Add(-aside).Truncate(time.Second), bound
	}
	query := url.Values{"start_time": {boundText(start)}, "stop_time": {boundText(stop)}, "limit": {strconv.Itoa(sampleRows)}}
	page := a.transfers(ctx, s, aspera.TransferQuery{}, new(query.Encode()))
	if !page.answered() {
		return transferPresence{why: "transfers: " + page.failure()}
	}
	for _, got := range page.Items {
		if got.UUID == t.UUID && got.Direction == t.Direction && got.SessionStart.Equal(t.SessionStart) {
			return transferPresence{known: true, present: true}
		}
	}
	if page.more() {
		return transferPresence{why: "there are too many transfers at that time for one page"}
	}
	return transferPresence{known: true}
}

// boundText writes a bound as exactly as it is.
func boundText(t time.Time) string {
	layout := "2006-01-02T15:04:05Z"
	switch {
	case !t.Equal(t.Truncate(time.Millisecond)):
		layout = "2006-01-02T15:04:05.000000000Z"
	case t.Nanosecond() != 0:
		layout = "2006-01-02T15:04:05.000Z"
	}
	return t.UTC().Format(layout)
}
