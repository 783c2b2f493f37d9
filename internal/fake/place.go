package fake

import (
	"slices"
	"time"
)

// Place is where a page of a list ended that goes on by cursors. It is found again when rows came
// or went, its own row included, and when other rows have the same key. The zero Place is the
// beginning.
type Place struct {
	Time time.Time `json:"t,omitzero"` // of the last row
	Seq  int64     `json:"s,omitzero"` // of the last row, in the order of adding
	Page int       `json:"p,omitzero"` // how many pages ended here or before
}

// Behind returns the place at which the page ends that is cut from here on. page may not be empty.
func (p Place) Behind(page []Row) Place {
	last := page[len(page)-1]
	return Place{Time: last.Time, Seq: last.seq, Page: p.Page + 1}
}

// Rest returns those of the rows that lie behind the place.
func (p Place) Rest(rows []Row) []Row {
	if p.Seq == 0 {
		return rows
	}
	if i := slices.IndexFunc(rows, func(row Row) bool { return row.seq == p.Seq }); i >= 0 {
		return rows[i+1:]
	}
	// The row is gone. Rows of one instant stand in the order in which they were added.
	i := slices.IndexFunc(rows, func(row Row) bool {
		return row.Time.Before(p.Time) || row.Time.Equal(p.Time) && row.seq > p.Seq
	})
	if i < 0 {
		return nil
	}
	return rows[i:]
}
