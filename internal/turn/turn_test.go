package turn_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/turn"
)

// enter lets goroutines wait with these tickets, some of them with a timeout, and returns the order
// in which they got the turn.
func enter(t *testing.T, l *turn.Line, tickets []turn.Ticket, timeouts map[turn.Ticket]time.Duration) (order []turn.Ticket) {
	t.Helper()
	leave, err := l.Enter(t.Context(), l.Ticket())
	require.NoError(t, err)
	for _, ticket := range tickets {
		go func() {
			ctx := t.Context()
			if d := timeouts[ticket]; d > 0 {
				limited, cancel := context.WithTimeout(ctx, d)
				defer cancel()
				ctx = limited
			}
			leave, err := l.Enter(ctx, ticket)
			if err != nil {
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				return
			}
			order = append(order, ticket)
			<-time.After(time.Second)
			leave()
		}()
		synctest.Wait()
	}
	<-time.After(time.Minute)
	leave()
	<-time.After(time.Hour)
	return order
}

func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := new(turn.Line)
		var tickets []turn.Ticket
		for range 50 {
			tickets = append(tickets, l.Ticket())
		}
		slices.Reverse(tickets) // they come back in another order
		order := enter(t, l, tickets, nil)
		slices.Reverse(tickets)
		assert.Equal(t, tickets, order)
	})
}

func TestGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := new(turn.Line)
		var tickets, patient []turn.Ticket
		timeouts := map[turn.Ticket]time.Duration{}
		for i := range 50 {
			ticket := l.Ticket()
			tickets = append(tickets, ticket)
			if i%3 == 0 {
				timeouts[ticket] = time.Duration(i+1) * time.Second
			} else {
				patient = append(patient, ticket)
			}
		}
		assert.Equal(t, patient, enter(t, l, tickets, timeouts))
	})
}

// A goroutine that gets the turn at the moment in which its context ends passes the turn on.
func TestTurnAtTheEndOfTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 100 {
			l := new(turn.Line)
			leave, err := l.Enter(t.Context(), l.Ticket())
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				leave, err := l.Enter(ctx, l.Ticket())
				if err == nil {
					leave()
				}
			}()
			synctest.Wait()
			go cancel()
			leave()
			last, err := l.Enter(t.Context(), l.Ticket())
			require.NoError(t, err)
			last()
			cancel()
		}
	})
}

func TestEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := new(turn.Line).Enter(ctx, 1)
	require.ErrorIs(t, err, context.Canceled)
}
