package killtest_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/fakes"
)

var (
	kills   = flag.Int("kills", 0, "how often the collector is killed; 0: 20 times, and 10 times for ndjson")
	records = flag.Int("records", 3000, "records of each feed, a third of which are added during the kills")
	sink    = flag.String("sink", "", "sqlite, jetstream or ndjson; empty: all, one after the other")
	longest = flag.Duration("longest", 800*time.Millisecond, "the latest moment of a kill after the start")
	seed    = flag.Uint64("seed", 0, "of the random moments; 0: another one each time")
)

// destination is a sink whose records the test reads afterwards.
type destination interface {
	flags() []string
	records(t *testing.T) collection
}

// pipeDestination is a destination that reads the collector's standard output.
type pipeDestination interface {
	destination
	output(t *testing.T) *os.File                 // for one collector
	asWritten(t *testing.T, record string) string // the record as the destination has it
}

var destinations = map[string]func(t *testing.T) destination{
	"jetstream": newStream,
	"ndjson":    newPipe,
	"sqlite":    newSQLiteFile,
}

func TestEveryRecordOnceAcrossKills(t *testing.T) {
	chosen := slices.Sorted(maps.Keys(destinations))
	if *sink != "" {
		require.Contains(t, chosen, *sink)
		chosen = []string{*sink}
	}
	for _, name := range chosen {
		times := *kills
		switch {
		case times > 0:
		case name == "ndjson": // its checkpoints are in SQLite, which has its own test
			times = 10
		default:
			times = 20
		}
		t.Run(name, func(t *testing.T) { testKills(t, destinations[name](t), times) })
	}
}

func testKills(t *testing.T, dest destination, kills int) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	random := rand.New(rand.NewPCG(*seed, 0))
	added := *records / 3
	pace := float64(added) / (float64(kills) * longest.Seconds() / 2)
	services := serve(t, "-records", strconv.Itoa(*records-added), "-growth", strconv.Itoa(added),
		"-pace", fmt.Sprint(pace), "-every", "50ms")
	args := append([]string{"-config", services.Config}, dest.flags()...)

	hit := 0
	for range kills {
		run := startInto(t, output(t, dest), append(args, "-follow")...)
		wait(t.Context(), time.Duration(random.Int64N(int64(*longest))))
		run.kill(t)
		if run.interruptedWrites(t) > 0 {
			hit++
		}
	}
	t.Logf("%d kills (seed %d), %d of them during a write", kills, *seed, hit)
	settle(t, services)
	last := startInto(t, output(t, dest), args...)
	require.NoError(t, last.cmd.Wait(), last.tail())
	compare(t, services, dest, *records)
}

// output returns the file for a collector's standard output, or nil if that is its log.
func output(t *testing.T, dest destination) *os.File {
	t.Helper()
	if r, ok := dest.(pipeDestination); ok {
		return r.output(t)
	}
	return nil
}

// settle waits until the fakes have all their records and a feed can read the last of them. The
// vendors' clocks have seconds, and an Aspera transfer ends a second after its start.
func settle(t *testing.T, s services) {
	t.Helper()
	for s.growing(t) {
		wait(t.Context(), 50*time.Millisecond)
	}
	wait(t.Context(), 3*time.Second)
}

// compare fails the test unless the destination has the same records as the fakes, which have the
// given number in each feed.
func compare(t *testing.T, s services, dest destination, records int) {
	t.Helper()
	want, got := s.records(t), dest.records(t)
	if r, ok := dest.(pipeDestination); ok {
		want = want.each(func(record string) string { return r.asWritten(t, record) })
	}
	for _, feed := range fakes.Feeds {
		t.Logf("%-11s %-20s %6d records at the vendor, %6d stored", feed.Vendor, feed.Feed, want.count(feed), got.count(feed))
		assert.Equal(t, records, want.count(feed))
	}
	assert.Empty(t, want.differences(got))
}

// wait waits for d or until ctx ends.
func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
