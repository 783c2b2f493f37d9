package main

import "time"

// The offsets of time zones from UTC, east of it above zero, are whole quarters of an hour.
const (
	minZoneOffset  = -12 * time.Hour
	maxZoneOffset  = 14 * time.Hour
	zoneOffsetStep = 15 * time.Minute
)

// zoneOffsetsBetween returns the offsets of time zones from one to another, both included.
func zoneOffsetsBetween(from, to time.Duration) (all []time.Duration) {
	for offset := minZoneOffset; offset <= maxZoneOffset; offset += zoneOffsetStep {
		if offset >= from && offset <= to {
			all = append(all, offset)
		}
	}
	return all
}
