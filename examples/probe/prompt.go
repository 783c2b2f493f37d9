package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// prompt asks the person who runs the probe.
type prompt struct {
	in     *bufio.Reader
	out    io.Writer
	silent bool // ask nothing
}

// confirm asks a yes-or-no question. No answer is no.
func (p *prompt) confirm(ctx context.Context, question string) (bool, error) {
	answer, err := p.readLine(ctx, question+" [y/N] ")
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	answer = strings.ToLower(answer)
	return answer == "y" || answer == "yes", err
}

// readLine asks for a line. A silent prompt returns an empty one. At the end of the input, readLine
// returns io.EOF even for an unfinished line: nobody is there to answer.
func (p *prompt) readLine(ctx context.Context, question string) (string, error) {
	if p.silent {
		return "", nil
	}
	fmt.Fprint(p.out, question)
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := p.in.ReadString('\n')
		read <- line{strings.TrimSpace(text), err}
	}()
	select {
	case l := <-read:
		return l.text, l.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
