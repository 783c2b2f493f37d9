// Package storetest has checkpoints for the tests of sinks.
package storetest

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/activity-sdk/activity"
)

// Epoch is the watermark of Checkpoint(0).
var Epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Checkpoint returns a checkpoint whose watermark is n seconds after Epoch.
func Checkpoint(n int) (c activity.Checkpoint) {
	text, err := json.Marshal(map[string]any{
		"v": 1, "feed": "snaplogic.activities", "query": "q", "salt": bytes.Repeat([]byte{7}, 16),
		"watermark": Epoch.Add(time.Duration(n) * time.Second), "floor": Epoch,
	})
	if err == nil {
		err = c.UnmarshalText(text)
	}
	if err != nil {
		panic(err)
	}
	return c
}

// Number returns the n of a checkpoint that Checkpoint returned, or 0 for a zero checkpoint.
func Number(c activity.Checkpoint) int {
	if c.IsZero() {
		return 0
	}
	return int(c.Watermark().Sub(Epoch) / time.Second)
}
