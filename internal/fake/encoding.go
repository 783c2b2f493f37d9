package fake

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"unicode/utf16"
)

// encode changes how the body of an answer is written, as ordered, and declares it.
func (f Fault) encode(a *answer) {
	if f.Damage != nil {
		a.body = f.Damage(a.body)
	}
	mark := "\ufeff"
	if f.Charset != "" {
		a.body, mark = []byte(encoded(f.Charset, string(a.body))), encoded(f.Charset, mark)
		declareCharset(a.header, f.Charset)
	}
	if f.BOM {
		a.body = append([]byte(mark), a.body...)
	}
	if f.Deflate {
		var out bytes.Buffer
		w := zlib.NewWriter(&out)
		_, _ = w.Write(a.body) // a buffer takes everything
		_ = w.Close()
		a.body = out.Bytes()
		a.header.Set("Content-Encoding", "deflate")
	}
}

// encoded writes a text in a charset. One that it does not know leaves the text as it is.
func encoded(charset, text string) string {
	switch strings.ToLower(charset) {
	case "iso-8859-1":
		return latin1(text)
	case "utf-16le":
		return wide(binary.LittleEndian, text)
	case "utf-16be":
		return wide(binary.BigEndian, text)
	default:
		return text
	}
}

// latin1 writes as JSON escapes what ISO 8859-1 does not have. It leaves a byte order mark, which
// that charset has none of, in UTF-8.
func latin1(text string) string {
	if text == "\ufeff" {
		return text
	}
	var out []byte
	for _, r := range text {
		switch {
		case r <= 0xff:
			out = append(out, byte(r)) //nolint:gosec // as the case says, it fits
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
		}
	}
	return string(out)
}

func wide(order binary.AppendByteOrder, text string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// declareCharset replaces the charset of the content type.
func declareCharset(h http.Header, charset string) {
	media, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		media, params = "text/plain", map[string]string{}
	}
	params["charset"] = charset
	h.Set("Content-Type", mime.FormatMediaType(media, params))
}
