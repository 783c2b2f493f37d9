package chart

import (
	"bytes"
	"fmt"
	"os"

	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Chart is a picture that can be saved: [Bars], [Areas] or [Calendar].
type Chart interface {
	drawing() (drawing, error)
}

// dotsPerInch is for PNG: half as much again as a plain screen has, so that small letters are
// legible.
const dotsPerInch = 144

// Save writes the chart into the folder as name.svg and name.png, over what is there, readable by
// the user alone: the pictures name people. It returns the names of the files. The mark is written
// below the title, where nobody can miss it, unless it is empty.
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
	}{{name + ".svg", d.named(svg.Bytes(), name)}, {name + ".png", png.Bytes()}} {
		if err := folder.WriteFile(file.name, file.content, 0o600); err != nil {
			return written, fmt.Errorf("save picture: %w", err)
		}
		if err := folder.Chmod(file.name, 0o600); err != nil { // one that was there before may have been open to others
			return written, fmt.Errorf("save picture: %w", err)
		}
		written = append(written, file.name)
	}
	return written, nil
}
