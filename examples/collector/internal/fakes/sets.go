package fakes

import (
	"context"
	"strconv"
	"sync"
	"time"
)

// numberStride is how far the numbers of two services' records are apart.
const numberStride = 10_000_000

// Sets are several services that have nothing to do with each other, to be collected by one
// collector.
type Sets []*Services

// NewSets makes n services, each with records of its own. Their tenants are called demo, demo2,
// demo3 and so on.
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

// Add adds n records to each feed of all services.
func (s Sets) Add(n int, from, to time.Time) {
	for _, one := range s {
		one.Add(n, from, to)
	}
}

// Grow adds records to each feed of all services, and returns when the last has all or ctx ends.
func (s Sets) Grow(ctx context.Context, perSecond float64, total int) {
	var growing sync.WaitGroup
	for _, one := range s {
		growing.Go(func() { one.Grow(ctx, perSecond, total) })
	}
	growing.Wait()
}

// Close ends all services.
func (s Sets) Close() {
	for _, one := range s {
		one.Close()
	}
}
