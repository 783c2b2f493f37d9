package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// user is the person who runs the probe.
type user struct {
	in     *bufio.Reader
	out    io.Writer
	silent bool // is asked nothing
}

// confirm asks a question that yes or no answers. No answer is no.
func (u *user) confirm(ctx context.Context, question string) (bool, error) {
	answer, err := u.ask(ctx, question+" [y/N] ")
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	answer = strings.ToLower(answer)
	return answer == "y" || answer == "yes", err
}

// ask asks for a line. A user who is silent answers nothing. At the end of the input it returns
// io.EOF: nobody is there to answer.
func (u *user) ask(ctx context.Context, question string) (string, error) {
	if u.silent {
		return "", nil
	}
	fmt.Fprint(u.out, question)
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := u.in.ReadString('\n')
		read <- line{strings.TrimSpace(text), err}
	}()
	select {
	case l := <-read:
		return l.text, l.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
