package conformance_test

import (
	"testing"

	"github.com/activity-sdk/activity/internal/leak"
)

// module is the path of this module, and root its folder.
const (
	module = "github.com/activity-sdk/activity"
	root   = "../.."
)

func TestMain(m *testing.M) { leak.Main(m) }
