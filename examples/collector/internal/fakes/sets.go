package fakes

import (
	"context"
	"strconv"
	"sync"
	"time"
)

// numberStride is the distance between the first record numbers of two sets.
const numberStride = 10_000_000

// Sets are several independent sets of the four services, for one collector.
type Sets []*Services

// NewSets makes n sets, each with its own records. Their tenants are demo, demo2, demo3 and so on.
func NewSets(n int) Sets {
	sets := make(Sets, n)
	for i := range sets {
		tenant := Tenant
		if i > 0 {
			tenant += strconv.Itoa(i + 1)
		}
		sets[i] = newServices(tenant, int64(i)*numberStride)
	}
	return sets
}

// Add adds n records to each feed of all sets.
func (s Sets) Add(n int, from, to time.Time) {
	for _, one := range s {
		one.Add(n, from, to)
	}
}

// Grow calls Grow for all sets in parallel.
func (s Sets) Grow(ctx context.Context, perSecond float64, total int) {
	var growing sync.WaitGroup
	for _, one := range s {
		growing.Go(func() { one.Grow(ctx, perSecond, total) })
	}
	growing.Wait()
}

// Close stops all services.
func (s Sets) Close() {
	for _, one := range s {
		one.Close()
	}
}
