package snaplogictest_test

import "testing"

// TestOutage runs what the example of virtual time shows: an example has no *testing.T to run it
// with.
func TestOutage(t *testing.T) { outage(t) }
