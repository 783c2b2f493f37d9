package snaplogictest

import (
	"time"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/wire"
	"github.com/activity-sdk/activity/snaplogic"
)

// Add puts activities in their places, newest first; those of one instant stay in the order in
// which they were added. One with Raw is served as those bytes, and found by what they say; any
// other is served in the vendor's form. One whose time is missing or cannot be read goes last. It
// panics on an activity that has no JSON form.
//
// Ids are not checked: of several activities with one id, all are served. Raw need not be JSON
// either, such as one with a raw tab in a string: then the other fields are what it is found by.
func (s *Server) Add(items ...snaplogic.Activity) { s.rows.Add(rowsOf(items)...) }

// InsertAt puts activities, in their order and whatever their times, before the one at index i of
// all that the fake holds. An index below zero is the beginning, one beyond them the end. Ids are
// not checked.
func (s *Server) InsertAt(i int, items ...snaplogic.Activity) { s.held().InsertAt(i, rowsOf(items)...) }

// Delete removes the activities with these ids and returns how many they were.
func (s *Server) Delete(ids ...string) int { return s.held().Delete(ids...) }

// DeleteFunc removes the activities for which gone is true and returns how many they were. gone may
// be asked about one more than once.
func (s *Server) DeleteFunc(gone func(snaplogic.Activity) bool) int {
	return s.held().DeleteFunc(func(row fake.Row) bool { return gone(row.Value.(*entry).Activity) })
}

// Len returns how many activities the fake holds.
func (s *Server) Len() int { return s.held().Len() }

// held is what the fake holds. The activities of WithRows are made when they are first needed:
// NewServer may run by another clock than the walk. Add need not wait for them, as everything finds
// its place by its time.
func (s *Server) held() *fake.Rows {
	s.filled.Do(func() { s.rows.Add(generate(s.config.rows, s.config.seed, time.Now())...) })
	return &s.rows
}

// entry is a row as it is filtered.
type entry struct {
	snaplogic.Activity
	alert bool
	state string
}

func rowsOf(items []snaplogic.Activity) []fake.Row {
	rows := make([]fake.Row, len(items))
	for i, a := range items {
		raw := []byte(a.Raw)
		if len(raw) == 0 {
			var err error
			if raw, err = a.MarshalJSON(); err != nil {
				panic("snaplogictest: the activity has no JSON form: " + err.Error())
			}
		}
		rows[i] = rowOf(raw, a)
	}
	return rows
}

// rowOf makes a row of an activity's bytes: what is served decides what it is found by. Bytes that
// are not JSON, which no client can read, say nothing; then the fields count.
func rowOf(raw []byte, fields snaplogic.Activity) fake.Row {
	e := entry{Activity: fields}
	var served snaplogic.Activity
	if served.UnmarshalJSON(raw) == nil {
		e.Activity = served
	}
	r := wire.NewReader(raw)
	_ = r.Object(func(name string) (err error) {
		switch name {
		case "is_alert":
			var value []byte
			value, err = r.Value()
			e.alert = string(value) == "true"
		case "alert_state":
			e.state, _, err = r.Text()
		}
		return err
	})
	return fake.Row{Key: e.ID, Time: e.CreateTime, Raw: raw, Value: &e}
}
