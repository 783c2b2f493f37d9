package transport

import (
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLearntKeepsTheNewest(t *testing.T) {
	var l learnt
	for i := range maxLearnt + 1 {
		l.add(strconv.Itoa(i))
	}
	values := l.list()
	assert.Len(t, values, maxLearnt)
	assert.Equal(t, []string{"1", strconv.Itoa(maxLearnt)}, []string{values[0], values[maxLearnt-1]})
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
