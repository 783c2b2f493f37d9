package snaplogictest

import (
	"bytes"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/wire"
	"github.com/activity-sdk/activity/snaplogic"
)

// Add adds activities, newest first. Activities with equal times stay in the order in which they
// were added, and those without a readable time are last. The fake serves an activity with Raw as
// those bytes, and filters it by what they contain. It encodes any other activity as the service
// does. Add panics if an activity has no JSON form.
//
// Ids need not be unique. Raw need not be JSON: for example, it may have a raw tab in a string.
// Filters then use the other fields.
func (s *Server) Add(items ...snaplogic.Activity) { s.rows.Add(rowsOf(items)...) }

// InsertAt inserts activities at index i of all activities, in their order and whatever their
// times. An index below zero is the beginning; one that is too large is the end.
func (s *Server) InsertAt(i int, items ...snaplogic.Activity) {
	s.filledRows().InsertAt(i, rowsOf(items)...)
}

// Delete removes the activities with these ids and returns their number.
func (s *Server) Delete(ids ...string) int { return s.filledRows().Delete(ids...) }

// DeleteFunc removes the activities for which del returns true and returns their number. It may
// call del more than once for an activity.
func (s *Server) DeleteFunc(del func(snaplogic.Activity) bool) int {
	return s.filledRows().DeleteFunc(func(row fake.Row) bool { return del(row.Value.(*entry).Activity) })
}

// Len returns the number of activities.
func (s *Server) Len() int { return s.filledRows().Len() }

// filledRows returns the rows, which include those of WithRows. They are generated at the first
// call, since the clock of NewServer may not be that of the requests. Add can run before that,
// since rows are ordered by their times.
func (s *Server) filledRows() *fake.Rows {
	s.filled.Do(func() { s.rows.Add(generate(s.config.rows, s.config.seed, time.Now())...) })
	return &s.rows
}

// entry is what the filters look at.
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
			raw = inServiceForm(raw, a.CreateTime)
		}
		rows[i] = rowOf(raw, a)
	}
	return rows
}

// inServiceForm returns an encoded activity with its create_time in the service's form. A time that
// has nanoseconds stays as it is: the form has none.
func inServiceForm(raw []byte, at time.Time) []byte {
	if at.Nanosecond()%1000 != 0 {
		return raw
	}
	const member = `"create_time":"`
	return bytes.Replace(raw, []byte(member+at.Format(time.RFC3339Nano)), []byte(member+at.UTC().Format(createTime)), 1)
}

// rowOf returns a row that serves raw and is filtered by what raw contains. If raw is not JSON, the
// row is filtered by the fields.
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
