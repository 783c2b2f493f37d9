package fake

import (
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
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

// Rest returns those of the rows that lie behind the place, newest first.
func (p Place) Rest(rows []Row) []Row {
	return p.RestBy(rows, func(a, b Row) int { return b.Time.Compare(a.Time) })
}

// RestBy returns those of the rows that lie behind the place, in the order in which they are given:
// that of compare, and rows for which it returns 0 in the order in which they were added.
func (p Place) RestBy(rows []Row, compare func(a, b Row) int) []Row {
	if p.Seq == 0 {
		return rows
	}
	if i := slices.IndexFunc(rows, func(row Row) bool { return row.seq == p.Seq }); i >= 0 {
		return rows[i+1:]
	}
	gone := Row{Time: p.Time, seq: p.Seq}
	i := slices.IndexFunc(rows, func(row Row) bool {
		order := compare(gone, row)
		return order < 0 || order == 0 && row.seq > p.Seq
	})
	if i < 0 {
		return nil
	}
	return rows[i:]
}

// Cursor writes a place, or a struct that holds one, as text for a query that means nothing to a
// client. It panics for what has no JSON form, such as the time of a year beyond 9999.
func Cursor(place any) string {
	text, err := json.Marshal(place)
	if err != nil {
		panic(fmt.Sprintf("fake: a place has no JSON form: %v", err))
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// ReadCursor reads what [Cursor] wrote into place, a pointer, and reports whether it could.
func ReadCursor(cursor string, place any) bool {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	return err == nil && json.Unmarshal(text, place) == nil
}
