// Package leak fails a package's tests if they leave goroutines of this module running.
package leak

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

const module = "github.com/activity-sdk/activity"

// grace is how long goroutines may take to end.
const grace = 2 * time.Second

// Main runs the tests of a package. Its TestMain calls it. A testing/synctest bubble checks this by
// itself; Main is for all other tests.
func Main(m *testing.M) {
	code := m.Run()
	if left := leftover(); code == 0 && left != "" {
		fmt.Fprintf(os.Stderr, "FAIL: goroutines are left running:\n\n%s\n", left)
		code = 1
	}
	os.Exit(code)
}

// leftover returns the stacks of the goroutines that run code of this module and do not end.
func leftover() string {
	deadline := time.Now().Add(grace)
	for {
		found := running()
		if found == "" || time.Now().After(deadline) {
			return found
		}
		<-time.After(10 * time.Millisecond)
	}
}

func running() string {
	buf := make([]byte, 1<<20)
	stacks := strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
	var found []string
	for _, stack := range stacks[1:] { // the first is this one's
		if strings.Contains(stack, module) && !strings.Contains(stack, "testing.(*M).Run") {
			found = append(found, stack)
		}
	}
	return strings.Join(found, "\n\n")
}
