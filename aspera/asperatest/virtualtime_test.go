package asperatest_test

import "testing"

// TestNightOfTokens runs what the example of virtual time shows: an example has no *testing.T to
// run it with.
func TestNightOfTokens(t *testing.T) { nightOfTokens(t) }
