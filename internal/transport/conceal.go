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

// ownError is an error of the transport itself on its way through the user's middleware. Its text
// holds no secret and is not redacted: removing a short secret would change what it says, and the
// gap would show the secret.
type ownError struct{ err *activity.Error }

func (e ownError) Error() string { return e.err.Error() }
func (e ownError) Unwrap() error { return e.err }

// concealed replaces an error of a transport, middleware, a limiter, a token source or a callback,
// whose text and fields may hold anything. It keeps one line without secrets, and what decides what
// the error means. errors.Is reports the same for it as for the original, which cannot be reached
// in any other way.
type concealed struct {
	text    string
	is      func(target error) bool
	number  error // the syscall.Errno, if there is one
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

// safe are errors whose texts are constants of Go or of the SDK. They are not redacted.
var safe = []error{context.Canceled, context.DeadlineExceeded, os.ErrDeadlineExceeded, io.EOF, io.ErrUnexpectedEOF,
	io.ErrClosedPipe, net.ErrClosed, obstacle.ErrPage, errNothing}

// cause returns an error that may be shown, without the URL that net/http puts in front.
func (r *redactor) cause(err error) error {
	for {
		wrapped, ok := err.(*url.Error) //nolint:errorlint // only the outermost is removed, what it wraps is kept
		if !ok {
			break
		}
		err = wrapped.Err
	}
	switch err.(type) { //nolint:errorlint // only these types themselves, never an error around them
	case timeoutError, syscall.Errno, *concealed:
		return err
	}
	if slices.Contains(safe, err) {
		return err
	}
	text := err.Error()
	if inner, ok := errors.AsType[*url.Error](err); ok && inner.URL != "" {
		// The text of the error around it holds the URL, query included.
		text = strings.ReplaceAll(text, inner.URL, "[address]")
	}
	return conceal(err, r.line(text, maxText))
}

// presentable returns an error of the user's transport or middleware as it may be shown. An
// *activity.Error remains one.
func presentable(r *redactor, err error) error {
	if e, ok := errors.AsType[ownError](err); ok {
		return e.err
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

// notContextError makes sure that an error does not look like the end of the caller's context,
// which is still alive: a connection or middleware may have a deadline of its own.
func notContextError(err error) error {
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

// Conceal returns an error of a user's function as it may be shown.
func (c *Client) Conceal(err error) error { return c.credentials.redactor().cause(err) }
