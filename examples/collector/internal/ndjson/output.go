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

// output writes the lines of all feeds, one batch after the other.
type output struct {
	out        io.Writer
	sync       func() error  // nil unless out is a regular file
	turn       chan struct{} // full while a batch is written
	unfinished []byte        // the rest of a line that was cut
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
		if info.Size() > 0 { // the last line may be cut, and the file may not be readable
			o.unfinished = []byte{'\n'}
		}
	}
	return o
}

// write writes lines, and waits for a slow reader until ctx ends. If ctx ends first, the lines may
// be written or not.
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

// writeAll first writes the rest of a line that was cut, and then the lines.
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
		return fmt.Errorf("%w: the reader of standard output is gone: start the collector and its reader again: %w", store.ErrGone, err)
	case err != nil:
		return fmt.Errorf("writing records to standard output: %w", err)
	}
	return nil
}
