package fake

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// Transport returns a round tripper that reaches the server without a socket, whatever the host of
// the URL. It uses nothing except the caller's goroutine and timers, so that it runs on virtual
// time in a testing/synctest bubble. The request's context can end a delay and the reading of the
// body. Requests and responses go through net/http's wire format, so that both sides see what they
// would see over a connection.
func (s *Server) Transport() http.RoundTripper { return inMemory{s} }

type inMemory struct{ server *Server }

func (t inMemory) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	body, err := sentBody(req) // first, since the body must be closed in any case
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if t.server.isClosed() {
		return nil, brokenConnection("dial", "connect", syscall.ECONNREFUSED)
	}
	unzip := wantsGzip(req)
	received, err := receive(req, body, unzip)
	if err != nil {
		return nil, err
	}
	answer, err := t.server.serve(received, body)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil { // it ended while the handler or a hook ran
		return nil, context.Cause(ctx)
	}
	if answer.reset {
		return nil, brokenConnection("read", "read", syscall.ECONNRESET)
	}
	resp, err := answer.httpResponse(req)
	if err != nil {
		return nil, err
	}
	resp.Body = &contextBody{ReadCloser: resp.Body, ctx: ctx}
	if unzip {
		gunzip(resp)
	}
	return resp, nil
}

// sentBody reads and closes the request's body. As net/http does, it returns an error if the length
// is not the request's ContentLength.
func sentBody(req *http.Request) ([]byte, error) {
	var body []byte
	if req.Body != nil {
		defer func() { _ = req.Body.Close() }()
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, fmt.Errorf("the request's body cannot be read: %w", err)
		}
	}
	// With a body, a ContentLength of zero or less means that it is unknown.
	if want := req.ContentLength; want > 0 && want != int64(len(body)) {
		return nil, fmt.Errorf("the request's ContentLength is %d, but its body has %d bytes", want, len(body))
	}
	return body, nil
}

// receive returns the request as a server receives it: it writes the client's request and reads
// that.
func receive(req *http.Request, body []byte, unzip bool) (*http.Request, error) {
	if u := req.URL; u == nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("the request's URL is not one of scheme http or https with a host")
	}
	if err := validHeader(req.Header); err != nil {
		return nil, err
	}
	out := req.Clone(req.Context())
	out.Body, out.ContentLength, out.TransferEncoding = http.NoBody, int64(len(body)), nil
	if len(body) > 0 {
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	if unzip {
		if out.Header == nil {
			out.Header = make(http.Header)
		}
		out.Header.Set("Accept-Encoding", "gzip")
	}
	var wire bytes.Buffer
	if err := out.Write(&wire); err != nil {
		return nil, fmt.Errorf("the request cannot be sent: %w", err)
	}
	received, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		return nil, fmt.Errorf("the request is not valid HTTP: %w", err)
	}
	received.RemoteAddr = "192.0.2.1:49152"
	if req.URL.Scheme == "https" {
		received.TLS = new(tls.ConnectionState) // how a server recognizes https
	}
	return received.WithContext(req.Context()), nil
}

// validHeader returns an error for what net/http's transport refuses. The error does not contain
// the value, which may be a credential.
func validHeader(h http.Header) error {
	for name, values := range h {
		for _, v := range values {
			if strings.ContainsFunc(v, func(r rune) bool { return (r < ' ' && r != '\t') || r == 0x7f }) {
				return fmt.Errorf("the request's header %q holds a control character", name)
			}
		}
	}
	return nil
}

// httpResponse returns the response as a client receives it: it reads what a server would write.
func (r *response) httpResponse(req *http.Request) (*http.Response, error) {
	text := http.StatusText(r.status)
	if text == "" {
		text = fmt.Sprintf("status code %d", r.status)
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %03d %s\r\n", r.status, text)
	_ = r.header.Write(&head) // a buffer takes everything
	head.WriteString("\r\n")
	wire := io.MultiReader(&head, bytes.NewReader(r.body[:r.sent]))
	resp, err := http.ReadResponse(bufio.NewReader(wire), req)
	if err != nil {
		return nil, fmt.Errorf("the fake's answer is not valid HTTP: %w", err)
	}
	return resp, nil
}

// brokenConnection returns the error that net/http returns for a TCP failure.
func brokenConnection(op, call string, errno syscall.Errno) error {
	return &net.OpError{Op: op, Net: "tcp", Err: os.NewSyscallError(call, errno)}
}

// contextBody is a body whose Read fails once the request's context has ended, as it does over a
// connection.
type contextBody struct {
	io.ReadCloser
	ctx context.Context //nolint:containedctx // a body is read long after RoundTrip has returned
}

func (b *contextBody) Read(p []byte) (int, error) {
	if b.ctx.Err() != nil {
		return 0, context.Cause(b.ctx)
	}
	return b.ReadCloser.Read(p)
}
