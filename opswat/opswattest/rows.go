package opswattest

import (
	"time"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/wire"
	"github.com/activity-sdk/activity/opswat"
)

// Add adds activities, newest first. Activities with equal times stay in the order in which they
// were added, and those without a readable time are last. The fake serves an activity with Raw as
// those bytes, and filters it by what they contain. It encodes any other activity as the service
// does. Add panics if an activity has no JSON form.
//
// Activities may be equal in every field. Raw need not be JSON: for example, it may have a raw tab
// in a string. Filters then use the other fields.
func (s *Server) Add(items ...opswat.Activity) { s.rows.Add(s.rowsOf(items)...) }

// InsertAt inserts activities at index i of all activities, in their order and whatever their
// times. An index below zero is the beginning; one that is too large is the end.
func (s *Server) InsertAt(i int, items ...opswat.Activity) { s.rows.InsertAt(i, s.rowsOf(items)...) }

// DeleteFunc removes the activities for which del returns true and returns their number. It may
// call del more than once for an activity.
func (s *Server) DeleteFunc(del func(opswat.Activity) bool) int {
	return s.rows.DeleteFunc(func(row fake.Row) bool { return del(row.Value.(opswat.Activity)) })
}

// Len returns the number of activities.
func (s *Server) Len() int { return s.rows.Len() }

func (s *Server) rowsOf(items []opswat.Activity) []fake.Row {
	rows := make([]fake.Row, len(items))
	for i, a := range items {
		rows[i] = s.rowOf(a)
	}
	return rows
}

// rowOf returns a row that is filtered by what it serves, or by the fields if that is not JSON.
// Without Raw, the row keeps the Timestamp, since the text is ambiguous in the hour that is
// repeated when a clock is set back.
func (s *Server) rowOf(a opswat.Activity) fake.Row {
	if raw := []byte(a.Raw); len(raw) > 0 {
		var served opswat.Activity
		if served.UnmarshalJSON(raw) == nil {
			served.Timestamp = s.timestampIn(raw)
			a = served
		}
		return fake.Row{Time: a.Timestamp, Raw: raw, Value: a}
	}
	a.Timestamp = a.Timestamp.Truncate(time.Second)
	written := a
	written.Timestamp = s.local(a.Timestamp)
	raw, err := written.MarshalJSON()
	if err != nil {
		panic("opswattest: the activity has no JSON form: " + err.Error())
	}
	return fake.Row{Time: a.Timestamp, Raw: raw, Value: a}
}

// local returns the local time in the fake's zone, as a time in UTC.
func (s *Server) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	_, offset := t.In(s.config.location).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// timestampIn returns the time of a record, read in the fake's zone. It is zero if there is none.
func (s *Server) timestampIn(raw []byte) (at time.Time) {
	r := wire.NewReader(raw)
	_ = r.Object(func(name string) error {
		if name != "timestamp" {
			return r.Skip()
		}
		text, _, err := r.Text()
		at, _ = wire.ParseTime(text, s.config.location)
		return err
	})
	return at
}
