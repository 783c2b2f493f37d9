package paging

import "runtime"

// ending is how a function ended that ran in a goroutine of its own. The zero ending is a return.
type ending struct {
	panicked any
	exited   bool // by runtime.Goexit, as t.FailNow does
}

// watch runs a function and notes how it ends. A panic ends here; a Goexit goes on.
func (e *ending) watch(run func()) {
	returned := false
	defer func() {
		if !returned {
			e.panicked = recover()
			e.exited = e.panicked == nil
		}
	}()
	run()
	returned = true
}

// repeat ends the caller's goroutine in the same way, unless it is a return.
func (e *ending) repeat() {
	switch {
	case e.panicked != nil:
		panic(e.panicked)
	case e.exited:
		runtime.Goexit()
	}
}
