package chart

import (
	"bytes"
	"cmp"
	"fmt"
	"image/png"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// saveSVG returns the SVG of a chart, and checks that the PNG has the same size.
func saveSVG(t *testing.T, c Chart) string {
	t.Helper()
	folder, err := os.OpenRoot(t.TempDir())
	require.NoError(t, err)
	defer func() { require.NoError(t, folder.Close()) }()
	files, err := Save(folder, "picture", c, "")
	require.NoError(t, err)
	require.Equal(t, []string{"picture.svg", "picture.png"}, files)
	for _, file := range files {
		info, err := folder.Stat(file)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode())
	}
	drawing, err := c.drawing()
	require.NoError(t, err)
	raster, err := folder.ReadFile("picture.png")
	require.NoError(t, err)
	config, err := png.DecodeConfig(bytes.NewReader(raster))
	require.NoError(t, err)
	assert.InDelta(t, drawing.width.Dots(dotsPerInch), float64(config.Width), 1)
	assert.InDelta(t, drawing.height.Dots(dotsPerInch), float64(config.Height), 1)
	svg, err := folder.ReadFile("picture.svg")
	require.NoError(t, err)
	return string(svg)
}

func TestBars(t *testing.T) {
	svg := saveSVG(t, Bars{Title: "Changes <by> user", Axis: "changes", Rows: []string{"Liam O'Brien & co", strings.Repeat("n", 50)},
		Series:  []Series{{"created", []float64{3, 1}}, {"deleted", []float64{1, 0}}},
		Heading: "event", Text: func(sum float64) string { return fmt.Sprintf("all %.0f", sum) }})
	for _, text := range []string{"Changes &lt;by&gt; user", ">changes<", "Liam O&#39;Brien &amp; co", strings.Repeat("n", 33) + "…", ">created<",
		">deleted<", ">event<", ">all 4<", ">all 1<", ">0<", ">4<"} {
		assert.Contains(t, svg, text)
	}
	assert.NotContains(t, svg, ">0.5<", "counts have no halves")
}

// barShape matches the outline of a bar in an SVG: left, bottom, and the right upper corner.
var barShape = regexp.MustCompile(`d="M([0-9.]+),([0-9.]+)L[0-9.]+,[0-9.]+L([0-9.]+),[^"]*" style="fill:#0072B2`)

func TestBarsFirstRowAtTop(t *testing.T) {
	svg := saveSVG(t, Bars{Title: "Changes", Axis: "changes", Rows: []string{"many", "few"}, Series: []Series{{"created", []float64{30, 10}}},
		Text: func(float64) string { return "" }})
	bars := barShape.FindAllStringSubmatch(svg, -1)
	require.Len(t, bars, 2)
	number := func(text string) float64 {
		n, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		return n
	}
	slices.SortFunc(bars, func(a, b []string) int { return cmp.Compare(number(b[2]), number(a[2])) }) // in this SVG, y grows upwards
	wide := func(bar []string) float64 { return number(bar[3]) - number(bar[1]) }
	assert.InDelta(t, 3, wide(bars[0])/wide(bars[1]), 0.01)
}

func TestBarsOfOneSeriesHaveNoLegend(t *testing.T) {
	svg := saveSVG(t, Bars{Title: "Failures", Axis: "failures", Rows: []string{"ada"}, Series: []Series{{"secret series", []float64{3}}},
		Heading: "event", Text: func(float64) string { return "" }})
	assert.NotContains(t, svg, "secret series")
	assert.NotContains(t, svg, ">event<")
}

func TestAreas(t *testing.T) {
	begin := time.Date(2026, time.February, 27, 12, 0, 0, 0, time.FixedZone("", 3600))
	areas := Areas{Title: "Throughput", Axis: "throughput (Mbit/s)", Begin: begin, Step: 6 * time.Hour, Heading: "user",
		Series: []Series{{"ada", []float64{1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, {"bob", []float64{2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0}}}}
	svg := saveSVG(t, areas)
	for _, text := range []string{">throughput (Mbit/s)<", ">time (UTC)<", ">28 Feb 00:00<", ">1 Mar 00:00<", ">2 Mar 00:00<", ">5<", ">ada<", ">bob<"} {
		assert.Contains(t, svg, text)
	}
	drawing, err := areas.drawing()
	require.NoError(t, err)
	assert.Equal(t, float64(begin.Unix()), drawing.plot.X.Min)
	assert.Equal(t, float64(begin.Add(72*time.Hour).Unix()), drawing.plot.X.Max)
	assert.InDelta(t, 5.25, drawing.plot.Y.Max, 1e-9, "the highest sum, and 5 % of room")
}

func TestCalendar(t *testing.T) {
	var days []time.Time
	for i := range 20 {
		days = append(days, time.Date(2026, time.March, 1+i, 0, 0, 0, 0, time.UTC)) // a Sunday
	}
	calendar := Calendar{Title: "Logins", Days: days, Heading: "logins per day",
		Rows: []Row{{"ada", slices.Repeat([]int{1}, 20)}, {"bob", slices.Repeat([]int{0, 7}, 10)}}}
	svg := saveSVG(t, calendar)
	for _, text := range []string{">ada<", ">bob<", ">2 Mar<", ">9 Mar<", ">16 Mar<", ">3 or 4<", ">5 or more<", ">logins per day<"} {
		assert.Contains(t, svg, text)
	}
	assert.Equal(t, 20+1, strings.Count(svg, "#B5D4E9"), "a square for each day, and one in the legend")
	assert.Equal(t, 10+1, strings.Count(svg, "#084081"))
}

func TestCalendarOfAYear(t *testing.T) {
	days := make([]time.Time, 366)
	for i := range days {
		days[i] = time.Date(2026, time.January, 1+i, 0, 0, 0, 0, time.UTC)
	}
	labels := 0
	for _, tick := range (Calendar{Days: days}).mondays() {
		if tick.Label != "" {
			labels++
		}
	}
	assert.LessOrEqual(t, labels, 14)
	assert.GreaterOrEqual(t, labels, 9)
}

func TestSaveErrors(t *testing.T) {
	folder, err := os.OpenRoot(t.TempDir())
	require.NoError(t, err)
	defer func() { require.NoError(t, folder.Close()) }()
	for _, empty := range []Chart{Bars{}, Areas{}, Calendar{}} {
		_, err := Save(folder, "picture", empty, "")
		require.ErrorIs(t, err, errEmpty)
	}
	_, err = Save(folder, "../picture", Calendar{Days: make([]time.Time, 1), Rows: []Row{{"ada", []int{1}}}}, "")
	require.ErrorContains(t, err, "save chart", "outside of the folder")
}

func TestLongTitle(t *testing.T) {
	bars := Bars{Axis: "changes", Rows: []string{"ada"}, Series: []Series{{"a", []float64{3}}}, Text: func(float64) string { return "" }}
	bars.Title = strings.Repeat("long title ", 14)
	assert.Contains(t, saveSVG(t, bars), strings.TrimSpace(bars.Title), "the title fits in smaller letters")
	bars.Title = strings.Repeat("long title ", 50)
	assert.Contains(t, saveSVG(t, bars), "…<")
}

func TestValueTicks(t *testing.T) {
	for _, test := range []struct {
		most   float64
		whole  bool
		labels []string
	}{
		{1, false, []string{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{1, true, []string{"0", "1"}},
		{17, true, []string{"0", "5", "10", "15"}},
		{0.07, false, []string{"0.00", "0.02", "0.04", "0.06"}},
		{814, false, []string{"0", "200", "400", "600", "800"}},
		{3_000_000, true, []string{"0", "500000", "1000000", "1500000", "2000000", "2500000", "3000000"}},
	} {
		var labels []string
		for _, tick := range (valueTicks{test.whole}).Ticks(0, test.most) {
			labels = append(labels, tick.Label)
		}
		assert.Equal(t, test.labels, labels)
	}
}

func TestClockTicks(t *testing.T) {
	begin := time.Date(2026, time.January, 31, 22, 40, 0, 0, time.UTC)
	for _, test := range []struct {
		span        time.Duration
		first, next string
	}{
		{5 * time.Minute, "31 Jan 22:40", "31 Jan 22:41"},
		{5 * time.Hour, "31 Jan 23:00", "1 Feb 00:00"},
		{2 * 24 * time.Hour, "1 Feb 00:00", "1 Feb 12:00"},
		{7 * 24 * time.Hour, "1 Feb", "2 Feb"},
		{50 * 24 * time.Hour, "5 Feb", "12 Feb"},
		{800 * 24 * time.Hour, "23 Apr 2026", "23 Jul 2026"},
	} {
		ticks := clockTicks{}.Ticks(float64(begin.Unix()), float64(begin.Add(test.span).Unix()))
		require.GreaterOrEqual(t, len(ticks), 4)
		assert.LessOrEqual(t, len(ticks), 10)
		assert.Equal(t, test.first, ticks[0].Label)
		assert.Equal(t, test.next, ticks[1].Label)
	}
}
