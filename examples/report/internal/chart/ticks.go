package chart

import (
	"math"
	"strconv"
	"time"

	"gonum.org/v1/plot"
)

// valueTicks puts ticks at multiples of 1, 2 or 5 times a power of ten.
type valueTicks struct {
	whole bool // whole numbers only
}

// Ticks implements plot.Ticker.
func (v valueTicks) Ticks(least, most float64) []plot.Tick {
	const labels = 6
	power := math.Floor(math.Log10((most - least) / labels))
	if v.whole {
		power = max(power, 0)
	}
	unit := math.Pow(10, power)
	step := unit
	for _, times := range []float64{1, 2, 5, 10} {
		step = times * unit
		if most-least <= labels*step {
			break
		}
	}
	digits := max(0, -int(math.Floor(math.Log10(step))))
	var ticks []plot.Tick
	for i := math.Ceil(least / step); i*step <= most; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: strconv.FormatFloat(i*step, 'f', digits, 64)})
	}
	return ticks
}

func isFraction(value float64) bool { return value != math.Trunc(value) }

// clockTicks puts ticks at round times in UTC. The axis has Unix time in seconds.
type clockTicks struct{}

// Ticks implements plot.Ticker.
func (clockTicks) Ticks(least, most float64) []plot.Tick {
	const hour, day = 3600.0, 24 * 3600.0
	labels := 9.0
	step, layout := day, "2 Jan"
	if most-least <= labels*day/2 { // labels with the hour need more room
		labels = 6
	}
	for _, step = range []float64{60, 300, 900, hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day, 28 * day, 91 * day,
		364 * day} {
		if most-least <= labels*step {
			break
		}
	}
	if step < day {
		layout = "2 Jan 15:04"
	}
	if most-least > 300*day {
		layout = "2 Jan 2006"
	}
	var ticks []plot.Tick
	for i := math.Ceil(least / step); i*step <= most; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: time.Unix(int64(i*step), 0).UTC().Format(layout)})
	}
	return ticks
}
