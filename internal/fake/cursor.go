package fake

import (
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
)

// Position is where a page ended, in a list that pages by cursors. It stays valid when rows are
// added or deleted, its own row included, and when other rows have the same key. The zero Position
// is the beginning of the list.
type Position struct {
	Time time.Time `json:"t,omitzero"` // of the last row on the page
	Seq  int64     `json:"s,omitzero"` // of the last row, in the order of adding
	Page int       `json:"p,omitzero"` // the number of the page
}

// After returns the position after page, which begins at p. page must not be empty.
func (p Position) After(page []Row) Position {
	last := page[len(page)-1]
	return Position{Time: last.Time, Seq: last.seq, Page: p.Page + 1}
}

// Rest returns the rows after the position. rows must be newest first.
func (p Position) Rest(rows []Row) []Row {
	return p.RestBy(rows, func(a, b Row) int { return b.Time.Compare(a.Time) })
}

// RestBy returns the rows after the position. rows must be in the order of compare, and rows for
// which it returns 0 in the order in which they were added.
func (p Position) RestBy(rows []Row, compare func(a, b Row) int) []Row {
	if p.Seq == 0 {
		return rows
	}
	if i := slices.IndexFunc(rows, func(row Row) bool { return row.seq == p.Seq }); i >= 0 {
		return rows[i+1:]
	}
	deleted := Row{Time: p.Time, seq: p.Seq}
	i := slices.IndexFunc(rows, func(row Row) bool {
		order := compare(deleted, row)
		return order < 0 || order == 0 && row.seq > p.Seq
	})
	if i < 0 {
		return nil
	}
	return rows[i:]
}

// Cursor returns a position, or a struct that embeds one, as opaque text for a query. It panics if
// it has no JSON form, such as a time after the year 9999.
func Cursor(position any) string {
	text, err := json.Marshal(position)
	if err != nil {
		panic(fmt.Sprintf("fake: a position has no JSON form: %v", err))
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// ReadCursor decodes what [Cursor] returned into position, a pointer, and reports whether that
// worked.
func ReadCursor(cursor string, position any) bool {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	return err == nil && json.Unmarshal(text, position) == nil
}
