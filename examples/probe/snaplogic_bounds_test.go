package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// boundCase is a list of thirty activities, whose bound is settled.
func boundCase(name, answer string, opts ...snaplogictest.Option) snapLogicCase {
	return snapLogicCase{name: name, rows: snapLogicRows(30), opts: opts, want: settled, answer: answer}
}

func TestSnapLogicStart(t *testing.T) {
	testSnapLogic(t, "snaplogic.start", append(snapLogicBounds("start", 1),
		boundCase("inclusive", "start includes its own millisecond"),
		boundCase("exclusive", "start leaves out its own millisecond", snaplogictest.WithExclusiveBounds()),
		boundCase("both bounds inclusive", "start includes its own millisecond", snaplogictest.WithInclusiveEnd()),
	))
}

func TestSnapLogicEnd(t *testing.T) {
	testSnapLogic(t, "snaplogic.end", append(snapLogicBounds("end", -1),
		boundCase("exclusive", "end leaves out its own millisecond"),
		boundCase("inclusive", "end includes its own millisecond", snaplogictest.WithInclusiveEnd()),
		boundCase("start exclusive", "end leaves out its own millisecond", snaplogictest.WithExclusiveBounds()),
	))
}

// snapLogicBounds are the cases for both bounds.
func snapLogicBounds(bound string, inwards int64) []snapLogicCase {
	three := snapLogicChanged(6, func(i int, a *snaplogic.Activity) { a.CreateTime = snapLogicDay.Add(-time.Duration(i/3) * time.Minute) })
	fine := snapLogicChanged(30, func(_ int, a *snaplogic.Activity) { a.CreateTime = a.CreateTime.Add(500 * time.Microsecond) })
	crowd := snapLogicChanged(1500, func(_ int, a *snaplogic.Activity) { a.CreateTime = snapLogicDay })
	mixed := snapLogicRows(30)
	mixed = append(mixed, snapLogicChanged(500, func(i int, a *snaplogic.Activity) {
		a.ID, a.CreateTime = fmt.Sprint("crowd", i), snapLogicDay.Add(-time.Duration(i)*100*time.Microsecond)
	})...)
	return []snapLogicCase{
		{name: "three of one instant", rows: three, want: settled, answer: "3 activities of that time"},
		{name: "times finer than a millisecond", rows: fine, want: open, answer: "none of 30 activities has a time of whole milliseconds"},
		{name: "a crowd", rows: crowd, want: settled, answer: "1000 activities of that time"},
		{name: "a crowd in another order each time", rows: crowd, opts: snapLogicOptions(snaplogictest.WithShuffledTies(1)), want: open, answer: "did not show all"},
		{name: "a crowd that is not counted", rows: crowd, opts: snapLogicOptions(snaplogictest.WithShuffledTies(1), snaplogictest.WithoutTotal()),
			want: open, answer: "did not show all"},
		{name: "what is young comes too", rows: snapLogicRows(30), want: open, answer: snapLogicNoRows,
			faults: snapLogicReplaced(func(r snaplogictest.Request) bool { return r.N == 1 }, snaplogictest.Fault{Body: strings.ReplaceAll(snapLogicFirst,
				snapLogicDay.Format(time.RFC3339Nano), time.Now().UTC().Format("2006-01-02T15:04:05.000Z"))})},
		{name: "a crowd beside others", rows: mixed, want: settled, answer: "own millisecond"},
		{name: "pages of one", rows: snapLogicRows(30), opts: snapLogicOptions(snaplogictest.WithPageLimit(1)), want: settled, answer: "own millisecond"},
		{name: "pages of one without a total", rows: snapLogicRows(30), opts: snapLogicOptions(snaplogictest.WithPageLimit(1), snaplogictest.WithoutTotal()),
			want: settled, answer: "own millisecond"},
		{
			name: "rounded to more", rows: snapLogicRows(30), fill: snapLogicRounding(bound, -inwards),
			want: settled, answer: bound + " is coarser than a millisecond: it listed",
		},
		{
			name: "rounded to less", rows: snapLogicRows(30), fill: snapLogicRounding(bound, inwards),
			want: settled, answer: bound + " is coarser than a millisecond: it left out",
		},
		{
			name: "ignored", rows: snapLogicRows(1), faults: snapLogicReplaced(func(r snaplogictest.Request) bool { return r.N > 1 }, snaplogictest.Fault{Body: snapLogicFirst}),
			want: settled, answer: bound + " does not bound the list",
		},
		{
			name: "the activity vanishes", rows: snapLogicRows(30), fill: func(s *snaplogictest.Server) {
				s.OnRequest(func(r snaplogictest.Request) {
					if r.N == 2 {
						s.DeleteFunc(func(snaplogic.Activity) bool { return true })
					}
				})
			}, want: open, answer: "it vanished",
		},
		{
			name: "it fails in the middle", rows: snapLogicRows(30),
			faults: snapLogicReplaced(func(r snaplogictest.Request) bool { return r.N == 3 }, snaplogictest.Fault{Status: 503}),
			want:   open, answer: "the service fails (status 503)",
		},
	}
}

// snapLogicFirst is an answer with the first of snapLogicRows.
var snapLogicFirst = func() string {
	raw, _ := snapLogicRows(1)[0].MarshalJSON()
	return `{"response_map":{"total":1,"offset":0,"limit":1000,"entries":[` + string(raw) + `]},"http_status_code":200}`
}()

// snapLogicRounding makes a fake round a bound to seconds. It does so by moving the rows before
// each request.
func snapLogicRounding(bound string, direction int64) func(*snaplogictest.Server) {
	return func(s *snaplogictest.Server) {
		rows := snapLogicRows(30)
		s.OnRequest(func(r snaplogictest.Request) {
			ms, err := strconv.ParseInt(r.Query().Get(bound), 10, 64)
			if err != nil || r.N == 1 {
				return
			}
			rounded := ms / 1000 * 1000
			if direction > 0 {
				rounded = (ms + 999) / 1000 * 1000
			}
			s.DeleteFunc(func(snaplogic.Activity) bool { return true })
			for _, a := range rows {
				kept := a.CreateTime.UnixMilli() >= rounded
				if bound == "end" {
					kept = a.CreateTime.UnixMilli() < rounded
				}
				if kept {
					// The row must be between the bounds as they were sent.
					start, _ := strconv.ParseInt(r.Query().Get("start"), 10, 64)
					end, _ := strconv.ParseInt(r.Query().Get("end"), 10, 64)
					at := min(max(a.CreateTime.UnixMilli(), start), end-1)
					if d := at - a.CreateTime.UnixMilli(); d < 1000 && d > -1000 {
						a.CreateTime = time.UnixMilli(at)
						s.Add(a)
					}
				}
			}
		})
	}
}
