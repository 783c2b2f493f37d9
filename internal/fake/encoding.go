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

// encode applies Damage, Charset, BOM and Deflate to the body.
func (f Fault) encode(r *response) {
	if f.Damage != nil {
		r.body = f.Damage(r.body)
	}
	mark := "\ufeff"
	if f.Charset != "" {
		r.body, mark = []byte(encoded(f.Charset, string(r.body))), encoded(f.Charset, mark)
		declareCharset(r.header, f.Charset)
	}
	if f.BOM {
		r.body = append([]byte(mark), r.body...)
	}
	if f.Deflate {
		var out bytes.Buffer
		w := zlib.NewWriter(&out)
		_, _ = w.Write(r.body) // a buffer takes everything
		_ = w.Close()
		r.body = out.Bytes()
		r.header.Set("Content-Encoding", "deflate")
	}
}

// encoded returns the text in a charset, or unchanged if it does not know the charset.
func encoded(charset, text string) string {
	switch strings.ToLower(charset) {
	case "iso-8859-1":
		return latin1(text)
	case "utf-16le":
		return utf16Text(binary.LittleEndian, text)
	case "utf-16be":
		return utf16Text(binary.BigEndian, text)
	default:
		return text
	}
}

// latin1 returns the text in ISO 8859-1, with JSON escapes for what that charset lacks. A byte
// order mark stays in UTF-8.
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

func utf16Text(order binary.AppendByteOrder, text string) string {
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
