package sdelementstest

import (
	"bytes"
	"strconv"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/sdelements"
)

// Add adds activities, newest first. Activities with equal times stay in the order in which they
// were added, and those without a readable time are last. The fake serves an activity with Raw as
// those bytes, and filters it by what they contain. It encodes any other activity as the service
// does. Add panics if an activity has no JSON form.
//
// Ids need not be unique: lists serve all activities with the same id, and the path of a single
// activity serves the newest. Raw need not be JSON: for example, it may have a raw tab in a string.
// Filters then use the other fields.
func (s *Server) Add(items ...sdelements.Activity) { s.rows.Add(rowsOf(items)...) }

// InsertAt inserts activities at index i of all activities, in their order and whatever their
// times. An index below zero is the beginning; one that is too large is the end.
func (s *Server) InsertAt(i int, items ...sdelements.Activity) { s.rows.InsertAt(i, rowsOf(items)...) }

// Delete removes the activities with these ids and returns their number.
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
