package transport

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLearntKeepsTheNewest(t *testing.T) {
	const most = maxLearnt / minLearnt
	var l learnt
	for i := range most {
		l.add(strconv.Itoa(i))
	}
	l.add("0", "", strconv.Itoa(most)) // one that is used again is new
	values := l.list()
	assert.Len(t, values, most)
	assert.Equal(t, []string{"2", "3"}, values[:2])
	assert.Equal(t, []string{"0", strconv.Itoa(most)}, values[most-2:])
}

func TestLearntIsBounded(t *testing.T) {
	var l learnt
	for i := range 1000 {
		l.add(strconv.Itoa(i), strings.Repeat(strconv.Itoa(i%10), maxToken), strings.Repeat("x", minLearnt+i))
		size := 0
		for _, value := range l.list() {
			size += len(value)
		}
		assert.LessOrEqual(t, size, maxLearnt)
		assert.GreaterOrEqual(t, len(l.list()), 3, "those of the last request are known")
	}
}

// The race detector finds what is read without the lock.
func TestLearntIsReadWhileItGrows(t *testing.T) {
	var l learnt
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 100 {
			l.add(strconv.Itoa(i))
		}
	})
	wg.Go(func() {
		for range 100 {
			assert.LessOrEqual(t, len(l.list()), 100)
		}
	})
	wg.Wait()
}
