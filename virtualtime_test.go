package activity_test

import "testing"

// TestFollowADay runs what the example of virtual time shows: an example has no *testing.T to run
// it with.
func TestFollowADay(t *testing.T) { followADay(t) }
