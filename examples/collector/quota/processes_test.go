package quota_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/quota"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// planVariable is the environment variable with the plan of a process that a test started.
const planVariable = "QUOTA_TEST_PLAN"

// plan is the task of a process: it requests pages of the fake in several goroutines until it is
// interrupted.
type plan struct {
	Redis, Name, Fake string
	Goroutines        int
	N                 int
	Per, Lease        time.Duration
}

func runPlan(text string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var p plan
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if err := p.run(ctx); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (p plan) run(ctx context.Context) error {
	limiter, err := quota.Open(p.Redis, p.Name, p.N, p.Per, quota.WithLease(p.Lease))
	if err != nil {
		return err
	}
	defer func() { _ = limiter.Close() }()
	client, err := opswat.New(opswat.ClientCredentials(opswattest.ClientKey, opswattest.ClientSecret),
		activity.WithBaseURL(p.Fake), activity.WithRateLimiter(limiter), activity.WithUserAgent(fmt.Sprintf("worker-%d", os.Getpid())))
	if err != nil {
		return err
	}
	list := client.Activities(opswat.ActivityQuery{})
	ctx, failed := context.WithCancelCause(ctx)
	defer failed(nil)
	var wg sync.WaitGroup
	for range p.Goroutines {
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := list.Page(ctx, ""); err != nil {
					failed(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

func (p plan) start(t *testing.T) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(p)
	require.NoError(t, err)
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), planVariable+"="+string(text))
	process.Stderr = os.Stderr
	require.NoError(t, process.Start())
	return process
}

// countByAgent returns the number of requests of each process.
func countByAgent(requests []opswattest.Request) map[string]int {
	shares := map[string]int{}
	for _, r := range requests {
		agent, _, _ := strings.Cut(r.Header.Get("User-Agent"), " ")
		shares[agent]++
	}
	return shares
}

// The quota of the service, 120 times as fast: no span has more than ten requests by the fake's
// clock, and the processes do not leave the quota unused.
func TestProcessesShareAQuota(t *testing.T) {
	const n, span, spans = 10, 500 * time.Millisecond, 12
	for _, processes := range []int{2, 8} {
		t.Run(fmt.Sprint(processes), func(t *testing.T) {
			server := opswattest.NewServer(opswattest.WithoutQuota())
			defer server.Close()
			p := plan{Redis: shared.URL, Name: t.Name(), Fake: server.URL(), Goroutines: 3, N: n, Per: span, Lease: 5 * time.Second}
			var workers []*exec.Cmd
			for range processes {
				workers = append(workers, p.start(t))
			}
			require.Eventually(t, func() bool { return len(countByAgent(server.APIRequests())) == processes }, 20*time.Second, 5*time.Millisecond)
			pause(spans * span)
			for _, w := range workers {
				require.NoError(t, w.Process.Signal(os.Interrupt))
			}
			for _, w := range workers {
				assert.NoError(t, w.Wait())
			}

			arrived := server.APIRequests()
			assert.LessOrEqual(t, opswattest.MaxInWindow(arrived, span), n)
			// Every request but the first ten had to wait for a slot to come back.
			took := arrived[len(arrived)-1].Time.Sub(arrived[0].Time)
			used := float64(len(arrived)-n) / n / (took.Seconds() / span.Seconds())
			// On an idle machine more than 90 % is used. A busy one is late for its slots, so the
			// bound is far below that: it only finds slots that are lost.
			assert.GreaterOrEqual(t, used, 0.5)
			shares := countByAgent(arrived)
			for worker, requests := range shares {
				assert.Greater(t, requests, len(arrived)/processes/10, "%s got too few slots: %v", worker, shares)
			}
			t.Logf("%d processes: %d arrivals, at most %d in %v, %.1f %% of the quota used, shares %v", processes, len(arrived),
				opswattest.MaxInWindow(arrived, span), span, 100*used, shares)
		})
	}
}

// The slots of a killed process become free after one lease and one span. Then the others use all
// slots.
func TestKilledProcess(t *testing.T) {
	const n, span, lease = 10, 500 * time.Millisecond, time.Second
	server := opswattest.NewServer(opswattest.WithoutQuota())
	defer server.Close()
	p := plan{Redis: shared.URL, Name: t.Name(), Fake: server.URL(), Goroutines: n, N: n, Per: span, Lease: lease}
	server.FailWith(func(opswattest.Request) *opswattest.Fault { return &opswattest.Fault{Delay: lease} })
	start := time.Now()
	victim := p.start(t)
	require.Eventually(t, func() bool { return len(server.APIRequests()) == n }, 20*time.Second, 5*time.Millisecond, "it takes all slots")
	require.NoError(t, victim.Process.Signal(syscall.SIGKILL))
	_ = victim.Wait()
	server.FailWith(nil)

	survivor := p.start(t)
	require.Eventually(t, func() bool { return opswattest.MaxInWindow(server.APIRequests()[n:], span) == n }, 20*time.Second, 5*time.Millisecond)
	require.NoError(t, survivor.Process.Signal(os.Interrupt))
	require.NoError(t, survivor.Wait())
	assert.GreaterOrEqual(t, server.APIRequests()[n].Time.Sub(start), lease+span)
	assert.LessOrEqual(t, opswattest.MaxInWindow(server.APIRequests(), span), n)
}
