// Package turn lets one goroutine through at a time, those who came first before those who came
// later. It is a leaf: the window limiter and the transport both need it.
package turn

import (
	"container/heap"
	"context"
	"sync"
)

// Line is where goroutines wait for their turn. The zero value is an empty line.
type Line struct {
	mu      sync.Mutex
	issued  Ticket
	taken   bool // it is somebody's turn
	waiting queue
}

// Ticket is a place in a line: a lower one comes first.
type Ticket uint64

// Ticket returns the place behind all that were taken so far. It may be used again and again: who
// comes back with it is let through before those who came later.
func (l *Line) Ticket() Ticket {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.issued++
	return l.issued
}

// Enter waits for the ticket's turn. The turn lasts until leave is called, which has to be done
// once. Enter returns the context's error if that ends first.
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
		if !l.giveUp(w) { // it was called at the same moment
			l.leave()
		}
		return nil, ctx.Err()
	}
}

// leave calls the next one.
func (l *Line) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.taken = false
		return
	}
	close(heap.Pop(&l.waiting).(*waiter).called)
}

// giveUp takes a waiter out of the line, and reports whether it still stood there.
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
	called chan struct{} // closed when it is this one's turn
	index  int           // in the queue; negative: no longer there
}

// queue is a heap of those who wait.
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
