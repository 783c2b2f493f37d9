package fake

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
)

// wantsGzip reports whether net/http's transport would ask for gzip, and then decompress it.
func wantsGzip(req *http.Request) bool {
	return req.Header.Get("Accept-Encoding") == "" &&
		req.Header.Get("Range") == "" &&
		req.Method != http.MethodHead
}

// gunzip decompresses a response as net/http's transport does: the caller sees neither the encoding
// nor the length on the wire.
func gunzip(resp *http.Response) {
	if !strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") || resp.ContentLength == 0 {
		return
	}
	resp.Body = &gzipBody{compressed: resp.Body}
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength = -1
	resp.Uncompressed = true
}

// gzipBody decompresses from the first Read on, which also returns the errors.
type gzipBody struct {
	compressed io.ReadCloser
	plain      *gzip.Reader
	err        error
}

func (b *gzipBody) Read(p []byte) (int, error) {
	if b.plain == nil && b.err == nil {
		b.plain, b.err = gzip.NewReader(b.compressed)
	}
	if b.err != nil {
		return 0, b.err
	}
	return b.plain.Read(p)
}

func (b *gzipBody) Close() error { return b.compressed.Close() }
