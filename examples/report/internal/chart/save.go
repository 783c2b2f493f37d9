package chart

import (
	"fmt"
	"io"
	"os"

	"gonum.org/v1/plot/vg"
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
// the user alone: the pictures name people. It gives the names of the files.
func Save(folder *os.Root, name string, c Chart) ([]string, error) {
	d, err := c.drawing()
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", name, err)
	}
	svg := vgsvg.New(d.width, d.height)
	png := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(d.width, d.height), vgimg.UseDPI(dotsPerInch))}
	var written []string
	for _, form := range []struct {
		ending string
		canvas interface {
			vg.CanvasSizer
			io.WriterTo
		}
	}{{".svg", svg}, {".png", png}} {
		d.draw(form.canvas)
		if err := write(folder, name+form.ending, form.canvas); err != nil {
			return written, err
		}
		written = append(written, name+form.ending)
	}
	return written, nil
}

func write(folder *os.Root, name string, picture io.WriterTo) error {
	file, err := folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("save picture: %w", err)
	}
	_, err = picture.WriteTo(file)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("save picture %s: %w", name, err)
	}
	return nil
}
