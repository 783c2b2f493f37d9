package sdelementstest

import (
	"bytes"
	"strconv"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/sdelements"
)

// Add puts activities in their places by their dates. One that has Raw is served with exactly those
// bytes, and filtered by what they say; any other is served in the vendor's form.
//
// Ids are not checked: of several activities with one id, the lists serve all, and the path of a
// single one serves the newest. Raw need not be JSON either, such as one with a raw tab in a
// string: then the other fields are what it is found by.
func (s *Server) Add(items ...sdelements.Activity) { s.rows.Add(rowsOf(items)...) }

// InsertAt puts activities, in their order and whatever their dates, before the one at index i of
// the whole list; an index below zero is its beginning, one beyond it its end. With it a list can
// be made that is not ordered by date. Ids are not checked.
func (s *Server) InsertAt(i int, items ...sdelements.Activity) { s.rows.InsertAt(i, rowsOf(items)...) }

// Delete removes the activities with these ids and returns how many there were.
func (s *Server) Delete(ids ...int64) int {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = key(id)
	}
	return s.rows.Delete(keys...)
}

// Len returns the number of activities.
func (s *Server) Len() int { return s.rows.Len() }

func rowsOf(items []sdelements.Activity) []fake.Row {
	rows := make([]fake.Row, len(items))
	for i, item := range items {
		raw := bytes.Clone(item.Raw)
		if len(raw) == 0 {
			var err error
			if raw, err = item.MarshalJSON(); err != nil {
				panic("sdelementstest: an activity has no JSON form: " + err.Error())
			}
		}
		var served sdelements.Activity
		if served.UnmarshalJSON(raw) != nil {
			served = item
		}
		rows[i] = fake.Row{Key: key(served.ID), Time: served.Date, Raw: raw, Value: served}
	}
	return rows
}

func key(id int64) string { return strconv.FormatInt(id, 10) }
