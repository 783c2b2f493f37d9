package chart

import (
	"image/color"
	"unicode/utf8"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/activity-sdk/activity/examples/report/internal/text"
)

// margin is the space around a drawing, and between its plot and its legend.
const margin = 12 * vg.Length(1)

// titleHeight is the space for the title, above the plot and its legend.
const titleHeight = 28 * vg.Length(1)

// markHeight is the space for the mark, between the title and the plot.
const markHeight = 16 * vg.Length(1)

// maxLabel is the most characters of a name in a drawing.
const maxLabel = 34

// drawing is a plot with its legend. The legend is to the right of the plot, where it hides
// nothing.
type drawing struct {
	title         string
	mark          string // a warning below the title; "" for none
	description   string // a text version, for people who cannot see it
	plot          *plot.Plot
	legend        []entry
	heading       string // of the legend
	width, height vg.Length
}

// entry is a line of a legend.
type entry struct {
	name  string
	color color.Color
}

func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.White
	p.Legend.TextStyle.Font = sans(10)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font = sans(11)
		axis.Label.Padding = 6
		axis.Tick.Label.Font = sans(10)
		axis.Color = gray
		axis.Tick.Color = gray
	}
	return p
}

// sans returns a sans-serif font.
func sans(size vg.Length) font.Font {
	return font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
}

var (
	gray      = color.Gray{Y: 0x80}
	lightGray = color.Gray{Y: 0xdd}
	red       = color.RGBA{0xb0, 0x1c, 0x0c, 0xff}
)

// shortLabel returns a name as a drawing shows it.
func shortLabel(name string) string { return text.Shorten(text.Plain(name), maxLabel) }

// draw draws onto a canvas of the drawing's width and height.
func (d drawing) draw(canvas vg.CanvasSizer) {
	c := draw.New(canvas)
	c.SetColor(color.White)
	c.Fill(c.Path())
	inner := draw.Crop(c, margin, -margin, margin, -margin)
	d.drawTitle(inner)
	inner = draw.Crop(inner, 0, 0, 0, -titleHeight)
	if d.mark != "" {
		d.drawMark(inner)
		inner = draw.Crop(inner, 0, 0, 0, -markHeight)
	}
	if len(d.legend) == 0 {
		d.plot.Draw(inner)
		return
	}
	style := d.plot.Legend.TextStyle
	const swatch, lineHeight = 10, 16
	widest := style.Width(d.heading)
	for _, e := range d.legend {
		widest = max(widest, style.Width(shortLabel(e.name))+swatch+6)
	}
	d.plot.Draw(draw.Crop(inner, 0, -widest-margin, 0, 0))

	style.YAlign = draw.YCenter
	x, y := inner.Max.X-widest, inner.Max.Y-lineHeight
	inner.FillText(style, vg.Point{X: x, Y: y}, d.heading)
	for _, e := range d.legend {
		y -= lineHeight
		inner.FillPolygon(e.color, rectangle(x, y-swatch/2, swatch, swatch))
		inner.FillText(style, vg.Point{X: x + swatch + 6, Y: y}, shortLabel(e.name))
	}
}

// drawTitle draws the title across the whole width. It makes a long title smaller, and cuts one
// that would become too small to read.
func (d drawing) drawTitle(c draw.Canvas) {
	const largest, smallest = 14, 9
	style := d.plot.Title.TextStyle
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	title := text.Plain(d.title)
	style.Font = sans(largest)
	for size := vg.Length(largest); size > smallest && style.Width(title) > c.Size().X; size-- {
		style.Font = sans(size - 1)
	}
	for most := utf8.RuneCountInString(title) - 1; style.Width(title) > c.Size().X; most-- {
		title = text.Shorten(title, most)
	}
	c.FillText(style, vg.Point{X: c.Center().X, Y: c.Max.Y}, title)
}

// drawMark draws the mark in a colour that nothing else has.
func (d drawing) drawMark(c draw.Canvas) {
	style := d.plot.Title.TextStyle
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	style.Font, style.Color = sans(11), red
	c.FillText(style, vg.Point{X: c.Center().X, Y: c.Max.Y + 8}, text.Plain(d.mark))
}

// rectangle returns the corners of a rectangle.
func rectangle(x, y, width, height vg.Length) []vg.Point {
	return []vg.Point{{X: x, Y: y}, {X: x + width, Y: y}, {X: x + width, Y: y + height}, {X: x, Y: y + height}}
}
