package killtest_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	kills   = flag.Int("kills", 20, "how often the collector is killed")
	longest = flag.Duration("longest", 600*time.Millisecond, "the latest moment of a kill after the first record of a run")
	seed    = flag.Uint64("seed", 0, "of the random moments; 0: another one each time")
)

func TestNothingIsMissingAfterKills(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	random := rand.New(rand.NewPCG(*seed, 0))
	fakes := serve(t)
	for range *kills {
		before := size(t, fakes.Output)
		run := start(t, fakes.Config)
		// The moments count from the first bytes of a run, so they do not depend on how fast the
		// machine starts a process. A run without new records is killed too.
		waitUntil(func() bool { return size(t, fakes.Output) > before }, 2*time.Second)
		<-time.After(time.Duration(random.Int64N(int64(*longest))))
		run.kill(t)
	}
	want := fakes.records(t)
	last := start(t, fakes.Config)
	complete := waitUntil(func() bool { return len(missing(want, written(t, fakes.Output))) == 0 }, 30*time.Second)
	interrupted := time.Now()
	require.NoError(t, last.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, last.cmd.Wait(), last.tail())
	assert.Less(t, time.Since(interrupted), 10*time.Second)

	got := written(t, fakes.Output)
	lost := missing(want, got)
	assert.True(t, complete && len(lost) == 0, "%d records are missing, such as %q\n%s", len(lost), lost[:min(3, len(lost))], last.tail())
	repeated, names := 0, map[string]string{}
	for raw, uids := range got {
		assert.Contains(t, want, raw, "the fakes do not have this record")
		repeated += len(uids) - 1
		for _, uid := range uids {
			assert.Equal(t, uids[0], uid, "a record was repeated with another uid: %s", raw)
			names[uid] = raw
		}
	}
	assert.Len(t, names, len(got), "two records have the same uid")
	t.Logf("%d kills (seed %d): %d records, %d of them came again", *kills, *seed, len(got), repeated)
}

// missing returns the records that were not written.
func missing(want map[string]bool, got map[string][]string) (lost []string) {
	for raw := range want {
		if len(got[raw]) == 0 {
			lost = append(lost, raw)
		}
	}
	return lost
}

// waitUntil waits until done returns true, and reports whether it did in time.
func waitUntil(done func() bool, within time.Duration) bool {
	for deadline := time.Now().Add(within); time.Now().Before(deadline); {
		if done() {
			return true
		}
		<-time.After(20 * time.Millisecond)
	}
	return done()
}
