package tally

import (
	"cmp"
	"slices"
	"time"
)

// Over is a time in which one user was above a limit without a break.
type Over struct {
	User        string
	From, Until time.Time
	Mean, Peak  float64 // bit/s
}

// Long is how long it lasted.
func (o Over) Long() time.Duration { return o.Until.Sub(o.From) }

// Over returns the times in which a user's rate was above a limit, in bit/s, by their beginning.
// Rates are means over a step, so that a shorter excess counts only if it lifts the mean of its
// step.
func (b Bandwidth) Over(limit float64) []Over {
	var all []Over
	for _, user := range b.Users {
		for i := 0; i < len(user.Rates); i++ {
			from, sum := i, 0.0
			for i < len(user.Rates) && user.Rates[i] > limit {
				sum += user.Rates[i]
				i++
			}
			if i > from {
				all = append(all, Over{User: user.User, From: b.at(from), Until: b.at(i), Mean: sum / float64(i-from),
					Peak: slices.Max(user.Rates[from:i])})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y Over) int { return cmp.Or(x.From.Compare(y.From), cmp.Compare(x.User, y.User)) })
	return all
}

// at is when a step begins.
func (b Bandwidth) at(step int) time.Time { return b.Begin.Add(time.Duration(step) * b.Step) }
