package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity/aspera"
)

func (a *asperaProbe) askStart(ctx context.Context, s *service) finding {
	return a.askBound(ctx, s, startBound)
}

func (a *asperaProbe) askStop(ctx context.Context, s *service) finding {
	return a.askBound(ctx, s, stopBound)
}

// asperaBound is start_time or stop_time.
type asperaBound struct {
	name  string
	isEnd bool
}

var (
	startBound = asperaBound{"start_time", false}
	stopBound  = asperaBound{"stop_time", true}
)

// sessionTimes are the times of a transfer that a bound may be compared with, in order.
type sessionTimes struct {
	names []string
	at    []time.Time
}

// minGap leaves at least a second between a bound of whole seconds and the times around it.
const minGap = 4 * time.Second

// timedTransfer is a transfer with its times.
type timedTransfer struct {
	aspera.Transfer
	sessionTimes
}

// width returns the time from the first to the last.
func (t timedTransfer) width() time.Duration { return t.at[len(t.at)-1].Sub(t.at[0]) }

// subMillisecond returns how many times are finer than the milliseconds that the SDK sends.
func (t timedTransfer) subMillisecond() (n int) {
	for _, at := range t.at {
		if !at.Equal(at.Truncate(time.Millisecond)) {
			n++
		}
	}
	return n
}

// referenceTransfer returns the transfer of the sample to test bounds with. It prefers one whose
// times are all apart, then one whose times the SDK can send, then a short one, around which there
// are few others.
func (a *asperaProbe) referenceTransfer() (best timedTransfer, ok bool) {
	states := map[string]int{}
	identity := func(t aspera.Transfer) string {
		return t.UUID + string(t.Direction) + t.SessionStart.String()
	}
	for _, t := range a.sample.Items {
		states[identity(t)]++
	}
	var found []timedTransfer
	for _, t := range a.sample.Items {
		if t.UUID == "" || states[identity(t)] > 1 || t.SessionStart.IsZero() || t.SessionStop.Sub(t.SessionStart) < minGap {
			continue
		}
		one := timedTransfer{t, sessionTimes{[]string{"session start", "session stop"}, []time.Time{t.SessionStart, t.SessionStop}}}
		if t.UpdatedAt.Sub(t.SessionStop) >= minGap {
			one.names, one.at = append(one.names, "update"), append(one.at, t.UpdatedAt)
		}
		inconsistent := !t.UpdatedAt.IsZero() && t.UpdatedAt.Before(t.SessionStop)
		if !inconsistent && one.width() <= 24*time.Hour && time.Since(one.at[len(one.at)-1]) >= 10*time.Minute {
			found = append(found, one)
		}
	}
	if len(found) == 0 {
		return timedTransfer{}, false
	}
	return slices.MinFunc(found, func(x, y timedTransfer) int {
		return cmp.Or(len(y.at)-len(x.at), x.subMillisecond()-y.subMillisecond(), cmp.Compare(x.width(), y.width()))
	}), true
}

// transferPresence reports whether a transfer is listed within bounds.
type transferPresence struct {
	known, present bool
	why            string // why it is not known
}

// askBound finds which time of a transfer a bound is compared with, and then tests that very
// instant.
func (a *asperaProbe) askBound(ctx context.Context, s *service, b asperaBound) finding {
	t, ok := a.referenceTransfer()
	if !ok {
		return leavesOpen("no transfer of the sample is over and has a start and a stop that are 4 seconds apart")
	}
	// First, which time is meant: a bound between two times separates them.
	meant, lacked := len(t.at)-1, false
	for i := range len(t.at) - 1 {
		between := t.at[i].Add(t.at[i+1].Sub(t.at[i]) / 2).Truncate(time.Second)
		got := a.listedWithin(ctx, s, b, t, between)
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

// askExact tests a bound at the time it is compared with, and one as close to it as possible.
// lacked reports whether any bound left the transfer out. If not, the service may ignore the
// parameter.
func (a *asperaProbe) askExact(ctx context.Context, s *service, b asperaBound, t timedTransfer, meant int, lacked bool) finding {
	at, name := t.at[meant], t.names[meant]
	if meant == 1 && len(t.at) == 2 && !t.UpdatedAt.IsZero() {
		name = "session stop or the update, which are too close to distinguish"
	}
	unit := time.Millisecond
	if !at.Equal(at.Truncate(unit)) {
		unit = time.Nanosecond
	}
	follows := "The SDK assumes the session's start. That is right."
	if meant != 0 {
		follows = "The SDK assumes the session's start. That is wrong: a span may have transfers that began outside it. Please share the report."
	}
	partly := func(why string) finding {
		if !lacked {
			return leavesOpen(fmt.Sprintf("the transfer is listed for every %s, even within its session; %s", b.name, why))
		}
		return suggests(fmt.Sprintf("%s is compared with the %s; whether that very instant is included is open: %s", b.name, name, why), follows)
	}
	exact := a.listedWithin(ctx, s, b, t, at)
	if !exact.known {
		return partly(exact.why)
	}
	beside := at.Add(unit)
	if exact.present == b.isEnd { // inward of a stop, and outward of a start
		beside = at.Add(-unit)
	}
	control := a.listedWithin(ctx, s, b, t, beside)
	switch {
	case !control.known:
		return partly(control.why)
	case control.present == exact.present && exact.present:
		return partly(fmt.Sprintf("a bound %s further in makes no difference, so that the service compares coarsely or with another time close by", unitText(unit)))
	case control.present == exact.present:
		return leavesOpen(fmt.Sprintf("the transfer is listed neither for a bound at its %s nor for one %s further out", t.names[meant], unitText(unit)))
	case exact.present:
		return settles(fmt.Sprintf("%s is compared with the %s, and that very instant is included", b.name, name),
			follows+" Feeds and Windows ask for a millisecond more, which may repeat a transfer and loses none.")
	default:
		return settles(fmt.Sprintf("%s is compared with the %s, and that very instant is not included", b.name, name),
			follows+" Feeds and Windows ask for a millisecond more, which is necessary.")
	}
}

// unitText returns a unit in words.
func unitText(unit time.Duration) string {
	if unit == time.Millisecond {
		return "a millisecond"
	}
	return "a nanosecond"
}

// listedWithin requests the transfers of a span with this bound. The other bound is far from all
// times of the transfer.
func (a *asperaProbe) listedWithin(ctx context.Context, s *service, b asperaBound, t timedTransfer, bound time.Time) transferPresence {
	const aside = 6 * time.Minute // longer than the shortest span
	start, stop := bound, t.at[len(t.at)-1].Add(aside).Truncate(time.Second)
	if b.isEnd {
		start, stop = t.at[0].Add(-aside).Truncate(time.Second), bound
	}
	query := url.Values{"start_time": {formatBound(start)}, "stop_time": {formatBound(stop)}, "limit": {strconv.Itoa(sampleRows)}}
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

// formatBound returns a bound with all its digits.
func formatBound(t time.Time) string {
	layout := "2006-01-02T15:04:05Z"
	switch {
	case !t.Equal(t.Truncate(time.Millisecond)):
		layout = "2006-01-02T15:04:05.000000000Z"
	case t.Nanosecond() != 0:
		layout = "2006-01-02T15:04:05.000Z"
	}
	return t.UTC().Format(layout)
}

// asperaSpans are just below and above the limits in the manual of aspera-cli.
var asperaSpans = []struct {
	text  string
	begin func(end time.Time) time.Time
}{

	{"4 minutes", func(end time.Time) time.Time { return end.Add(-4 * time.Minute) }},
	{"5 minutes", func(end time.Time) time.Time { return end.Add(-5 * time.Minute) }},
	{"6 months", func(end time.Time) time.Time { return end.AddDate(0, -6, 0) }},
	{"7 months", func(end time.Time) time.Time { return end.AddDate(0, -7, 0) }},
}

// askWindow requests spans of several lengths.
func (a *asperaProbe) askWindow(ctx context.Context, s *service) finding {
	end := time.Now().UTC().Truncate(time.Second)
	var results []string
	accepted, refused := map[string]bool{}, map[string]bool{}
	for _, asked := range asperaSpans {
		begin := asked.begin(end)
		page := a.transfers(ctx, s, aspera.TransferQuery{Start: begin, Stop: end, PageSize: 1}, nil)
		result := page.failure()
		switch {
		case page.answered():
			result = "accepted"
			if echoed, ok := echoedSpan(page.body); ok && (echoed-end.Sub(begin)).Abs() > time.Minute {
				result = "accepted, but answered for " + formatDuration(echoed)
				refused[asked.text] = true
				break
			}
			accepted[asked.text] = true
		case page.status == http.StatusBadRequest || page.status == http.StatusUnprocessableEntity:
			result = fmt.Sprintf("refused (status %d)", page.status)
			refused[asked.text] = true
		}
		length := ""
		if days := int(end.Sub(begin).Hours() / 24); days > 0 {
			length = fmt.Sprintf(" (%d days)", days)
		}
		results = append(results, asked.text+length+": "+result)
	}
	answer := strings.Join(results, "; ")
	follows := ""
	switch {
	case refused["5 minutes"]:
		follows = "Feeds ask for at least 5 minutes, which is too short. Please share the report."
	case refused["6 months"] && a.sample.answered() && !a.start.IsZero():
		follows = "Split longer spans with Windows into less than 6 months. The 90 days of a feed work."
	case refused["6 months"]:
		follows = "Split longer spans with Windows into less than 6 months."
	case accepted["4 minutes"] && accepted["7 months"]:
		follows = "Spans of up to 7 months need no Windows. A feed would not need its minimum of 5 minutes."
	case accepted["7 months"]:
		follows = "Spans of up to 7 months need no Windows."
	case accepted["6 months"]:
		follows = "Split spans of more than 6 months with Windows. The 90 days of a feed work."
	}
	switch n := len(accepted) + len(refused); {
	case len(accepted) == 0:
		return leavesOpen("the service accepts none of the spans: " + answer)
	case n == len(asperaSpans):
		return settles(answer, follows)
	default:
		return suggests(answer, follows)
	}
}

// echoedSpan returns the span that an answer reports.
func echoedSpan(body []byte) (time.Duration, bool) {
	var of struct {
		Start time.Time `json:"start_time"`
		Stop  time.Time `json:"stop_time"`
	}
	if json.Unmarshal(body, &of) != nil || of.Start.IsZero() || of.Stop.IsZero() {
		return 0, false
	}
	return of.Stop.Sub(of.Start), true
}
