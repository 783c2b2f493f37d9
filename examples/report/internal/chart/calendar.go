package chart

import (
	"fmt"
	"image/color"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Calendar is a chart with a square for each day of each row. The higher the count, the darker the
// square. The first row is at the top.
type Calendar struct {
	Title   string
	Days    []time.Time // midnights in UTC
	Rows    []Row
	Heading string // of the legend
}

// Row is a row of a [Calendar], with a count for each day.
type Row struct {
	Name   string
	Counts []int
}

// shades has the colours of counts.
var shades = []struct {
	from  int // the lowest count of the colour
	name  string
	color color.RGBA
}{
	{0, "0", color.RGBA{0xee, 0xee, 0xee, 0xff}},
	{1, "1", color.RGBA{0xb5, 0xd4, 0xe9, 0xff}},
	{2, "2", color.RGBA{0x6b, 0xae, 0xd6, 0xff}},
	{3, "3 or 4", color.RGBA{0x31, 0x82, 0xbd, 0xff}},
	{5, "5 or more", color.RGBA{0x08, 0x40, 0x81, 0xff}},
}

func shade(count int) color.Color {
	found := shades[0].color
	for _, s := range shades {
		if count >= s.from {
			found = s.color
		}
	}
	return found
}

func (c Calendar) drawing() (drawing, error) {
	if len(c.Days) == 0 || len(c.Rows) == 0 {
		return drawing{}, errEmpty
	}
	p := newPlot()
	square := vg.Length(12)
	if len(c.Days) > 100 {
		square = 6
	}
	d := drawing{title: c.Title, plot: p, heading: c.Heading,
		width:  max(vg.Length(len(c.Days))*square+340, 8*vg.Inch),
		height: vg.Length(len(c.Rows))*14 + 110}
	for _, s := range shades {
		d.legend = append(d.legend, entry{s.name, s.color})
	}
	names := make([]string, len(c.Rows))
	for i, row := range c.Rows {
		names[len(c.Rows)-1-i] = shortLabel(row.Name)
	}
	p.Add(squares(c))
	p.NominalY(names...)
	p.Y.Tick.Width = 0
	p.Y.Width = 0
	p.Y.Min, p.Y.Max = -0.5, float64(len(c.Rows))-0.5
	p.X.Label.Text = "day (UTC); the dates are Mondays"
	p.X.Min, p.X.Max = -0.5, float64(len(c.Days))-0.5
	p.X.Width = 0
	p.X.Tick.Marker = plot.ConstantTicks(c.mondays())
	d.description = c.describe()
	return d, nil
}

// describe returns a text version of the chart: each row with its sum.
func (c Calendar) describe() string {
	const date = "2 Jan 2006"
	var out strings.Builder
	fmt.Fprintf(&out, "A calendar of %s, with a square for each day from %s to %s", c.Heading, c.Days[0].Format(date), c.Days[len(c.Days)-1].Format(date))
	for _, row := range c.Rows {
		sum, active := 0, 0
		for _, count := range row.Counts {
			sum += count
			active += min(count, 1)
		}
		fmt.Fprintf(&out, "; %s %d on %d days", row.Name, sum, active)
	}
	return out.String() + "."
}

// mondays returns the ticks below a calendar. If there are many, only some have labels.
func (c Calendar) mondays() []plot.Tick {
	const most = 13
	every := (len(c.Days)/7 + most) / most
	var ticks []plot.Tick
	for i, day := range c.Days {
		if day.Weekday() != time.Monday {
			continue
		}
		tick := plot.Tick{Value: float64(i)}
		if len(ticks)%every == 0 {
			tick.Label = day.Format("2 Jan")
		}
		ticks = append(ticks, tick)
	}
	return ticks
}

// squares draws the days of a calendar.
type squares Calendar

// Plot implements plot.Plotter.
func (s squares) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	const inset = 0.06 // of a square, on each side
	for i, row := range s.Rows {
		foot := float64(len(s.Rows)-1-i) - 0.5
		for day, count := range row.Counts {
			left := float64(day) - 0.5
			from := vg.Point{X: x(left + inset), Y: y(foot + inset)}
			to := vg.Point{X: x(left + 1 - inset), Y: y(foot + 1 - inset)}
			c.FillPolygon(shade(count), rectangle(from.X, from.Y, to.X-from.X, to.Y-from.Y))
		}
	}
}
