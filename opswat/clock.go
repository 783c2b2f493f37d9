package opswat

import (
	"sync/atomic"
	"time"
)

// clock is the later of the local clock and the service's, as far as answers have shown that one.
// An age that is counted by it is never too short. Feeds share it between their rounds.
type clock struct {
	ahead atomic.Int64 // by how much the service's clock is ahead of the local one; a time.Duration
}

func (c *clock) now() time.Time { return time.Now().Add(max(time.Duration(c.ahead.Load()), 0)) }

// note takes the time of an answer into account; zero: the answer does not say.
func (c *clock) note(date time.Time) {
	if !date.IsZero() {
		c.ahead.Store(int64(time.Until(date)))
	}
}
