package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// snapLogicInOrder adds activities to a fake in this order, whatever their times.
func snapLogicInOrder(rows []snaplogic.Activity) func(*snaplogictest.Server) {
	return func(s *snaplogictest.Server) { s.InsertAt(0, rows...) }
}

func TestSnapLogicOrder(t *testing.T) {
	oldest := snapLogicRows(50)
	slices.Reverse(oldest)
	some := snapLogicRows(50)
	some[10], some[11] = some[11], some[10]
	many := snapLogicRows(50)
	for i := 0; i+1 < 48; i += 4 {
		many[i], many[i+1] = many[i+1], many[i]
	}
	none := snapLogicRows(50)
	for i := range none {
		j := i * 37 % len(none)
		none[i], none[j] = none[j], none[i]
	}
	two := snapLogicRows(2)
	slices.Reverse(two)
	pairs := snapLogicChanged(50, func(i int, a *snaplogic.Activity) { a.CreateTime = snapLogicDay.Add(-time.Duration(i/2) * time.Minute) })
	timeless := snapLogicChanged(50, func(i int, a *snaplogic.Activity) {
		if i >= 40 {
			a.CreateTime = time.Time{}
		}
	})
	testSnapLogic(t, "snaplogic.order", []snapLogicCase{
		{name: "newest first", rows: snapLogicRows(50), want: settled, answer: "the newest comes first, by create_time, without an exception among 50 activities; no two"},
		{name: "pairs", rows: pairs, want: settled, answer: "25 are of the same instant as the one before"},
		{name: "some without a time", rows: timeless, want: settled, answer: "among 40 activities (and 10 without a readable time)"},
		{name: "two", rows: snapLogicRows(2), want: likely, answer: "the newest comes first"},
		{name: "two the other way", fill: snapLogicInOrder(two), want: likely, answer: "the oldest comes first"},
		{name: "oldest first", fill: snapLogicInOrder(oldest), want: settled, answer: "the oldest comes first, by create_time, without an exception among 50"},
		{name: "nearly", fill: snapLogicInOrder(some), want: settled, answer: "not strictly by create_time: of 50 activities, 1 is newer than the one before, by at most 1m;"},
		{name: "no order", fill: snapLogicInOrder(none), want: settled, answer: "not ordered by create_time"},
		{name: "many exceptions", fill: snapLogicInOrder(many), want: settled, answer: "not ordered by create_time: of 50 activities, 37 are older than the one before, 12 are newer"},
		{name: "one", rows: snapLogicRows(1), want: open, answer: "1 activity show no order"},
		{name: "one instant", rows: snapLogicChanged(50, func(_ int, a *snaplogic.Activity) { a.CreateTime = snapLogicDay }), want: open, answer: "show no order"},
		{name: "no times", rows: snapLogicChanged(50, func(_ int, a *snaplogic.Activity) { a.CreateTime = time.Time{} }), want: open, answer: "0 activities (and 50 without"},
		{name: "none", want: open, answer: snapLogicNoRows},
	})
}

func TestSnapLogicTies(t *testing.T) {
	groups := func() []snaplogic.Activity {
		return snapLogicChanged(50, func(i int, a *snaplogic.Activity) { a.CreateTime = snapLogicDay.Add(-time.Duration(i/5) * time.Minute) })
	}
	nameless := groups()
	for i := range nameless {
		nameless[i].ID = ""
	}
	repeated := groups()
	for i := range repeated {
		repeated[i].ID = "secret"
	}
	change := func(f func(*snaplogictest.Server)) func(*snaplogictest.Server) {
		return func(s *snaplogictest.Server) {
			s.OnRequest(func(r snaplogictest.Request) {
				if r.N == 2 {
					f(s)
				}
			})
		}
	}
	testSnapLogic(t, "snaplogic.ties", []snapLogicCase{
		{name: "kept", rows: groups(), want: likely, answer: "they keep their order: 10 groups"},
		{name: "kept on pages of seven", rows: groups(), opts: snapLogicOptions(snaplogictest.WithPageLimit(7)), want: likely, answer: "they keep their order: 2 groups"},
		{name: "another each time", rows: groups(), opts: snapLogicOptions(snaplogictest.WithShuffledTies(1)), want: settled, answer: "they do not keep their order"},
		{
			name: "another by the page", rows: groups(), fill: func(s *snaplogictest.Server) {
				s.OnRequest(func(r snaplogictest.Request) {
					if r.N != 3 { // the page from offset 1 on: the first two change places
						return
					}
					rows := groups()[:2]
					s.Delete(rows[0].ID, rows[1].ID)
					s.InsertAt(0, rows[1], rows[0])
				})
			}, want: settled, answer: "change places from page to page",
		},
		{
			name: "another once", rows: groups(), fill: func(s *snaplogictest.Server) {
				s.OnRequest(func(r snaplogictest.Request) {
					rows := groups()[:2]
					s.Delete(rows[0].ID, rows[1].ID)
					if r.N == 2 {
						slices.Reverse(rows)
					}
					s.InsertAt(0, rows...)
				})
			}, want: settled, answer: "they do not keep their order",
		},
		{name: "no ties", rows: snapLogicRows(50), want: open, answer: "no two of 50 activities"},
		{name: "without ids", rows: nameless, want: open, answer: "no two of 50 activities"},
		{name: "the same ids", rows: repeated, want: open, answer: "no two of 50 activities"},
		{name: "not counted", rows: groups(), opts: snapLogicOptions(snaplogictest.WithoutTotal()), want: open, answer: "or has no total"},
		{name: "offsets are refused", rows: groups(), opts: snapLogicOptions(snaplogictest.WithMaxOffset(0)), want: open, answer: "refused (status 400)"},
		{name: "some vanish", rows: groups(), fill: change(func(s *snaplogictest.Server) { s.Delete(groups()[0].ID) }), want: open, answer: "the list changed"},
		{
			name: "some are exchanged", rows: groups(), fill: change(func(s *snaplogictest.Server) {
				s.Delete(groups()[0].ID)
				s.Add(snaplogic.Activity{ID: "secret", CreateTime: snapLogicDay.Add(-90 * time.Second)})
			}), want: open, answer: "the list changed",
		},
		{name: "one", rows: snapLogicRows(1), want: open, answer: "no two of 1 activity"},
		{name: "none", want: open, answer: snapLogicNoRows},
	})
}

func TestSnapLogicLate(t *testing.T) {
	by := func(n int, late func(i int) time.Duration) []snaplogic.Activity {
		return snapLogicChanged(n, func(i int, a *snaplogic.Activity) {
			a.ID = fmt.Sprintf("%08x%016x", a.CreateTime.Add(late(i)).Unix(), i)
		})
	}
	testSnapLogic(t, "snaplogic.late", []snapLogicCase{
		{name: "at once", rows: snapLogicRows(50), want: likely, answer: "at most 0s after create_time, and at most 0s before it"},
		{name: "ten seconds", rows: by(50, func(i int) time.Duration { return time.Duration(i%11) * time.Second }), want: likely, answer: "at most 10s after"},
		{name: "minutes", rows: by(50, func(i int) time.Duration { return time.Duration(i) * time.Minute }), want: likely, answer: "at most 49m after"},
		{name: "hours", rows: by(50, func(int) time.Duration { return 3 * time.Hour }), want: likely, answer: "at most 3h after"},
		{name: "before", rows: by(50, func(int) time.Duration { return -3 * time.Second }), want: likely, answer: "at most 3s before"},
		{name: "ids without times", rows: snapLogicChanged(50, func(i int, a *snaplogic.Activity) { a.ID = fmt.Sprintf("%024x", i) }), want: open, answer: "no creation times"},
		{name: "other ids", rows: snapLogicChanged(50, func(i int, a *snaplogic.Activity) { a.ID = fmt.Sprint("secret", i) }), want: open, answer: "0 activities of 50"},
		{name: "few", rows: snapLogicRows(9), want: open, answer: "9 activities of 9"},
		{name: "none", want: open, answer: snapLogicNoRows},
	})
}

func TestSnapLogicEvents(t *testing.T) {
	typed := func(types ...string) []snaplogic.Activity {
		return snapLogicChanged(len(types), func(i int, a *snaplogic.Activity) { a.EventType = snaplogic.EventType(types[i]) })
	}
	testSnapLogic(t, "snaplogic.events", []snapLogicCase{
		{name: "known", rows: typed("acl_add", "acl_add", "cluster_idle"), want: likely, answer: "3 activities there are these types with a constant: acl_add (2), cluster_idle (1)"},
		{name: "unknown", rows: typed("acl_add", "api_published", "api_retired"), want: settled, answer: "these without one: api_published (1), api_retired (1)"},
		{name: "only unknown", rows: typed("api_published"), want: settled, answer: "with a constant: none; these without one: api_published (1)"},
		{name: "names that are not shown", rows: typed("acl_add", "secret@tenant", "Secret Person"), want: settled, answer: "without one: 2 others are not shown, since they do not look like words of the service"},
		{name: "some without", rows: typed("acl_add", ""), want: likely, answer: "; 1 activity without a type"},
		{name: "all without", rows: typed("", ""), want: open, answer: "none of 2 activities"},
		{name: "types of another form", rows: []snaplogic.Activity{{Raw: json.RawMessage(`{"event_type":{"secret":1}}`)}}, want: open, answer: "none of 1 activity"},
		{name: "none", want: open, answer: snapLogicNoRows},
	})
}
