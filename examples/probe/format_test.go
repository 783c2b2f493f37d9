package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestFormatDuration(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "1.5ms": 1500 * time.Microsecond, "5s": 5*time.Second + 287292, "1m": time.Minute, "1m5s": 65 * time.Second, "5h30m": 5*time.Hour + 30*time.Minute,
		"12h": 12 * time.Hour, "37 days": 894*time.Hour + 47*time.Minute, "-3 days": -72 * time.Hour, "-4h": -4 * time.Hour, "24h": 24 * time.Hour,
	} {
		assert.Equal(t, want, formatDuration(d))
	}
	for want, d := range map[string]time.Duration{
		"6s": 5 * time.Second, "1h": 59*time.Minute + 59*time.Second, "3h1m": 3*time.Hour + time.Second, "38 days": 894*time.Hour + 47*time.Minute,
	} {
		assert.Equal(t, want, formatDurationAbove(d))
	}
}
