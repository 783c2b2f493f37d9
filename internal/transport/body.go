package transport

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"

	"github.com/activity-sdk/activity"
)

// maxRefusal is how many bytes are read of an answer that refuses the request. Its message is at
// the beginning.
const maxRefusal = 64 << 10

// readBody reads the whole body of an answer with a 2xx status, decompressed and in UTF-8, or
// returns activity.ErrResponseTooLarge if it has more than limit bytes. Of any other answer it
// reads the beginning, and nothing if that cannot be decompressed: its status is enough. A body
// that ends early is io.ErrUnexpectedEOF. A few bytes may take long to decompress: reading stops
// when ctx ends.
//
// A body of less than ten bytes that is declared as gzip and is none counts as one that ended
// early, since net/http returns the same error for both.
func readBody(ctx context.Context, resp *http.Response, limit int64) ([]byte, error) {
	if resp.Body == nil {
		return nil, nil
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return nil, nil // the body is the connection itself, and reading it does not end with ctx
	}
	limit = min(limit, math.MaxInt64-1) // one byte more is read than allowed
	refusal := resp.StatusCode/100 != 2
	if refusal {
		limit = maxRefusal
	} else if resp.ContentLength > limit {
		return nil, tooLarge()
	}
	var whole []byte
	source := &bodySource{Reader: resp.Body}
	body, err := decompressed(source, resp.Header.Get("Content-Encoding"))
	if err == nil {
		whole, err = readAll(ctx, io.LimitReader(body, limit+1), resp.ContentLength, limit+1)
	}
	if refusal && err != nil && ctx.Err() == nil && !source.failed() {
		return nil, nil
	}
	if int64(len(whole)) <= limit {
		whole = inUTF8(whole, resp.Header.Get("Content-Type"), limit)
	}
	switch {
	case int64(len(whole)) > limit && refusal:
		return whole[:limit], nil
	case int64(len(whole)) > limit:
		return nil, tooLarge()
	}
	return whole, err
}

// bodySource is a body as the transport delivers it. It remembers the last error.
type bodySource struct {
	io.Reader
	err error
}

func (s *bodySource) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.err = err
	return n, err
}

// failed reports whether the body broke off. It does not count the errors of net/http's gzip, for
// which the body arrived and makes no sense.
func (s *bodySource) failed() bool {
	_, corrupt := errors.AsType[flate.CorruptInputError](s.err)
	return s.err != nil && !corrupt && !errors.Is(s.err, io.EOF) && !errors.Is(s.err, gzip.ErrHeader) && !errors.Is(s.err, gzip.ErrChecksum)
}

// decompressed returns a reader of the decompressed body. net/http decompresses the gzip that it
// asked for, and fails if a body that is declared as gzip is none. This is for a service that
// compresses unasked, or declares deflate and does not use it. The first bytes decide where they
// can.
func decompressed(body io.Reader, declared string) (io.Reader, error) {
	buffered := bufio.NewReaderSize(body, 16)
	head, err := buffered.Peek(2)
	if err == io.EOF { //nolint:errorlint // as a reader returns it; any other error is the connection's
		return buffered, nil
	}
	if err != nil {
		return nil, err
	}
	first, second := head[0], head[1]
	switch deflate := strings.EqualFold(strings.TrimSpace(declared), "deflate"); {
	case first == 0x1f && second == 0x8b: // no text begins like this
		body, err = gzip.NewReader(buffered)
	case deflate && first&0x0f == 8 && (int(first)<<8|int(second))%31 == 0:
		body, err = zlib.NewReader(buffered)
	case deflate && !beginsJSON(first, second): // raw, as many services send it
		body = flate.NewReader(buffered)
	default:
		return buffered, nil
	}
	return body, err
}

// beginsJSON reports whether two bytes are the beginning of a JSON object or array. No deflated
// text begins with them.
func beginsJSON(first, second byte) bool {
	return first == '{' && strings.IndexByte("\"} \t\r\n", second) >= 0 ||
		first == '[' && (strings.IndexByte("{[\"]-tfn \t\r\n", second) >= 0 || '0' <= second && second <= '9')
}

func tooLarge() error {
	return ownError{&activity.Error{Kind: activity.ErrResponseTooLarge,
		Message: "the answer exceeds the limit of WithMaxResponseBytes; ask for smaller pages or raise the limit"}}
}
