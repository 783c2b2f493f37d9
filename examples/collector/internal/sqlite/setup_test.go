package sqlite_test

import (
	"database/sql/driver"
	"sync/atomic"
	"testing"

	"modernc.org/sqlite"
)

// calledBySQL is what the SQL function called_by_test calls, so that a test can stop SQLite in the
// middle of a statement.
var calledBySQL atomic.Pointer[func() error]

func init() {
	call := func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		if do := calledBySQL.Load(); do != nil {
			return args[0], (*do)()
		}
		return args[0], nil
	}
	sqlite.MustRegisterDeterministicScalarFunction("called_by_test", 1, call)
}

// inSQL makes called_by_test call a function until the test ends.
func inSQL(t *testing.T, do func() error) {
	t.Helper()
	calledBySQL.Store(&do)
	t.Cleanup(func() { calledBySQL.Store(nil) })
}

func nothing() error { return nil }
