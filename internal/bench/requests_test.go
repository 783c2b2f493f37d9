package bench

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// quotaRows compares the virtual time of requests to OPSWAT with the shortest time that ten
// requests in any minute, as the service counts them, allow.
func quotaRows(t *testing.T, s scale) []row {
	var rows []row
	for what, workers := range map[string]int{"time of the least, OPSWAT, 1 goroutine": 1, "time of the least, OPSWAT, 8 goroutines": 8} {
		synctest.Test(t, func(t *testing.T) {
			server := opswattest.NewServer()
			var mu sync.Mutex
			took := []time.Duration{} // by request: different times from 0.1 to 3 s
			server.FailWith(func(opswattest.Request) *opswattest.Fault {
				mu.Lock()
				defer mu.Unlock()
				took = append(took, 100*time.Millisecond+time.Duration(len(took)*7919%2901)*time.Millisecond)
				return &opswattest.Fault{Delay: took[len(took)-1]}
			})
			list := server.Client().Activities(opswat.ActivityQuery{})
			begin := time.Now()
			var wg sync.WaitGroup
			for range workers {
				wg.Go(func() {
					for range s.quota / workers {
						_, err := list.Page(t.Context(), "")
						assert.NoError(t, err)
					}
				})
			}
			wg.Wait()
			arrived := server.APIRequests()
			require.Len(t, arrived, s.quota)
			require.LessOrEqual(t, opswattest.MaxInWindow(arrived, time.Minute), 10)
			// Ten requests arrive at once and ten in each minute after that.
			least := time.Duration((s.quota-1)/10)*time.Minute + took[len(took)-1]
			rows = append(rows, row{what: what, measured: time.Since(begin).Seconds() / least.Seconds(), limit: 1.05, exact: true,
				note: time.Since(begin).String()})
		})
	}
	return rows
}
