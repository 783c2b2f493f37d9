package fake

// PageSizes are the most rows that the first pages of a list hold: the n-th page at most the n-th
// size. The pages behind them, and those whose size is below one, hold what is asked for.
//
// The pages follow one another without a gap. So a short page in the middle costs no row: the next
// one begins behind what came.
type PageSizes []int

// Of returns how many rows the page holds at most, counted from one, where limit are asked for.
func (s PageSizes) Of(page, limit int) int {
	if page >= 1 && page <= len(s) && s[page-1] >= 1 {
		return min(limit, s[page-1])
	}
	return limit
}

// Before returns how many rows come before the page, counted from one, where limit are asked for.
func (s PageSizes) Before(page, limit int) int {
	rows := 0
	for n := range min(page-1, len(s)) {
		rows += s.Of(n+1, limit)
	}
	return rows + max(page-1-len(s), 0)*limit
}

// At returns how many rows the page holds at most in which the row at offset lies, where limit are
// asked for.
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
