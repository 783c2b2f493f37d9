package fake

import (
	"slices"
	"sync/atomic"
	"time"
)

// Row is one record of a fake. Rows does not copy what it refers to, which must not change once the
// row was added.
type Row struct {
	// Key is what Delete finds the row by, such as the vendor's id. Several rows may have the same.
	Key string

	// Time orders the rows. The zero time goes last.
	Time time.Time

	// Raw is the record as it is in the vendor's answer.
	Raw []byte

	// Value is what the fake's filters look at.
	Value any

	seq int64 // counts the rows in the order of adding, from 1; set by Rows
}

// Rows holds a fake's records, newest first. Tests can add and delete rows while a list is read:
// each change makes a new slice, and readers keep the one that they have. The zero Rows is empty
// and ready to use.
type Rows struct {
	// Ties, if not nil, shuffles rows with equal times for each Page. It must be set before the
	// first use.
	Ties *Ties

	current atomic.Pointer[[]Row]
	added   atomic.Int64
}

// Add inserts each row before the first one that is older. Rows with equal times, and rows without
// a time, stay in the order in which they were added.
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

// InsertAt inserts the rows at index i in their order, whatever their times. An index below zero is
// the beginning; one that is too large is the end.
func (r *Rows) InsertAt(i int, rows ...Row) {
	added := r.numbered(rows)
	r.update(func(old []Row) []Row {
		return slices.Insert(slices.Clone(old), min(max(i, 0), len(old)), added...)
	})
}

// numbered returns copies of the rows with their sequence numbers.
func (r *Rows) numbered(rows []Row) []Row {
	out := slices.Clone(rows)
	last := r.added.Add(int64(len(out)))
	for i := range out {
		out[i].seq = last - int64(len(out)-1-i)
	}
	return out
}

// Delete removes the rows with these keys and returns their number.
func (r *Rows) Delete(keys ...string) int {
	return r.DeleteFunc(func(row Row) bool { return slices.Contains(keys, row.Key) })
}

// DeleteFunc removes the rows for which del returns true and returns their number. It may call del
// again for a row if another goroutine changes the rows at the same time.
func (r *Rows) DeleteFunc(del func(Row) bool) int {
	var deleted int
	r.update(func(old []Row) []Row {
		left := slices.DeleteFunc(slices.Clone(old), del)
		deleted = len(old) - len(left)
		return left
	})
	return deleted
}

// Select returns the rows for which keep returns true. A nil keep selects all.
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

// Page returns at most limit of the rows for which keep returns true, from offset on, and the
// number of all such rows. A nil keep selects all. It does not copy the rows of other pages.
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

// update replaces the rows with what change returns, and tries again if another goroutine was
// faster. change must not modify the slice that it gets.
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
