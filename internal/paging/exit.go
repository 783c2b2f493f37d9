package paging

import "runtime"

// exit is how a function ended that ran in another goroutine. The zero value means that it
// returned.
type exit struct {
	panicValue any
	goexit     bool // it called runtime.Goexit, as t.FailNow does
}

// run calls f and records how it ends. It recovers from a panic, but cannot stop a Goexit.
func (e *exit) run(f func()) {
	returned := false
	defer func() {
		if !returned {
			e.panicValue = recover()
			e.goexit = e.panicValue == nil
		}
	}()
	f()
	returned = true
}

// propagate panics or calls Goexit as the function did.
func (e *exit) propagate() {
	switch {
	case e.panicValue != nil:
		panic(e.panicValue)
	case e.goexit:
		runtime.Goexit()
	}
}
