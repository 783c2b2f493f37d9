package chart

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Bars is a chart of horizontal bars, the first row at the top. A bar stacks the values of all
// series for its row, and has the sum at its end.
type Bars struct {
	Title   string
	Axis    string   // what the values are, with their unit
	Rows    []string // the names of the bars
	Series  []Series // each with a value per row
	Heading string   // of the legend
	Text    func(sum float64) string
}

// errEmpty is the error for a chart without data.
var errEmpty = errors.New("nothing to draw")

func (b Bars) drawing() (drawing, error) {
	if len(b.Rows) == 0 || len(b.Series) == 0 {
		return drawing{}, errEmpty
	}
	const thickness, distance = 14, 22
	p := newPlot()
	n := len(b.Rows)
	d := drawing{title: b.Title, plot: p, heading: b.Heading, width: 9.5 * vg.Inch, height: vg.Length(n)*distance + 110}

	var below *plotter.BarChart
	sums := make([]float64, n)
	for i, series := range b.Series {
		values := make(plotter.Values, n)
		for row, value := range series.Values {
			values[n-1-row] = value // an axis counts from the bottom
			sums[row] += value
		}
		bars, err := plotter.NewBarChart(values, thickness)
		if err != nil {
			return drawing{}, err
		}
		bars.Horizontal = true
		bars.Color = seriesColor(i, len(b.Series))
		bars.LineStyle.Width = 0
		if below != nil {
			bars.StackOn(below)
		}
		below = bars
		p.Add(bars)
		d.legend = append(d.legend, entry{series.Name, bars.Color})
	}
	if len(b.Series) == 1 {
		d.legend = nil
	}

	names := make([]string, n)
	ends := plotter.XYLabels{XYs: make(plotter.XYs, n), Labels: make([]string, n)}
	largest := 0.0
	for row, sum := range sums {
		names[n-1-row] = shortLabel(b.Rows[row])
		ends.XYs[row] = plotter.XY{X: sum, Y: float64(n - 1 - row)}
		ends.Labels[row] = b.Text(sum)
		largest = max(largest, sum)
	}
	labels, err := plotter.NewLabels(ends)
	if err != nil {
		return drawing{}, err
	}
	for i := range labels.TextStyle {
		labels.TextStyle[i].Font = sans(9)
		labels.TextStyle[i].YAlign = draw.YCenter
	}
	labels.Offset = vg.Point{X: 4, Y: 2}
	p.Add(labels)

	p.NominalY(names...)
	p.Y.Tick.Width = 0
	p.Y.Min, p.Y.Max = -0.6, float64(n)-0.4
	p.X.Label.Text = b.Axis
	p.X.Min, p.X.Max = 0, max(largest, 1)*1.1 // room for the sums
	p.X.Tick.Marker = valueTicks{whole: !slices.ContainsFunc(sums, isFraction)}
	d.description = b.describe(sums)
	return d, nil
}

// describe returns a text version of the chart: each bar with its sum.
func (b Bars) describe(sums []float64) string {
	var out strings.Builder
	fmt.Fprintf(&out, "Bars of %s", b.Axis)
	if len(b.Series) > 1 {
		names := make([]string, len(b.Series))
		for i, series := range b.Series {
			names[i] = series.Name
		}
		fmt.Fprintf(&out, ", each divided by %s: %s", b.Heading, strings.Join(names, ", "))
	}
	for row, sum := range sums {
		fmt.Fprintf(&out, "; %s %s", b.Rows[row], b.Text(sum))
	}
	return out.String() + "."
}
