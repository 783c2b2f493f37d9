package main

import (
	"bufio"
	"context"
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
	answer = strings.ToLower(answer)
	return answer == "y" || answer == "yes", err
}

// ask asks for a line. A user who is silent answers nothing.
func (u *user) ask(ctx context.Context, question string) (string, error) {
	if u.silent {
		return "", nil
	}
	fmt.Fprint(u.out, question)
	line := make(chan string, 1)
	go func() {
		text, _ := u.in.ReadString('\n') // the end of the input is an empty answer
		line <- strings.TrimSpace(text)
	}()
	select {
	case text := <-line:
		return text, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
