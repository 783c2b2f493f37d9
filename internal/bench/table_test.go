package bench

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/assert"
)

var (
	full  = flag.Bool("full", false, "measure everything at full size, as the table's figures are meant")
	pairs = flag.Int("pairs", 15, "with -full: how many pairs of measurements a median is taken of")
)

// scale is how much is measured.
type scale struct {
	pairs   int
	records int // of a list
	page    int // records of the largest page
	slack   float64
	build   bool // programs, whose sizes are compared
	pages   int  // of a list whose pages take their time
	quota   int  // requests under a quota
}

// atFull is what the table is about, inUsualTests as little as shows a mistake, within bounds that
// are wider by the slack.
var (
	atFull       = scale{records: distinct, page: distinct, slack: 1, build: true, pages: 100, quota: 1000}
	inUsualTests = scale{pairs: 1, records: 4000, page: 8000, slack: 3, pages: 40, quota: 200}
)

// row is a line of the table.
type row struct {
	what     string
	measured float64
	most     float64 // it must not be more
	note     string  // what stands behind the figure
}

// TestTable measures all that there is to measure. Each function gives one row or several.
func TestTable(t *testing.T) {
	s := inUsualTests
	if *full {
		s = atFull
		s.pairs = *pairs
	}
	var rows []row
	for _, measure := range []func(*testing.T, scale) []row{
		walkRows, memoryRows, largestPageRows, startRows, sizeRows, latencyRows, quotaRows,
	} {
		rows = append(rows, measure(t, s)...)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "what\tmeasured\tmust reach\tok\t")
	for _, r := range rows {
		ok := r.measured <= r.most*s.slack
		assert.True(t, ok, "%s: %.3g, want at most %.3g", r.what, r.measured, r.most*s.slack)
		fmt.Fprintf(table, "%s\t%.3f\t≤ %.2f\t%t\t%s\n", r.what, r.measured, r.most, ok, r.note)
	}
	if testing.Verbose() {
		_ = table.Flush()
	}
}

// median is the middle one of some figures.
func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}
