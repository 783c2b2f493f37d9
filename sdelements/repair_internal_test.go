package sdelements

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWidePage(t *testing.T) {
	for _, c := range []struct{ number, oldest, factor, wideNumber int }{
		{2, 1, 2, 1},   // pages 1 and 2
		{3, 1, 3, 1},   // 1 to 3
		{4, 1, 2, 2},   // 3 and 4
		{5, 1, 3, 2},   // 4 to 6
		{7, 1, 4, 2},   // 5 to 8
		{7, 6, 5, 2},   // 6 to 10
		{13, 11, 5, 3}, // 11 to 15
		{13, 12, 0, 0}, // none of up to eight pages begins with 12
		{61, 1, 7, 9},  // 57 to 63
	} {
		factor, wideNumber, ok := widePage(c.number, c.oldest)
		assert.Equal(t, [2]int{c.factor, c.wideNumber}, [2]int{factor, wideNumber}, "page %d, from %d on", c.number, c.oldest)
		assert.Equal(t, c.factor > 0, ok)
		if ok {
			first, last := (wideNumber-1)*factor+1, wideNumber*factor
			assert.GreaterOrEqual(t, first, c.oldest)
			assert.True(t, first < c.number && c.number <= last)
		}
	}
}
