package transport

import (
	"compress/gzip"
	"io"
	"math"
	"net/http"
	"strings"

	"github.com/activity-sdk/activity"
)

// maxRefusal is how much is read of an answer that is not a good one. What it has to say stands at its beginning.
const maxRefusal = 64 << 10

// readBody reads a whole body of at most limit bytes, decompressed, or the beginning of one that is not an answer to the call. A body
// that ends early is io.ErrUnexpectedEOF.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
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
	body, announced := io.Reader(resp.Body), resp.ContentLength
	// The standard transport decompresses what it asked for itself. What is left is a service that compresses unasked.
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		unzipped, err := gzip.NewReader(body)
		if err == io.EOF { //nolint:errorlint // gzip returns it bare; an empty body is not compressed
			return nil, nil
		}
		if err != nil {
			return nil, malformed("the answer says that it is gzip, and is not")
		}
		body, announced = unzipped, -1
	}
	whole, err := gather(io.LimitReader(body, limit+1), min(announced, limit), limit+1)
	switch {
	case int64(len(whole)) > limit && refusal:
		return whole[:limit], nil
	case int64(len(whole)) > limit:
		return nil, tooLarge()
	}
	return whole, err
}

func tooLarge() error {
	return &activity.Error{Kind: activity.ErrResponseTooLarge,
		Message: "the answer exceeds the bound set by WithMaxResponseBytes; ask for smaller pages or raise it"}
}
