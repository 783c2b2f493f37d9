package main

import "time"

// steps counts how a value changes from each row of a list to the next.
type steps struct{ up, down, same int }

func (s *steps) add(change int) {
	switch {
	case change < 0:
		s.down++
	case change > 0:
		s.up++
	default:
		s.same++
	}
}

// timeSteps counts the steps of times, and returns the largest step up. Zero times are left out.
func timeSteps(times []time.Time) (s steps, largestUp time.Duration) {
	var last time.Time
	for _, at := range times {
		if at.IsZero() {
			continue
		}
		if !last.IsZero() {
			s.add(at.Compare(last))
			largestUp = max(largestUp, at.Sub(last))
		}
		last = at
	}
	return s, largestUp
}
