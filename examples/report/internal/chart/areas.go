package chart

import (
	"fmt"
	"image/color"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Areas is a chart of series over time, stacked with the first at the bottom. A value holds for a
// whole step. With a Limit the series are lines that are not stacked, since their sum cannot be
// compared with the limit of one.
type Areas struct {
	Title   string
	Axis    string // what the values are, with their unit
	Begin   time.Time
	Step    time.Duration
	Series  []Series // each with a value per step
	Heading string   // of the legend
	Limit   *Limit
}

// Limit is a horizontal line across the chart.
type Limit struct {
	Name  string // in the legend
	Value float64
}

func (a Areas) drawing() (drawing, error) {
	if len(a.Series) == 0 || len(a.Series[0].Values) == 0 {
		return drawing{}, errEmpty
	}
	p := newPlot()
	d := drawing{title: a.Title, description: a.describe(), plot: p, heading: a.Heading, width: 11 * vg.Inch, height: 4.6 * vg.Inch}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = lightGray, lightGray
	p.Add(grid)
	draw := a.stack
	if a.Limit != nil {
		draw = a.lines
	}
	largest, err := draw(&d)
	if err != nil {
		return drawing{}, err
	}
	p.X.Label.Text = "time (UTC)"
	p.X.Min, p.X.Max = a.at(0), a.at(len(a.Series[0].Values))
	p.X.Tick.Marker = clockTicks{}
	p.Y.Label.Text = a.Axis
	p.Y.Min, p.Y.Max = 0, max(largest*1.05, 1)
	p.Y.Tick.Marker = valueTicks{}
	return d, nil
}

// stack draws each series on top of the previous ones, and returns the highest sum.
func (a Areas) stack(d *drawing) (largest float64, err error) {
	steps := len(a.Series[0].Values)
	sums := make([]float64, steps)
	for i, series := range a.Series {
		// Along the upper edge, and back along the lower edge.
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
			return 0, err
		}
		area.Color = seriesColor(i, len(a.Series))
		area.Width = 0
		d.plot.Add(area)
		d.legend = append(d.legend, entry{series.Name, area.Color})
	}
	return largest, nil
}

// lines draws each series as a line of steps, the first in front, and the limit. It returns the
// highest value.
func (a Areas) lines(d *drawing) (largest float64, err error) {
	plotters := make([]plot.Plotter, len(a.Series))
	for i, series := range a.Series {
		corners := make(plotter.XYs, 0, 2*len(series.Values))
		for step, value := range series.Values {
			corners = append(corners, plotter.XY{X: a.at(step), Y: value}, plotter.XY{X: a.at(step + 1), Y: value})
			largest = max(largest, value)
		}
		line, err := plotter.NewLine(corners)
		if err != nil {
			return 0, err
		}
		line.Color, line.Width = seriesColor(i, len(a.Series)), 1.5
		plotters[len(a.Series)-1-i] = line
		d.legend = append(d.legend, entry{series.Name, line.Color})
	}
	d.plot.Add(plotters...)
	limit, err := plotter.NewLine(plotter.XYs{{X: a.at(0), Y: a.Limit.Value}, {X: a.at(len(a.Series[0].Values)), Y: a.Limit.Value}})
	if err != nil {
		return 0, err
	}
	limit.Color, limit.Width, limit.Dashes = color.Black, 1.5, []vg.Length{6, 4}
	d.plot.Add(limit)
	d.legend = append(d.legend, entry{a.Limit.Name, limit.Color})
	return max(largest, a.Limit.Value), nil
}

// describe returns a text version of the chart: each series with its highest value.
func (a Areas) describe() string {
	const moment = "2 Jan 2006 15:04"
	steps := len(a.Series[0].Values)
	var out strings.Builder
	shape := "Stacked areas"
	if a.Limit != nil {
		shape = "Lines"
	}
	fmt.Fprintf(&out, "%s of %s over time, from %s to %s UTC", shape, a.Axis, a.Begin.UTC().Format(moment),
		a.Begin.Add(time.Duration(steps)*a.Step).UTC().Format(moment))
	if a.Limit != nil {
		fmt.Fprintf(&out, "; the line across is %s", a.Limit.Name)
	}
	for _, series := range a.Series {
		highest := 0.0
		for _, value := range series.Values {
			highest = max(highest, value)
		}
		fmt.Fprintf(&out, "; %s at most %.3g", series.Name, highest)
	}
	return out.String() + "."
}

// at returns the position of the beginning of a step on the axis: its Unix time in seconds.
func (a Areas) at(step int) float64 {
	return float64(a.Begin.Add(time.Duration(step)*a.Step).UnixMilli()) / 1000
}
