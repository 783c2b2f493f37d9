package chart

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/activity-sdk/activity/examples/report/internal/text"
)

// withTitle adds the title and the description to an SVG, for people who cannot see it. Their ids
// begin with the name of the file, so that one page can contain several charts.
func (d drawing) withTitle(svg []byte, name string) []byte {
	const root = "<svg "
	begin := bytes.Index(svg, []byte(root)) + len(root)
	end := begin + bytes.IndexByte(svg[begin:], '>') + 1
	title, description := d.title, d.description
	if d.mark != "" {
		title += " (" + d.mark + ")"
		description = d.mark + ". " + description
	}
	var out bytes.Buffer
	out.Write(svg[:begin])
	fmt.Fprintf(&out, "role=\"img\" aria-labelledby=\"%s-title %s-desc\"\n     ", escaped(name), escaped(name))
	out.Write(svg[begin:end])
	fmt.Fprintf(&out, "\n<title id=\"%s-title\">%s</title>\n<desc id=\"%s-desc\">%s</desc>", escaped(name), escaped(title), escaped(name),
		escaped(description))
	out.Write(svg[end:])
	// If the font is not installed, Arial and Helvetica have letters of the same widths.
	const font = "font-family:Liberation Sans"
	return bytes.ReplaceAll(out.Bytes(), []byte(font+";"), []byte(font+",Arial,Helvetica,sans-serif;"))
}

func escaped(s string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(text.Plain(s))) // writing to a Builder does not fail
	return out.String()
}
