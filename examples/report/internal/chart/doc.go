// Package chart draws three kinds of charts, as SVG and PNG: stacked bars, areas over time, and
// calendars. It knows nothing about vendors.
package chart

import "image/color"

// Series has the values of one colour in a chart.
type Series struct {
	Name   string
	Values []float64
}

// colors can be distinguished by people with colour blindness (Okabe and Ito). The last is for the
// sum of the other series.
var colors = []color.RGBA{
	{0x00, 0x72, 0xb2, 0xff}, {0xe6, 0x9f, 0x00, 0xff}, {0x00, 0x9e, 0x73, 0xff}, {0xcc, 0x79, 0xa7, 0xff},
	{0x56, 0xb4, 0xe9, 0xff}, {0xd5, 0x5e, 0x00, 0xff}, {0xf0, 0xe4, 0x42, 0xff}, {0xb0, 0xb0, 0xb0, 0xff},
}

// MaxSeries is the number of series that colours can distinguish, including the one for the others.
const MaxSeries = 8

// seriesColor returns the colour of the i-th of n series.
func seriesColor(i, n int) color.RGBA {
	if n >= MaxSeries {
		return colors[min(i, len(colors)-1)]
	}
	return colors[i]
}
