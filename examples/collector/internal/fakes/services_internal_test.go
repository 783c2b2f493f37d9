package fakes

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestPartsOfALongSpan(t *testing.T) {
	const n, span = 100_000, 720*time.Hour + 7
	last, uneven := time.Duration(0), 0
	for i := range n {
		next := part(span, i+1, n)
		if step := next - last; step != span/n && step != span/n+1 {
			uneven++
		}
		last = next
	}
	assert.Zero(t, uneven)
	assert.Equal(t, span, last)
}
