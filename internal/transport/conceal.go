package transport

import (
	"context"
	"errors"
	"fmt"
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

// plain are errors that hold nothing but words of Go's or of the SDK's. What they are is kept when
// the text around them has to go.
var plain = []error{context.Canceled, context.DeadlineExceeded, os.ErrDeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe,
	net.ErrClosed, obstacle.ErrPage, errNothing}

// concealed stands for an error that must not be shown. It has the redacted text, and of the error
// itself only what no secret is in, but all by which it is decided what the error means.
type concealed struct {
	text    string
	is      []error
	lasting string
	timeout bool
}

func (e *concealed) Error() string   { return e.text }
func (e *concealed) Unwrap() []error { return e.is }
func (e *concealed) Lasting() string { return e.lasting }
func (e *concealed) Timeout() bool   { return e.timeout }

func conceal(err error, text string) *concealed {
	e := &concealed{text: text, lasting: obstacle.Lasting(err)}
	for _, p := range plain {
		if errors.Is(err, p) {
			e.is = append(e.is, p)
		}
	}
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		e.is = append(e.is, number)
	}
	type timeout interface {
		error
		Timeout() bool
	}
	if t, ok := errors.AsType[timeout](err); ok && t.Timeout() {
		e.timeout = true
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			e.is = append(e.is, os.ErrDeadlineExceeded)
		}
	}
	return e
}

// cause makes an error from below fit to be shown: without the URL that net/http puts in front, and
// without secrets. An error that says nothing secret stays as it is, so that errors.Is and
// errors.As work on it.
func cause(err error, secrets []string) error {
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
	if slices.Contains(plain, err) {
		return err
	}
	text := err.Error()
	if inner, ok := errors.AsType[*url.Error](err); ok {
		// Somebody wrapped the URL, query included, into a text of their own.
		text = strings.ReplaceAll(text, inner.URL, "[address]")
	}
	r := newRedactor(secrets)
	if shown := r.text(text); shown != err.Error() || r.text(fmt.Sprintf("%+v", err)) != fmt.Sprintf("%+v", err) {
		return conceal(err, shown)
	}
	return err
}

// presentable makes an error of the user's transport or middleware fit to be shown. An
// *activity.Error of theirs remains one.
func (o *operation) presentable(err error) error {
	if e, ok := errors.AsType[ours](err); ok {
		return e.why
	}
	e, ok := errors.AsType[*activity.Error](err)
	if !ok {
		return cause(err, o.secrets())
	}
	shown := &activity.Error{Kind: e.Kind, Message: newRedactor(o.secrets()).text(e.Message)}
	if e.Err != nil {
		shown.Err = cause(e.Err, o.secrets())
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
	e.is = slices.DeleteFunc(e.is, func(is error) bool { return is == context.Canceled || is == context.DeadlineExceeded }) //nolint:errorlint // these very ones
	return e
}
