package opswattest_test

import "testing"

// TestKeepsTheQuota runs what the example of virtual time shows: an example has no *testing.T to
// run it with.
func TestKeepsTheQuota(t *testing.T) { keepsTheQuota(t) }
