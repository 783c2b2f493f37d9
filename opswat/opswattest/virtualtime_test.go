package opswattest_test

import "testing"

// TestKeepsTheQuota and TestFixedWindows run what the examples of virtual time show: an example has
// no *testing.T to run it with.
func TestKeepsTheQuota(t *testing.T) { keepsTheQuota(t) }

func TestFixedWindows(t *testing.T) { fixedWindows(t) }
