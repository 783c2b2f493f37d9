package opswattest

import (
	"time"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/wire"
	"github.com/activity-sdk/activity/opswat"
)

// Add puts activities in their places, newest first. One with Raw is served as those bytes, and
// found by what they say; any other is served in the vendor's form. One whose time cannot be read
// goes last. It panics on an activity that has no JSON form.
//
// Several activities may be alike in every field: all are served. Raw need not be JSON, such as one
// with a raw tab in a string: then the other fields are what it is found by.
func (s *Server) Add(items ...opswat.Activity) { s.rows.Add(s.rowsOf(items)...) }

// InsertAt puts activities, in their order and whatever their times, before the one at index i of
// all that the fake holds. An index below zero is the beginning, one beyond them the end.
func (s *Server) InsertAt(i int, items ...opswat.Activity) { s.rows.InsertAt(i, s.rowsOf(items)...) }

// DeleteFunc removes the activities for which gone is true and returns how many they were. gone may
// be asked about one more than once.
func (s *Server) DeleteFunc(gone func(opswat.Activity) bool) int {
	return s.rows.DeleteFunc(func(row fake.Row) bool { return gone(row.Value.(opswat.Activity)) })
}

// Len returns how many activities the fake holds.
func (s *Server) Len() int { return s.rows.Len() }

func (s *Server) rowsOf(items []opswat.Activity) []fake.Row {
	rows := make([]fake.Row, len(items))
	for i, a := range items {
		rows[i] = s.rowOf(a)
	}
	return rows
}

// rowOf makes a row. What is served decides what it is found by. Bytes that are not JSON say
// nothing; then the fields count. Without Raw the row keeps the Timestamp, since a text cannot tell
// the two instants apart that a clock shows alike when it is set back.
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

// local returns what a clock of the fake's zone shows, as a time in UTC.
func (s *Server) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	_, offset := t.In(s.config.location).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// timestampIn reads the time of a record in the fake's zone; zero if there is none.
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
