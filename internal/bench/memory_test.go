package bench

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// heapTask walks a list. At twenty places it measures the heap in use after a garbage collection,
// and returns the largest growth. It measures a single page first: after the walk, the memory that
// the walk releases would distort the page's figure.
func heapTask(do task) (result, error) {
	var measured result
	before := liveHeap()
	client, err := newClient(do.List, activity.WithPrefetch(do.Prefetch))
	if err != nil {
		return measured, err
	}
	list := client.Activities(snaplogic.ActivityQuery{PageSize: do.PageSize})
	page, err := list.Page(context.Background(), "")
	if err != nil {
		return measured, err
	}
	measured.Page = liveHeap() - before
	runtime.KeepAlive(page)
	for _, err := range list.All(context.Background()) {
		if err != nil {
			return measured, err
		}
		if measured.Records++; measured.Records%(do.Records/20+1) == 0 {
			measured.Heap = max(measured.Heap, liveHeap()-before)
		}
	}
	return measured, nil
}

// liveHeap returns the heap in use after a garbage collection, once the pages that are loaded ahead
// have arrived: it looks until the heap has stopped growing, which takes longer on a busy machine.
func liveHeap() uint64 {
	for before := uint64(0); ; {
		<-time.After(20 * time.Millisecond)
		runtime.GC()
		runtime.GC() // for what the cleanups of the first one released
		now := heapInUse()
		if now <= before+before/100 {
			return now
		}
		before = now
	}
}

// heapInUse returns the bytes of all objects on the heap, including dead ones that were not swept
// yet.
func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// peakTask walks a list and returns the largest heap in use at any time, garbage included. It looks
// every millisecond.
func peakTask(do task) (result, error) {
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		highest := uint64(0)
		for tick := time.Tick(time.Millisecond); ; {
			select {
			case <-tick:
				highest = max(highest, heapInUse())
			case <-done:
				peak <- highest
				return
			}
		}
	}()
	measured, err := measure(do, walk)
	close(done)
	measured.Heap = <-peak
	return measured, err
}

// shortList has enough pages for the prefetching to reach its limit.
const shortList = 10 * pageSize

// memoryRows compares a long walk with a short one.
func memoryRows(t *testing.T, s scale) []row {
	list := service(t)
	var rows []row
	for _, prefetch := range []int{0, 4} {
		heap := func(records int) result {
			found := run(t, task{Do: "heap", List: list(records, false), Records: records, PageSize: pageSize, Prefetch: prefetch})
			require.Equal(t, records, found.Records)
			return found
		}
		short, long := heap(shortList), heap(s.records*10)
		with := fmt.Sprintf("prefetch %d", prefetch)
		rows = append(rows,
			row{what: "live heap of a walk, " + with, measured: float64(long.Heap) / float64(short.Heap), limit: 1.1,
				note: fmt.Sprintf("%d records against %d", s.records*10, shortList)},
			row{what: "pages in memory beyond the start, " + with, measured: float64(long.Heap) / float64(long.Page), limit: float64(prefetch + 2),
				note: fmt.Sprintf("of %.2f MB each, decoded", float64(long.Page)/1e6)})
	}
	return rows
}

// largePageRows reads a list that is one page.
func largePageRows(t *testing.T, s scale) []row {
	list := service(t)
	var rows []row
	for _, chunked := range []bool{false, true} {
		found := run(t, task{Do: "peak", List: list(s.page, chunked), PageSize: s.page})
		require.Equal(t, s.page, found.Records)
		how := "with Content-Length"
		if chunked {
			how = "in chunks"
		}
		rows = append(rows, row{what: "peak heap of a large page, " + how, measured: float64(found.Heap) / float64(found.Bytes), limit: 3.5,
			note: fmt.Sprintf("of its %.1f MB, garbage included", float64(found.Bytes)/1e6)})
	}
	return rows
}
