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

// heapTask walks a list and finds the most that is in use behind a garbage collection, at twenty
// places, beyond what was before. It measures a single page first: behind the walk, what the walk
// lets go would be counted against the page.
func heapTask(what task) (figures, error) {
	var found figures
	before := liveHeap()
	client, err := newClient(what.List, activity.WithPrefetch(what.Prefetch))
	if err != nil {
		return found, err
	}
	list := client.Activities(snaplogic.ActivityQuery{PageSize: what.PageSize})
	page, err := list.Page(context.Background(), "")
	if err != nil {
		return found, err
	}
	found.Page = liveHeap() - before
	runtime.KeepAlive(page)
	for _, err := range list.All(context.Background()) {
		if err != nil {
			return found, err
		}
		if found.Records++; found.Records%(what.Records/20+1) == 0 {
			found.Heap = max(found.Heap, liveHeap()-before)
		}
	}
	return found, nil
}

// liveHeap is what is in use once pages that are loaded ahead had time to arrive.
func liveHeap() uint64 {
	<-time.After(20 * time.Millisecond)
	runtime.GC()
	runtime.GC() // for what the first one's cleanups let go
	return heapInUse()
}

// heapInUse counts the objects on the heap, dead ones that were not swept yet included.
func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// peakTask walks a list and finds the most that was in use at any time, garbage included, by
// looking every millisecond.
func peakTask(what task) (figures, error) {
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
	found, err := count(what, walk)
	close(done)
	found.Heap = <-peak
	return found, err
}

// few is a list of some pages, so that as much is loaded ahead as ever will be.
const few = 10 * pageSize

// memoryRows compares a long walk with a short one.
func memoryRows(t *testing.T, s scale) []row {
	list := service(t)
	var rows []row
	for _, prefetch := range []int{0, 4} {
		heap := func(records int) figures {
			found := run(t, task{Do: "heap", List: list(records, false), Records: records, PageSize: pageSize, Prefetch: prefetch})
			require.Equal(t, records, found.Records)
			return found
		}
		short, long := heap(few), heap(s.records*10)
		with := fmt.Sprintf("prefetch %d", prefetch)
		rows = append(rows,
			row{"live heap of a walk, " + with, float64(long.Heap) / float64(short.Heap), 1.1,
				fmt.Sprintf("%d records against %d", s.records*10, few)},
			row{"pages in memory beyond the start, " + with, float64(long.Heap) / float64(long.Page), float64(prefetch + 2),
				fmt.Sprintf("of %.2f MB each, decoded", float64(long.Page)/1e6)})
	}
	return rows
}

// largestPageRows reads a list that is one page.
func largestPageRows(t *testing.T, s scale) []row {
	list := service(t)
	var rows []row
	for _, chunked := range []bool{false, true} {
		found := run(t, task{Do: "peak", List: list(s.page, chunked), PageSize: s.page})
		require.Equal(t, s.page, found.Records)
		how := "with Content-Length"
		if chunked {
			how = "in chunks"
		}
		rows = append(rows, row{"peak heap of a large page, " + how, float64(found.Heap) / float64(found.Bytes), 3.5,
			fmt.Sprintf("of its %.1f MB, garbage included", float64(found.Bytes)/1e6)})
	}
	return rows
}
