package main

import "time"

// Offsets of zones lie between these, and are whole quarters of an hour.
const (
	zoneWest = -12 * time.Hour
	zoneEast = 14 * time.Hour
	zoneStep = 15 * time.Minute
)
