package activity

import (
	"testing"
	"time"

	"github.com/activity-sdk/activity/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// WithClock returns a feed with another local clock, for the tests.
func WithClock[T any](f Feed[T], now func() time.Time) Feed[T] {
	f.clock = now
	return f
}
