package sdelementstest_test

import "testing"

// TestMaintenanceAtNight runs what the example of virtual time shows: an example has no *testing.T
// to run it with.
func TestMaintenanceAtNight(t *testing.T) { maintenanceAtNight(t) }
