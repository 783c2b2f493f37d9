// Package chart draws what a report found: bars that are stacked by a second trait, areas over
// time, and a calendar of days. It knows figures and names, and nothing of where they come from.
package chart

import "image/color"

// Series is one colour of a chart.
type Series struct {
	Name   string
	Values []float64
}

// colors are told apart by people who do not see all colours, after Okabe and Ito. The last is for
// what is left over.
var colors = []color.RGBA{
	{0x00, 0x72, 0xb2, 0xff}, {0xe6, 0x9f, 0x00, 0xff}, {0x00, 0x9e, 0x73, 0xff}, {0xcc, 0x79, 0xa7, 0xff},
	{0x56, 0xb4, 0xe9, 0xff}, {0xd5, 0x5e, 0x00, 0xff}, {0xf0, 0xe4, 0x42, 0xff}, {0xb0, 0xb0, 0xb0, 0xff},
}

// MaxSeries is how many series of a chart can be told apart by their colours, the one for what is
// left over included.
const MaxSeries = 8

// seriesColor returns the colour of the i-th of n series.
func seriesColor(i, n int) color.RGBA {
	if n >= MaxSeries {
		return colors[min(i, len(colors)-1)]
	}
	return colors[i]
}
