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
	full  = flag.Bool("full", false, "measure at full size, as for the figures in README.md")
	pairs = flag.Int("pairs", 15, "with -full: the number of pairs of measurements for a median")
)

// scale is how much is measured.
type scale struct {
	pairs   int
	records int // of a list
	page    int // records of the largest page
	slack   float64
	build   bool // build programs to compare their sizes
	pages   int  // of a list with slow pages
	virtual bool // time of slow pages: the machine's load does not matter
	quota   int  // requests under a quota
}

// fullScale is for the table in README.md. usualScale is enough to show a mistake, within bounds
// that are wider by the slack.
var (
	fullScale  = scale{records: distinct, page: distinct, slack: 1, build: true, pages: 100, quota: 1000}
	usualScale = scale{pairs: 1, records: 4000, page: 8000, slack: 3, pages: 100, virtual: true, quota: 1000}
)

// row is a line of the table.
type row struct {
	what     string
	measured float64
	limit    float64 // the largest good value
	exact    bool    // does not depend on the machine, so that the limit has no slack
	note     string  // printed after the figure
}

// TestTable measures everything. Each function returns one row or several.
func TestTable(t *testing.T) {
	s := usualScale
	if *full {
		s = fullScale
		s.pairs = *pairs
	}
	var rows []row
	for _, measure := range []func(*testing.T, scale) []row{
		walkRows, memoryRows, largePageRows, startRows, sizeRows, latencyRows, quotaRows,
	} {
		rows = append(rows, measure(t, s)...)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "what\tmeasured\tlimit\tok\t")
	for _, r := range rows {
		limit := r.limit
		if !r.exact {
			limit *= s.slack
		}
		ok := r.measured <= limit
		assert.True(t, ok, "%s: %.3g, want at most %.3g", r.what, r.measured, limit)
		fmt.Fprintf(table, "%s\t%.3f\t≤ %.2f\t%t\t%s\n", r.what, r.measured, limit, ok, r.note)
	}
	if testing.Verbose() {
		_ = table.Flush()
	}
}

// median returns the middle one of some values.
func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}
