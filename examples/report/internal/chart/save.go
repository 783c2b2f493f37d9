package chart

import (
	"bytes"
	"fmt"
	"os"

	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Chart is a [Bars], [Areas] or [Calendar].
type Chart interface {
	drawing() (drawing, error)
}

// dotsPerInch is the resolution of PNG: 1.5 times that of a plain screen, so that small letters can
// be read.
const dotsPerInch = 144

// Save writes the chart to name.svg and name.png in a folder, replacing existing files, and returns
// their names. Charts contain names, so the files have mode 0600. If mark is not empty, it is drawn
// below the title as a warning.
func Save(folder *os.Root, name string, c Chart, mark string) ([]string, error) {
	d, err := c.drawing()
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", name, err)
	}
	if d.mark = mark; mark != "" {
		d.height += markHeight
	}
	var svg, png bytes.Buffer
	vector := vgsvg.New(d.width, d.height)
	d.draw(vector)
	if _, err := vector.WriteTo(&svg); err != nil {
		return nil, fmt.Errorf("draw %s: %w", name, err)
	}
	raster := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(d.width, d.height), vgimg.UseDPI(dotsPerInch))}
	d.draw(raster)
	if _, err := raster.WriteTo(&png); err != nil {
		return nil, fmt.Errorf("draw %s: %w", name, err)
	}
	var written []string
	for _, file := range []struct {
		name    string
		content []byte
	}{{name + ".svg", d.withTitle(svg.Bytes(), name)}, {name + ".png", png.Bytes()}} {
		if err := folder.WriteFile(file.name, file.content, 0o600); err != nil {
			return written, fmt.Errorf("save chart: %w", err)
		}
		if err := folder.Chmod(file.name, 0o600); err != nil { // an existing file may have another mode
			return written, fmt.Errorf("save chart: %w", err)
		}
		written = append(written, file.name)
	}
	return written, nil
}
