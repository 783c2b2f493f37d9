package conformance_test

import (
	"testing"

	"github.com/activity-sdk/activity/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }
