package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const hostile = "a\"b'c</title><script>alert(1)</script>&amp;<!-- ]]> \x00 \x1b[31m \u202e \ufffe \xff"

// charts returns charts with a hostile name wherever the text of a service may appear.
func charts() map[string]Chart {
	begin := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	series := []Series{{hostile, []float64{3, 1}}, {"other", []float64{1, 0}}}
	return map[string]Chart{
		"bars": Bars{Title: "Changes in " + hostile, Axis: "changes", Rows: []string{hostile, "bob"}, Series: series, Heading: "event",
			Text: func(sum float64) string { return "sum " + string(rune('0'+int(sum))) }},
		"areas": Areas{Title: "Throughput of " + hostile, Axis: "throughput (Mbit/s)", Begin: begin, Step: time.Hour, Series: series, Heading: "user"},
		"lines": Areas{Title: "Throughput of " + hostile, Axis: "throughput (Mbit/s)", Begin: begin, Step: time.Hour, Series: series, Heading: "user",
			Limit: &Limit{"limit of one user: 2 Mbit/s", 2}},
		"calendar": Calendar{Title: "Logins of " + hostile, Days: []time.Time{begin, begin.AddDate(0, 0, 1)}, Rows: []Row{{hostile, []int{1, 2}}}, Heading: "logins per day"},
	}
}

// element is an XML element.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func parsed(t *testing.T, svg []byte) (root element) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	require.NoError(t, decoder.Decode(&root))
	_, err := decoder.Token()
	for !errors.Is(err, io.EOF) { // only white space may follow
		require.NoError(t, err)
		_, err = decoder.Token()
	}
	return root
}

func TestSVGTitleAndDescription(t *testing.T) {
	for name, c := range charts() {
		t.Run(name, func(t *testing.T) {
			folder, err := os.OpenRoot(t.TempDir())
			require.NoError(t, err)
			defer func() { require.NoError(t, folder.Close()) }()
			_, err = Save(folder, "all-"+name, c, "invented data from a fake")
			require.NoError(t, err)
			svg, err := folder.ReadFile("all-" + name + ".svg")
			require.NoError(t, err)
			root := parsed(t, svg)
			assert.Equal(t, "svg", root.XMLName.Local)
			assert.Equal(t, "img", root.attr("role"))
			assert.Equal(t, "all-"+name+"-title all-"+name+"-desc", root.attr("aria-labelledby"))
			require.GreaterOrEqual(t, len(root.Children), 3)
			title, desc := root.Children[0], root.Children[1]
			assert.Equal(t, "title", title.XMLName.Local)
			assert.Equal(t, "all-"+name+"-title", title.attr("id"))
			assert.Contains(t, title.Text, `a"b'c</title><script>alert(1)</script>&amp;<!-- ]]>`)
			assert.Contains(t, title.Text, "(invented data from a fake)")
			assert.Equal(t, "desc", desc.XMLName.Local)
			assert.Equal(t, "all-"+name+"-desc", desc.attr("id"))
			assert.Contains(t, desc.Text, "invented data from a fake. ")
			assert.Contains(t, desc.Text, "<script>")
			assert.NotContains(t, string(svg), "<script")
			assert.Contains(t, string(svg), "font-family:Liberation Sans,Arial,Helvetica,sans-serif;")
			assert.NotContains(t, title.Text+desc.Text, "\u202e")

			picture, err := folder.ReadFile("all-" + name + ".png")
			require.NoError(t, err)
			config, err := png.DecodeConfig(bytes.NewReader(picture))
			require.NoError(t, err)
			drawing, err := c.drawing()
			require.NoError(t, err)
			assert.InDelta(t, (drawing.height + markHeight).Dots(dotsPerInch), float64(config.Height), 1, "the mark has room of its own")
			assert.Contains(t, drawnText(root), "invented data from a fake")
		})
	}
}

// drawnText returns the text that an SVG draws.
func drawnText(e element) string {
	all := ""
	if e.XMLName.Local == "text" {
		all = e.Text + "\n"
	}
	for _, child := range e.Children {
		all += drawnText(child)
	}
	return all
}

func TestDescriptions(t *testing.T) {
	for name, want := range map[string]string{
		"bars":     "Bars of changes, each divided by event: " + hostile + ", other; " + hostile + " sum 4; bob sum 1.",
		"areas":    "Stacked areas of throughput (Mbit/s) over time, from 1 Mar 2026 00:00 to 1 Mar 2026 02:00 UTC; " + hostile + " at most 3; other at most 1.",
		"lines":    "Lines of throughput (Mbit/s) over time, from 1 Mar 2026 00:00 to 1 Mar 2026 02:00 UTC; the line across is limit of one user: 2 Mbit/s; " + hostile + " at most 3; other at most 1.",
		"calendar": "A calendar of logins per day, with a square for each day from 1 Mar 2026 to 2 Mar 2026; " + hostile + " 3 on 2 days.",
	} {
		d, err := charts()[name].drawing()
		require.NoError(t, err)
		assert.Equal(t, want, d.description)
	}
}

func TestAreasLimit(t *testing.T) {
	areas := charts()["lines"].(Areas)
	d, err := areas.drawing()
	require.NoError(t, err)
	assert.InDelta(t, 3.15, d.plot.Y.Max, 1e-9, "the highest value, since lines are not stacked")
	areas.Limit.Value = 40
	d, err = areas.drawing()
	require.NoError(t, err)
	assert.InDelta(t, 42, d.plot.Y.Max, 1e-9, "the chart is high enough for the limit")
	svg := saveSVG(t, areas)
	assert.Contains(t, svg, ">limit of one user: 2 Mbit/s<")
	assert.Equal(t, 1, strings.Count(svg, "stroke-dasharray"))
}

func TestSaveFileMode(t *testing.T) {
	folder, err := os.OpenRoot(t.TempDir())
	require.NoError(t, err)
	defer func() { require.NoError(t, folder.Close()) }()
	require.NoError(t, folder.WriteFile("bars.svg", []byte("an earlier one"), 0o600))
	require.NoError(t, folder.Chmod("bars.svg", 0o644))
	_, err = Save(folder, "bars", charts()["bars"], "")
	require.NoError(t, err)
	info, err := folder.Stat("bars.svg")
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())
}
