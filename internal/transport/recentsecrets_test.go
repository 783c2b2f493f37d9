package transport

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRecentSecretsKeepTheNewest(t *testing.T) {
	const most = maxRecent / minRecent
	var l recentSecrets
	for i := range most {
		l.add(strconv.Itoa(i))
	}
	l.add("0", "", strconv.Itoa(most)) // one that is added again is new
	values := l.list()
	assert.Len(t, values, most)
	assert.Equal(t, []string{"2", "3"}, values[:2])
	assert.Equal(t, []string{"0", strconv.Itoa(most)}, values[most-2:])
}

func TestRecentSecretsAreBounded(t *testing.T) {
	var l recentSecrets
	for i := range 1000 {
		l.add(strconv.Itoa(i), strings.Repeat(strconv.Itoa(i%10), maxToken), strings.Repeat("x", minRecent+i))
		size := 0
		for _, value := range l.list() {
			size += len(value)
		}
		assert.LessOrEqual(t, size, maxRecent)
		assert.GreaterOrEqual(t, len(l.list()), 3, "those of the last request are known")
	}
}

// For the race detector.
func TestRecentSecretsAreReadWhileTheyGrow(t *testing.T) {
	var l recentSecrets
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
