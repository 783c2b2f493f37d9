package leak

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLeftover(t *testing.T) {
	block := make(chan struct{})
	done := make(chan struct{})
	go func() {
		<-block
		close(done)
	}()
	assert.Contains(t, running(), "TestLeftover")
	close(block)
	<-done
	assert.NotContains(t, leftover(), "TestLeftover.func1")
}
