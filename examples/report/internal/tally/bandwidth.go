package tally

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// Bandwidth is how much each user transferred, and when.
type Bandwidth struct {
	Begin     time.Time      // of the first step
	Step      time.Duration  // the length of a step: each rate is a mean over one
	Steps     int            // the number of steps
	Users     []UserTransfer // most bytes first
	Transfers int            // of all users
	Untimed   int            // transfers without times, which are not in Rates
}

// UserTransfer is the sum of one user's transfers.
type UserTransfer struct {
	User      string // the e-mail address, or the client's address if the service names no user
	Transfers int
	Failed    int
	Sent      int64     // bytes
	Received  int64     // bytes
	Bytes     int64     // in any direction, including an unknown one
	Rates     []float64 // bit/s for each step
}

// Peak returns the largest of the rates, in bit/s.
func (u UserTransfer) Peak() float64 {
	peak := 0.0
	for _, rate := range u.Rates {
		peak = max(peak, rate)
	}
	return peak
}

// BandwidthOf returns the bandwidth of each user in a span. It spreads the bytes of a transfer
// evenly over its session, since the service does not say when they were sent. A session that still
// runs ends at its last update. Bytes outside of the span are in the sums, but not in the rates.
func BandwidthOf(ctx context.Context, transfers activity.List[aspera.Transfer], span Span) (Bandwidth, error) {
	last, err := lastStates(ctx, transfers)
	if err != nil {
		return Bandwidth{}, err
	}
	b := Bandwidth{Transfers: len(last), Step: stepFor(span.Until.Sub(span.From))}
	b.Begin = span.From.UTC().Truncate(b.Step)
	b.Steps = int((span.Until.Sub(b.Begin) + b.Step - 1) / b.Step)
	users := map[string]*UserTransfer{}
	for _, t := range last {
		name := cmp.Or(t.UserEmail, t.ClientIPAddress, "(not named)")
		if users[name] == nil {
			users[name] = &UserTransfer{User: name, Rates: make([]float64, b.Steps)}
		}
		users[name].add(t)
		if !b.spread(users[name].Rates, t, span) {
			b.Untimed++
		}
	}
	for _, user := range users {
		b.Users = append(b.Users, *user)
	}
	slices.SortFunc(b.Users, func(x, y UserTransfer) int {
		return cmp.Or(cmp.Compare(y.Bytes, x.Bytes), cmp.Compare(x.User, y.User))
	})
	return b, nil
}

func (u *UserTransfer) add(t aspera.Transfer) {
	u.Transfers++
	u.Bytes += t.TransferredBytes
	switch t.Direction {
	case aspera.DirectionSend:
		u.Sent += t.TransferredBytes
	case aspera.DirectionReceive:
		u.Received += t.TransferredBytes
	}
	if t.Status == aspera.StatusFailed {
		u.Failed++
	}
}

// spread adds a transfer to the rates of the steps in which its session ran, within the span. It
// returns false if the transfer has no times.
func (b Bandwidth) spread(rates []float64, t aspera.Transfer, span Span) bool {
	start, stop := t.SessionStart, t.SessionStop
	if stop.IsZero() {
		stop = t.UpdatedAt
	}
	if start.IsZero() || stop.IsZero() {
		return false
	}
	took := max(stop.Sub(start), time.Millisecond) // the resolution of the service's times; 0 has no rate
	rate := float64(t.TransferredBytes) * 8 / took.Seconds()
	stop = start.Add(took)
	if start.Before(span.From) {
		start = span.From
	}
	if stop.After(span.Until) {
		stop = span.Until
	}
	for start.Before(stop) {
		i := int(start.Sub(b.Begin) / b.Step)
		end := b.Begin.Add(time.Duration(i+1) * b.Step)
		if end.After(stop) {
			end = stop
		}
		rates[i] += rate * end.Sub(start).Seconds() / b.Step.Seconds()
		start = end
	}
	return true
}

// stepFor returns the shortest round step that divides the span into no more steps than a chart can
// show.
func stepFor(span time.Duration) time.Duration {
	const maxSteps = 200
	const day = 24 * time.Hour
	for _, step := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour} {
		if span <= maxSteps*step {
			return step
		}
	}
	step := day
	for span > maxSteps*step {
		step += day
	}
	return step
}

// Others returns the sum of the rates of Users[from:], or nil if there are none.
func (b Bandwidth) Others(from int) []float64 {
	if from >= len(b.Users) {
		return nil
	}
	sum := make([]float64, b.Steps)
	for _, user := range b.Users[from:] {
		for i, rate := range user.Rates {
			sum[i] += rate
		}
	}
	return sum
}
