package conformance_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// A service that sends the same page for ever, and says each time that more follow, is given up.
func TestLoop(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		for _, prefetch := range []int{0, 1, 8} {
			s := a.fill(0)
			at := newest()
			s.answers(200, a.answer(true, marshaled(a.record(2, at)), marshaled(a.record(1, at))))
			l := s.client(t, activity.WithPrefetch(prefetch)).list(bounded(2))
			for range 2 {
				s.ResetRequests()
				_, err := idsUntil(t.Context(), l, "")
				var e *activity.Error
				require.ErrorAs(t, err, &e)
				assert.True(t, errors.Is(err, activity.ErrCursorLoop) || errors.Is(err, activity.ErrListChanged), "%v", err)
				assert.Less(t, len(s.calls()), 300)
			}
		}
	})
}

// A service whose links lead to the same page again and again, with other records each time, is
// given up as well.
func TestCircleOfLinks(t *testing.T) {
	each(t, linked(), func(t *testing.T, a *adapter) {
		const most = 50
		s, n := a.fill(0), 0
		s.FailWith(func(r fake.Request) *fake.Fault {
			if isTokenRequest(r) {
				return nil
			}
			n++
			return &fake.Fault{Body: a.answer(n < most, marshaled(a.record(1000-n, newest().Add(-time.Duration(n)*time.Second))))}
		})
		_, err := idsUntil(t.Context(), s.client(t).list(bounded(1)), "")
		require.ErrorIs(t, err, activity.ErrCursorLoop)
		assert.Less(t, n, most)
	})
}
