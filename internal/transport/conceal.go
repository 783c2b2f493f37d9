package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/obstacle"
)

// ours is an error of the transport's own making on its way through the user's middleware. Its
// words hold no secret, and stay as they are: redacting a short one would change what they say, and
// the gap would show what it is.
type ours struct{ why *activity.Error }

func (e ours) Error() string { return e.why.Error() }
func (e ours) Unwrap() error { return e.why }

// concealed stands for an error from below: of a transport, middleware, a limiter, a token source,
// a callback. Such an error may say anything, and hold anything. What is left of it is one line
// without secrets, and all by which it is decided what the error means. errors.Is finds whatever
// it finds in the original, which nobody can reach.
type concealed struct {
	text    string
	is      func(target error) bool
	number  error // the system's, if there is one
	lasting string
	timeout bool
}

func (e *concealed) Error() string        { return e.text }
func (e *concealed) Is(target error) bool { return e.is(target) }
func (e *concealed) Unwrap() error        { return e.number }
func (e *concealed) Lasting() string      { return e.lasting }
func (e *concealed) Timeout() bool        { return e.timeout }

func conceal(err error, text string) *concealed {
	e := &concealed{text: text, lasting: obstacle.Lasting(err)}
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		e.number = number
	}
	type timeout interface {
		error
		Timeout() bool
	}
	if t, ok := errors.AsType[timeout](err); ok {
		e.timeout = t.Timeout()
	}
	e.is = func(target error) bool {
		return errors.Is(err, target) || e.timeout && target == os.ErrDeadlineExceeded //nolint:errorlint // as errors.Is compares
	}
	return e
}

// constants are errors that hold nothing but words of Go's or of the SDK's, which are not redacted.
var constants = []error{context.Canceled, context.DeadlineExceeded, os.ErrDeadlineExceeded, io.EOF, io.ErrUnexpectedEOF,
	io.ErrClosedPipe, net.ErrClosed, obstacle.ErrPage, errNothing}

// cause makes an error from below fit to be shown, without the URL that net/http puts in front.
func (r *redactor) cause(err error) error {
	for {
		wrapped, ok := err.(*url.Error) //nolint:errorlint // only the outermost is taken off, what it wraps is kept
		if !ok {
			break
		}
		err = wrapped.Err
	}
	switch err.(type) { //nolint:errorlint // only what is nothing else, never something around it
	case timeoutError, syscall.Errno, *concealed:
		return err
	}
	if slices.Contains(constants, err) {
		return err
	}
	text := err.Error()
	if inner, ok := errors.AsType[*url.Error](err); ok && inner.URL != "" {
		// Somebody wrapped the URL, query included, into a text of their own.
		text = strings.ReplaceAll(text, inner.URL, "[address]")
	}
	return conceal(err, r.line(text, maxText))
}

// presentable makes an error of the user's transport or middleware fit to be shown. An
// *activity.Error of theirs remains one.
func presentable(r *redactor, err error) error {
	if e, ok := errors.AsType[ours](err); ok {
		return e.why
	}
	e, ok := errors.AsType[*activity.Error](err)
	if !ok {
		return r.cause(err)
	}
	shown := &activity.Error{Kind: e.Kind, Message: r.line(e.Message, maxText)}
	if e.Kind != nil && !slices.Contains(kinds, e.Kind) {
		shown.Kind = r.cause(e.Kind)
	}
	if e.Err != nil {
		shown.Err = r.cause(e.Err)
	}
	return shown
}

// notTheCallers takes from an error what would say that the caller's context ended, which has not:
// a connection may have a deadline of its own, and so may middleware.
func notTheCallers(err error) error {
	if _, own := errors.AsType[*activity.Error](err); own || !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := conceal(err, err.Error())
	is := e.is
	e.is = func(target error) bool {
		return target != context.Canceled && target != context.DeadlineExceeded && is(target) //nolint:errorlint // these very ones
	}
	return e
}

// Conceal makes an error of a user's function fit to be shown.
func (c *Client) Conceal(err error) error { return c.credentials.redactor().cause(err) }
