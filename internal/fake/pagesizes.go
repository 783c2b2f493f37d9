package fake

// PageSizes limit the first pages of a list: the n-th page has at most as many rows as the n-th
// size. A page whose size is below one, and later pages, have no limit. Each page begins where the
// one before ended, so that a short page in the middle skips no row.
type PageSizes []int

// Of returns the largest number of rows on a page for a request with this limit. The first page is
// page 1.
func (s PageSizes) Of(page, limit int) int {
	if page >= 1 && page <= len(s) && s[page-1] >= 1 {
		return min(limit, s[page-1])
	}
	return limit
}

// Before returns the number of rows on the pages before this one, for requests with this limit.
func (s PageSizes) Before(page, limit int) int {
	rows := 0
	for n := range min(page-1, len(s)) {
		rows += s.Of(n+1, limit)
	}
	return rows + max(page-1-len(s), 0)*limit
}

// At returns the largest number of rows on the page that has the row at offset, for requests with
// this limit.
func (s PageSizes) At(offset, limit int) int {
	for n := range s {
		size := s.Of(n+1, limit)
		if offset < size {
			return size
		}
		offset -= size
	}
	return limit
}
