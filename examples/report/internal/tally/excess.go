package tally

import (
	"cmp"
	"slices"
	"time"
)

// Excess is a time during which a user was above a limit without a break.
type Excess struct {
	User        string
	From, Until time.Time
	Mean, Peak  float64 // bit/s
}

// Duration returns how long the excess lasted.
func (e Excess) Duration() time.Duration { return e.Until.Sub(e.From) }

// Excesses returns the times during which a user's rate was above a limit in bit/s, sorted by their
// beginning. Rates are means over a step: a shorter excess counts only if it lifts the mean of its
// step above the limit.
func (b Bandwidth) Excesses(limit float64) []Excess {
	var all []Excess
	for _, user := range b.Users {
		for i := 0; i < len(user.Rates); i++ {
			from, sum := i, 0.0
			for i < len(user.Rates) && user.Rates[i] > limit {
				sum += user.Rates[i]
				i++
			}
			if i > from {
				all = append(all, Excess{User: user.User, From: b.stepStart(from), Until: b.stepStart(i), Mean: sum / float64(i-from),
					Peak: slices.Max(user.Rates[from:i])})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y Excess) int { return cmp.Or(x.From.Compare(y.From), cmp.Compare(x.User, y.User)) })
	return all
}

// stepStart returns the beginning of a step.
func (b Bandwidth) stepStart(step int) time.Time { return b.Begin.Add(time.Duration(step) * b.Step) }
