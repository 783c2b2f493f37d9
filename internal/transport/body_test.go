package transport_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// compressed returns a text, compressed by a writer.
func compressed(text string, through func(io.Writer) io.WriteCloser) string {
	var b bytes.Buffer
	w := through(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

func zipped(w io.Writer) io.WriteCloser  { return gzip.NewWriter(w) }
func wrapped(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
func deflated(w io.Writer) io.WriteCloser {
	d, _ := flate.NewWriter(w, flate.DefaultCompression)
	return d
}

func utf16Text(text string, high, low int) string {
	b := make([]byte, 0, 2*len(text))
	for _, unit := range utf16Units(text) {
		pair := [2]byte{}
		pair[high], pair[low] = byte(unit>>8), byte(unit)
		b = append(b, pair[:]...)
	}
	return string(b)
}

// utf16Units encodes a text in UTF-16. The only character of these tests that needs two units is 😀.
func utf16Units(text string) (units []uint16) {
	for _, r := range text {
		if r == '😀' {
			units = append(units, 0xd83d, 0xde00)
			continue
		}
		units = append(units, uint16(r))
	}
	return units
}

// What a body is, is decided by its bytes and not by its headers.
func TestBodyWithWrongHeaders(t *testing.T) {
	const body, accents = `{"things":[1]}`, `{"things":["é€"]}`
	const smiling = `{"things":["é€😀"]}`
	for name, c := range map[string]struct {
		sent, contentType, encoding string
		read                        string // "": body
	}{
		"plain text":            {body, "text/plain", "", ""},
		"HTML":                  {body, "text/html; charset=utf-8", "", ""},
		"no semicolon":          {body, "application/json charset=utf-8", "", ""},
		"broken":                {body, "?/;", "", ""},
		"no label":              {body, "", "", ""},
		"octets":                {body, "application/octet-stream", "", ""},
		"mark":                  {"\xef\xbb\xbf" + body, "application/json", "", ""},
		"mark and plain text":   {"\xef\xbb\xbf" + body, "text/plain", "", ""},
		"Latin 1":               {"{\"things\":[\"\xe9\x80\"]}", `application/json; charset="ISO-8859-1"`, "", accents},
		"Windows":               {"{\"things\":[\"\xe9\x80\"]}", "text/plain charset=windows-1252", "", accents},
		"UTF-8 called Latin 1":  {accents, "application/json;charset=iso-8859-1", "", accents},
		"UTF-16, little":        {"\xff\xfe" + utf16Text(smiling, 1, 0), "application/json; charset=utf-16", "", smiling},
		"UTF-16, big":           {"\xfe\xff" + utf16Text(smiling, 0, 1), "application/json", "", smiling},
		"UTF-16LE without mark": {utf16Text(smiling, 1, 0), "application/json; charset=utf-16le", "", smiling},
		"UTF-16BE without mark": {utf16Text(smiling, 0, 1), "application/json; charset=utf-16be", "", smiling},
		"half a character":      {utf16Text(`{"things":[`, 0, 1) + "\x00\"\xd8\x3d\x00\"\x00]\x00}", "", "", `{"things":["` + "\uFFFD" + `"]}`},
		"unknown charset":       {body, "application/json; charset=klingon", "", ""},
		"gzip":                  {compressed(body, zipped), "application/json", "gzip", ""},
		"gzip, unsaid":          {compressed(body, zipped), "application/json", "", ""},
		"gzip with a mark":      {compressed("\xef\xbb\xbf"+body, zipped), "application/json", "x-gzip", ""},
		"said to be gzip":       {body, "application/json", "gzip", ""},
		"deflate":               {compressed(body, wrapped), "application/json", "deflate", ""},
		"deflate, raw":          {compressed(body, deflated), "application/json", "Deflate", ""},
		"deflate, mark":         {compressed("\xef\xbb\xbf"+body, deflated), "application/json", "deflate", ""},
		"said to be deflate":    {body, "application/json", "deflate", ""},
		"deflate, Latin 1":      {compressed("{\"things\":[\"\xe9\x80\"]}", wrapped), "application/json; charset=latin1", "deflate", accents},
	} {
		t.Run(name, func(t *testing.T) {
			if c.read == "" {
				c.read = body
			}
			decoded := ""
			call := list()
			decode := call.Decode
			call.Decode = func(r *wire.Reader) error { decoded = string(r.Body()); return decode(r) }
			s := &script{steps: []step{labelled(c.sent, c.contentType, c.encoding)}}
			got, err := newClient(t, s).Do(t.Context(), call)
			require.NoError(t, err)
			assert.Equal(t, c.read, decoded)
			assert.Equal(t, c.read, string(got.Body))
			assert.Len(t, s.sent(), 1)
		})
	}
}

// labelled is an answer with these headers and no others.
func labelled(body, contentType, encoding string) step {
	return func(r *http.Request) (*http.Response, error) {
		a, err := answer(200, body)(r)
		a.Header = http.Header{}
		for name, value := range map[string]string{"Content-Type": contentType, "Content-Encoding": encoding} {
			if value != "" {
				a.Header.Set(name, value)
			}
		}
		return a, err
	}
}

// The error for a login page says that it is a page, and not that the JSON is invalid.
func TestHTMLInPlaceOfJSON(t *testing.T) {
	for says, answered := range map[string]step{
		"the answer is text/html, not JSON: a login or proxy page": answer(200, "<html><title>Sign in", "Content-Type", "text/html; charset=utf-8"),
		"the answer is text/html, not JSON":                        answer(200, "Sign in first", "Content-Type", "Text/HTML"),
		"the answer is application/xhtml+xml, not JSON":            answer(200, "\r\n <?xml", "Content-Type", "application/xhtml+xml"),
		"the answer is HTML or XML, not JSON":                      answer(200, "\xef\xbb\xbf\n<html>"),
		"is HTML or XML, not JSON":                                 answer(200, "<html>", "Content-Type", "text/"+key),
	} {
		s := &script{steps: []step{answered}}
		_, err := do(t.Context(), newClient(t, s, once))
		require.ErrorIs(t, err, activity.ErrMalformed)
		require.ErrorContains(t, err, says)
		e := asError(t, err)
		assert.True(t, e.Temporary(), says)
		assert.Equal(t, 200, e.StatusCode)
		assert.NotEmpty(t, e.Body)
	}
}

var once = activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1})

func TestNoContent(t *testing.T) {
	s := &script{steps: []step{answer(204, "")}}
	call := list()
	_, err := newClient(t, s).Do(t.Context(), call)
	require.ErrorIs(t, err, activity.ErrMalformed)
	require.ErrorContains(t, err, "no content")
	assert.False(t, asError(t, err).Temporary())
	assert.Len(t, s.sent(), 1)

	decoded := ""
	call.NoContent = []byte(`{"things":[]}`)
	call.Decode = func(r *wire.Reader) error { decoded = string(r.Body()); return nil }
	s.steps = []step{answer(204, "what middleware left behind")}
	got, err := newClient(t, s).Do(t.Context(), call)
	require.NoError(t, err)
	assert.Equal(t, `{"things":[]}`, decoded)
	assert.Equal(t, 204, got.StatusCode)
	assert.Empty(t, got.Body)
	assert.Len(t, s.sent(), 2)
}

// The size limit holds for the decompressed and converted body.
func TestLimitOfDecompressedBodies(t *testing.T) {
	large := `{"things":"` + strings.Repeat("x", 1<<20) + `"}`
	euros := `{"things":"` + strings.Repeat("\x80", 1<<19) + `"}` // three bytes each
	for name, answered := range map[string]step{
		"gzip":    labelled(compressed(large, zipped), "", "gzip"),
		"deflate": labelled(compressed(large, wrapped), "", "deflate"),
		"raw":     labelled(compressed(large, deflated), "", "deflate"),
		"Latin 1": labelled(euros, "text/plain; charset=iso-8859-1", ""),
		"UTF-16":  labelled("\xff\xfe"+utf16Text(strings.Repeat("€", 1<<19-1), 1, 0), "", ""),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := do(t.Context(), newClient(t, &script{steps: []step{answered}}, activity.WithMaxResponseBytes(1<<20)))
			require.ErrorIs(t, err, activity.ErrResponseTooLarge)
		})
	}
}

func TestCutCompressedBodiesAreRepeated(t *testing.T) {
	for name, through := range map[string]func(io.Writer) io.WriteCloser{"gzip": zipped, "deflate": wrapped, "raw": deflated} {
		synctest.Test(t, func(t *testing.T) {
			whole := compressed(`{"things":"`+strings.Repeat("xyz", 100)+`"}`, through)
			encoding := strings.Replace(name, "raw", "deflate", 1)
			s := &script{steps: []step{labelled(whole[:len(whole)-5], "", encoding), labelled(whole, "", encoding)}}
			_, err := do(t.Context(), newClient(t, s))
			require.NoError(t, err, name)
			assert.Len(t, s.sent(), 2, name)
		})
	}
}

// Only the beginning of a refusal is read.
func TestLongRefusalsAreNotReadWhole(t *testing.T) {
	body := &counting{r: bytes.NewReader(jsonOf(1 << 20))}
	s := &script{steps: []step{func(req *http.Request) (*http.Response, error) {
		a, err := bodyOf(body, -1)(req)
		a.StatusCode = 400
		return a, err
	}}}
	_, err := do(t.Context(), newClient(t, s))
	require.ErrorIs(t, err, activity.ErrInvalid)
	assert.LessOrEqual(t, body.read, 64<<10+16, "a block and the look ahead")
}

type counting struct {
	r    io.Reader
	read int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.read += n
	return n, err
}

// An attempt closes its body and ends its context.
func TestAttemptClosesItsBody(t *testing.T) {
	for _, status := range []int{200, 204, 302, 400} {
		closed := false
		s := &script{steps: []step{func(req *http.Request) (*http.Response, error) {
			a, err := answer(status, things)(req)
			a.Body = closing{a.Body, func() { closed = true }}
			return a, err
		}}}
		_, _ = do(t.Context(), newClient(t, s))
		assert.True(t, closed)
		require.ErrorIs(t, s.sent()[0].req.Context().Err(), context.Canceled)
	}
}

type closing struct {
	io.Reader
	then func()
}

func (c closing) Close() error { c.then(); return nil }

// A text that exceeds the limit only in UTF-8 takes no more memory than one that exceeds it before.
func TestMemoryOfConvertedBodies(t *testing.T) {
	const limit = 4 << 20
	for name, answered := range map[string]step{
		"Windows-1252": labelled(strings.Repeat("\x80", limit), "text/plain; charset=windows-1252", ""),
		"UTF-16":       labelled("\xff\xfe"+strings.Repeat("\xac\x20", limit/2-1), "", ""),
	} {
		client := newClient(t, &script{steps: []step{answered}}, activity.WithMaxResponseBytes(limit))
		allocated := bytesAllocated(func() {
			_, err := do(context.Background(), client)
			require.ErrorIs(t, err, activity.ErrResponseTooLarge, name)
		})
		assert.Less(t, allocated, uint64(3*limit), name)
	}
}

// The body of a refusal is converted to UTF-8, too.
func TestRefusalsInOtherCharsets(t *testing.T) {
	s := &script{steps: []step{answer(400, "{\"message\":\"caf\xe9\"}", "Content-Type", "application/json; charset=iso-8859-1")}}
	_, err := do(t.Context(), newClient(t, s))
	assert.Equal(t, "café", asError(t, err).Message)
}

func FuzzBody(f *testing.F) {
	for _, encoding := range []string{"", "gzip", "deflate"} {
		f.Add([]byte(things), "application/json; charset=latin1", encoding)
		f.Add([]byte("\xff\xfe{\x00\xd8\x3d"), "text/html", encoding)
		f.Add([]byte(compressed(things, deflated)), "", encoding)
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType, encoding string) {
		call := list()
		call.Decode = func(r *wire.Reader) error {
			require.LessOrEqual(t, len(r.Body()), 4096)
			return nil
		}
		answered := labelled(string(body), "", "")
		client := newClient(t, &script{steps: []step{func(r *http.Request) (*http.Response, error) {
			a, err := answered(r)
			a.Header["Content-Type"], a.Header["Content-Encoding"] = []string{contentType}, []string{encoding}
			return a, err
		}}}, once, activity.WithMaxResponseBytes(4096))
		_, _ = client.Do(t.Context(), call)
	})
}

func TestMaxResponseBytes(t *testing.T) {
	zipped := func(body string) step {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, body)
		_ = w.Close()
		return answer(200, b.String(), "Content-Encoding", "gzip")
	}
	large := `{"things":"` + strings.Repeat("x", 1<<20) + `"}`
	bound := activity.WithMaxResponseBytes(1 << 20)

	_, err := do(t.Context(), newClient(t, &script{steps: []step{zipped(large)}}, bound))
	require.ErrorIs(t, err, activity.ErrResponseTooLarge)
	assert.Contains(t, err.Error(), "WithMaxResponseBytes")

	_, err = do(t.Context(), newClient(t, &script{steps: []step{answer(200, large)}}, bound))
	require.ErrorIs(t, err, activity.ErrResponseTooLarge)

	announced := func(r *http.Request) (*http.Response, error) {
		a, err := answer(200, large)(r)
		a.ContentLength = -1
		return a, err
	}
	_, err = do(t.Context(), newClient(t, &script{steps: []step{announced}}, bound))
	require.ErrorIs(t, err, activity.ErrResponseTooLarge)

	got, err := do(t.Context(), newClient(t, &script{steps: []step{zipped(large)}}, activity.WithMaxResponseBytes(int64(len(large)))))
	require.NoError(t, err)
	assert.Len(t, got.Body, len(large))

	_, err = do(t.Context(), newClient(t, &script{steps: []step{answer(200, "no gzip", "Content-Encoding", "gzip")}}))
	require.ErrorIs(t, err, activity.ErrMalformed)

	_, err = do(t.Context(), newClient(t, &script{steps: []step{answer(200, "", "Content-Encoding", "gzip")}}, once))
	require.ErrorContains(t, err, "empty")

	_, err = do(t.Context(), newClient(t, &script{steps: []step{answer(500, large)}}, bound, once))
	e := asError(t, err)
	require.ErrorIs(t, err, activity.ErrServer, "an error's body is cut, however long it is")
	assert.Len(t, e.Body, 4<<10)
}
