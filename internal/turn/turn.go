// Package turn lets one goroutine through at a time, first come, first served. It imports no other
// package of the module, since the window limiter and the transport both need it.
package turn

import (
	"container/heap"
	"context"
	"sync"
)

// Line is a line of goroutines that wait for their turn. The zero value is an empty line.
type Line struct {
	mu      sync.Mutex
	issued  Ticket
	taken   bool // somebody has the turn
	waiting queue
}

// Ticket is a place in a line: a lower one comes first.
type Ticket uint64

// Ticket returns the place after all that were issued so far. It may be used several times: a
// goroutine that comes back with its ticket goes before those that came later.
func (l *Line) Ticket() Ticket {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.issued++
	return l.issued
}

// Enter waits for the ticket's turn. The turn lasts until the caller calls leave, which it must do
// exactly once. Enter returns the context's error if the context ends first.
func (l *Line) Enter(ctx context.Context, t Ticket) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	if !l.taken {
		l.taken = true
		l.mu.Unlock()
		return l.leave, nil
	}
	w := &waiter{ticket: t, called: make(chan struct{})}
	heap.Push(&l.waiting, w)
	l.mu.Unlock()
	select {
	case <-w.called:
		return l.leave, nil
	case <-ctx.Done():
		if !l.giveUp(w) { // it got the turn at the same moment
			l.leave()
		}
		return nil, ctx.Err()
	}
}

// leave passes the turn on.
func (l *Line) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.taken = false
		return
	}
	close(heap.Pop(&l.waiting).(*waiter).called)
}

// giveUp removes a waiter from the line, and reports whether it was still there.
func (l *Line) giveUp(w *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.index < 0 {
		return false
	}
	heap.Remove(&l.waiting, w.index)
	return true
}

type waiter struct {
	ticket Ticket
	called chan struct{} // closed when it gets the turn
	index  int           // in the queue; negative: removed
}

// queue is a heap of waiters.
type queue []*waiter

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].ticket < q[j].ticket }

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *queue) Push(w any) {
	w.(*waiter).index = len(*q)
	*q = append(*q, w.(*waiter))
}

func (q *queue) Pop() any {
	last := len(*q) - 1
	w := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	w.index = -1
	return w
}
