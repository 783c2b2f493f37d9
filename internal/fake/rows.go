package fake

import (
	"slices"
	"sync/atomic"
	"time"
)

// Row is one record of a fake. What it refers to is not copied and not to be
// changed once the row was added.
type Row struct {
	// Key is what Delete knows the row by: the vendor's id, or whatever the fake
	// chooses. Several rows may have the same.
	Key string

	// Time decides the row's place among the others; zero goes last.
	Time time.Time

	// Raw is the record as it stands in the vendor's answer.
	Raw []byte

	// Value is the record as the fake filters it.
	Value any

	seq int64 // in the order of adding, from 1 on; set by Rows
}

// Rows holds a fake's records in the vendor's order, newest first, so that
// tests can insert and delete in the middle of a walk. Every change makes a new
// slice: readers keep what they have. The zero Rows is empty and ready to use.
type Rows struct {
	// Ties, if set before the rows are in use, puts those of one instant into
	// another order for each Page.
	Ties *Ties

	current atomic.Pointer[[]Row]
	added   atomic.Int64
}

// Add puts each row before the first one that is older than it. Rows of one
// instant, and so those without a time, stay in the order in which they were
// added.
func (r *Rows) Add(rows ...Row) {
	added := r.numbered(rows)
	slices.SortStableFunc(added, func(a, b Row) int { return b.Time.Compare(a.Time) })
	r.update(func(old []Row) []Row {
		out := make([]Row, 0, len(old)+len(added))
		rest := old
		for _, row := range added {
			n := slices.IndexFunc(rest, func(o Row) bool { return o.Time.Before(row.Time) })
			if n < 0 {
				n = len(rest)
			}
			out = append(append(out, rest[:n]...), row)
			rest = rest[n:]
		}
		return append(out, rest...)
	})
}

// InsertAt puts the rows, in their order and whatever their times, before the
// one at index i. An index below zero is the beginning, one beyond the rows the
// end.
func (r *Rows) InsertAt(i int, rows ...Row) {
	added := r.numbered(rows)
	r.update(func(old []Row) []Row {
		return slices.Insert(slices.Clone(old), min(max(i, 0), len(old)), added...)
	})
}

// numbered returns copies of the rows that know in which order they came.
func (r *Rows) numbered(rows []Row) []Row {
	out := slices.Clone(rows)
	last := r.added.Add(int64(len(out)))
	for i := range out {
		out[i].seq = last - int64(len(out)-1-i)
	}
	return out
}

// Delete removes the rows with these keys and returns how many there were.
func (r *Rows) Delete(keys ...string) int {
	return r.DeleteFunc(func(row Row) bool { return slices.Contains(keys, row.Key) })
}

// DeleteFunc removes the rows for which gone is true and returns how many there
// were. gone may be asked about a row again if another goroutine changes the
// rows at the same time.
func (r *Rows) DeleteFunc(gone func(Row) bool) int {
	var deleted int
	r.update(func(old []Row) []Row {
		left := slices.DeleteFunc(slices.Clone(old), gone)
		deleted = len(old) - len(left)
		return left
	})
	return deleted
}

// Select returns the rows for which keep is true, as they are at this moment; a
// nil keep takes all.
func (r *Rows) Select(keep func(Row) bool) []Row {
	all := r.snapshot()
	if keep == nil {
		return slices.Clone(all)
	}
	out := make([]Row, 0, len(all))
	for _, row := range all {
		if keep(row) {
			out = append(out, row)
		}
	}
	return out
}

// Page returns at most limit of the rows for which keep is true (nil: all),
// from the offset-th on, counted from zero, and the number of all of them: what
// one answer of a list by offset needs, without a copy of the rest.
func (r *Rows) Page(keep func(Row) bool, offset, limit int) (page []Row, total int) {
	if r.Ties != nil {
		all := r.Select(keep)
		r.Ties.Reorder(all)
		from := min(offset, len(all))
		return all[from : from+min(limit, len(all)-from)], len(all)
	}
	for _, row := range r.snapshot() {
		if keep != nil && !keep(row) {
			continue
		}
		if total >= offset && len(page) < limit {
			page = append(page, row)
		}
		total++
	}
	return page, total
}

// Len returns the number of rows.
func (r *Rows) Len() int { return len(r.snapshot()) }

func (r *Rows) snapshot() []Row {
	if p := r.current.Load(); p != nil {
		return *p
	}
	return nil
}

// update replaces the rows by what change makes of them, again if someone else
// was faster. change may not write to the slice it is given.
func (r *Rows) update(change func(old []Row) []Row) {
	for {
		p := r.current.Load()
		var old []Row
		if p != nil {
			old = *p
		}
		if r.current.CompareAndSwap(p, new(change(old))) {
			return
		}
	}
}
