package ndjson

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"syscall"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// output is where the lines of all feeds go, one batch after the other.
type output struct {
	out        io.Writer
	sync       func() error  // nil for what is not a regular file
	turn       chan struct{} // holds something while somebody writes
	unfinished []byte        // what the last line that was written still lacks
}

func newOutput(out io.Writer) *output {
	o := &output{out: out, turn: make(chan struct{}, 1)}
	file, ok := out.(interface {
		Stat() (fs.FileInfo, error)
		Sync() error
	})
	if !ok {
		return o
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		o.sync = file.Sync
		if info.Size() > 0 { // the last line may lack its end, and a file that is appended to may not be read
			o.unfinished = []byte{'\n'}
		}
	}
	return o
}

// write writes whole lines, and waits for a reader that is slow for as long as ctx lasts. If that
// ends first, the lines may be written or not.
func (o *output) write(ctx context.Context, lines []byte) error {
	select {
	case o.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	written := make(chan error, 1)
	go func() {
		defer func() { <-o.turn }()
		written <- o.writeAll(lines)
	}()
	select {
	case err := <-written:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// writeAll finishes the line that was cut, if one was, and writes the others.
func (o *output) writeAll(lines []byte) error {
	data := slices.Concat(o.unfinished, lines)
	n, err := o.out.Write(data)
	n = min(max(n, 0), len(data))
	if err == nil && n < len(data) {
		err = io.ErrShortWrite
	}
	if left := data[n:]; n > 0 && data[n-1] == '\n' || n == 0 && len(o.unfinished) == 0 {
		o.unfinished = nil
	} else {
		o.unfinished = left[:bytes.IndexByte(left, '\n')+1]
	}
	if err == nil && o.sync != nil {
		err = o.sync()
	}
	switch {
	case errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		return fmt.Errorf("%w: whoever read standard output is gone: start the collector and its reader again: %w", store.ErrGone, err)
	case err != nil:
		return fmt.Errorf("writing records to standard output: %w", err)
	}
	return nil
}
