package opswat

import (
	"sync/atomic"
	"time"
)

// clock is the later of the local clock and the service's clock, as far as the service's is known.
// An age counted by it is never too short. The rounds of a feed share it.
type clock struct {
	ahead atomic.Int64 // time.Duration from the local clock to the service's
}

func (c *clock) now() time.Time { return time.Now().Add(max(time.Duration(c.ahead.Load()), 0)) }

// note records the Date of a response; zero: it has none.
func (c *clock) note(date time.Time) {
	if !date.IsZero() {
		c.ahead.Store(int64(time.Until(date)))
	}
}
