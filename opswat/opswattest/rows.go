package opswattest

import (
	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/opswat"
)

// Add puts activities in their places, newest first. One with Raw is served as those bytes, and found by what they say; any other is
// served in the vendor's form. One whose time cannot be read goes last. It panics on an activity that has no JSON form.
func (s *Server) Add(items ...opswat.Activity) { s.rows.Add(rowsOf(items)...) }

// InsertAt puts activities, in their order and whatever their times, before the one at index i of all that the fake holds. An index
// below zero is the beginning, one beyond them the end.
func (s *Server) InsertAt(i int, items ...opswat.Activity) { s.rows.InsertAt(i, rowsOf(items)...) }

// DeleteFunc removes the activities for which gone is true and returns how many they were. gone may be asked about one more than once.
func (s *Server) DeleteFunc(gone func(opswat.Activity) bool) int {
	return s.rows.DeleteFunc(func(row fake.Row) bool { return gone(row.Value.(opswat.Activity)) })
}

// Len returns how many activities the fake holds.
func (s *Server) Len() int { return s.rows.Len() }

func rowsOf(items []opswat.Activity) []fake.Row {
	rows := make([]fake.Row, len(items))
	for i, a := range items {
		rows[i] = rowOf(a)
	}
	return rows
}

func rowOf(a opswat.Activity) fake.Row {
	raw := []byte(a.Raw)
	if len(raw) == 0 {
		var err error
		if raw, err = a.MarshalJSON(); err != nil {
			panic("opswattest: the activity has no JSON form: " + err.Error())
		}
	}
	// What is served decides what it is found by. Bytes that are not JSON, which no client can read, say nothing.
	var served opswat.Activity
	if err := served.UnmarshalJSON(raw); err != nil {
		served = a
	}
	return fake.Row{Time: served.Timestamp, Raw: raw, Value: served}
}
