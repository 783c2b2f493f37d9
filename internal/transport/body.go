package transport

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"io"
	"math"
	"net/http"
	"strings"

	"github.com/activity-sdk/activity"
)

// maxRefusal is how much is read of an answer that is not a good one. What it has to say stands at
// its beginning.
const maxRefusal = 64 << 10

// readBody reads a whole body of at most limit bytes, decompressed and in UTF-8, or the beginning
// of one that is not an answer to the call. A body that ends early is io.ErrUnexpectedEOF. That of
// a few bytes may take long to decompress, so that ctx ends it.
func readBody(ctx context.Context, resp *http.Response, limit int64) ([]byte, error) {
	if resp.Body == nil {
		return nil, nil
	}
	defer func() { _ = resp.Body.Close() }()
	limit = min(limit, math.MaxInt64-1) // one more is read than allowed
	refusal := resp.StatusCode/100 != 2
	if refusal {
		limit = maxRefusal
	} else if resp.ContentLength > limit {
		return nil, tooLarge()
	}
	body, err := decompressed(resp.Body, resp.Header.Get("Content-Encoding"))
	if err != nil {
		return nil, err
	}
	whole, err := readAll(ctx, io.LimitReader(body, limit+1), resp.ContentLength, limit+1)
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

// decompressed returns what a body says. The standard transport decompresses what it asked for
// itself. What is left is a service that compresses unasked, or says that it does and does not: the
// first bytes tell, where they can.
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
	case first == 0x1f && second == 0x8b: // no text begins so
		body, err = gzip.NewReader(buffered)
	case deflate && first&0x0f == 8 && (int(first)<<8|int(second))%31 == 0:
		body, err = zlib.NewReader(buffered)
	case deflate && !beginsJSON(first, second): // many a service leaves the wrapping away
		body = flate.NewReader(buffered)
	default:
		return buffered, nil
	}
	return body, err
}

// beginsJSON reports whether two bytes are the beginning of an object or an array of JSON, which no
// deflated text begins with.
func beginsJSON(first, second byte) bool {
	return first == '{' && strings.IndexByte("\"} \t\r\n", second) >= 0 ||
		first == '[' && (strings.IndexByte("{[\"]-tfn \t\r\n", second) >= 0 || '0' <= second && second <= '9')
}

func tooLarge() error {
	return ours{&activity.Error{Kind: activity.ErrResponseTooLarge,
		Message: "the answer exceeds the bound set by WithMaxResponseBytes; ask for smaller pages or raise it"}}
}
