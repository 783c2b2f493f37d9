package chart

import (
	"time"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Areas are series over time, stacked on one another, the first at the foot. A value holds for a
// whole step.
type Areas struct {
	Title   string
	Axis    string // what the values are, with their unit
	Begin   time.Time
	Step    time.Duration
	Series  []Series // with a value for each step
	Heading string   // of the legend: what the series are
}

func (a Areas) drawing() (drawing, error) {
	if len(a.Series) == 0 || len(a.Series[0].Values) == 0 {
		return drawing{}, errEmpty
	}
	p := newPlot()
	d := drawing{title: a.Title, plot: p, heading: a.Heading, width: 11 * vg.Inch, height: 4.6 * vg.Inch}
	steps := len(a.Series[0].Values)
	sums := make([]float64, steps)
	outlines := make([]*plotter.Polygon, len(a.Series))
	largest := 0.0
	for i, series := range a.Series {
		// Along the upper edge and back along the lower one.
		outline := make(plotter.XYs, 4*steps)
		for step, value := range series.Values {
			left, right := a.at(step), a.at(step+1)
			low, high := sums[step], sums[step]+value
			outline[2*step], outline[2*step+1] = plotter.XY{X: left, Y: high}, plotter.XY{X: right, Y: high}
			outline[4*steps-1-2*step], outline[4*steps-2-2*step] = plotter.XY{X: left, Y: low}, plotter.XY{X: right, Y: low}
			sums[step] = high
			largest = max(largest, high)
		}
		area, err := plotter.NewPolygon(outline)
		if err != nil {
			return drawing{}, err
		}
		area.Color = seriesColor(i, len(a.Series))
		area.Width = 0
		outlines[i] = area
		d.legend = append(d.legend, entry{series.Name, area.Color})
	}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = faint, faint
	p.Add(grid)
	for _, area := range outlines {
		p.Add(area)
	}
	p.X.Label.Text = "time (UTC)"
	p.X.Min, p.X.Max = a.at(0), a.at(steps)
	p.X.Tick.Marker = clockTicks{}
	p.Y.Label.Text = a.Axis
	p.Y.Min, p.Y.Max = 0, max(largest*1.05, 1)
	p.Y.Tick.Marker = valueTicks{}
	return d, nil
}

// at is the place of the beginning of a step on the axis: Unix time, in seconds.
func (a Areas) at(step int) float64 {
	return float64(a.Begin.Add(time.Duration(step)*a.Step).UnixMilli()) / 1000
}
