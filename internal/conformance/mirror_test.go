package conformance_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"text/template"

	"github.com/activity-sdk/activity"
)

// mirror is a service that answers with what it was sent. It notes the assertions that were made
// for it.
type mirror struct {
	api, token func(req *http.Request, echo string) (*http.Response, error)

	mu         sync.Mutex
	assertions []string
}

func (m *mirror) RoundTrip(req *http.Request) (*http.Response, error) {
	dump, err := httputil.DumpRequestOut(req, true)
	if err != nil {
		return nil, err
	}
	_, body, _ := strings.Cut(string(dump), "\r\n\r\n")
	form, _ := url.ParseQuery(body)
	echo := string(dump) + req.URL.String() + fmt.Sprint(form)
	if assertion := form.Get("assertion"); assertion != "" {
		m.mu.Lock()
		m.assertions = append(m.assertions, assertion)
		m.mu.Unlock()
	}
	if form.Has("grant_type") {
		return m.token(req, echo)
	}
	return m.api(req, echo)
}

func reply(status int, contentType, body string, headers ...string) (*http.Response, error) {
	h := http.Header{"Content-Type": {oneLine(contentType)}}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], oneLine(headers[i+1]))
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune { return max(r, ' ') }, s)
}

func grants(*http.Request, string) (*http.Response, error) {
	return reply(200, "application/json", `{"access_token":"`+granted+`","refresh_token":"`+rotated+`","expires_in":3600}`)
}

// echoes are the ways in which a service can throw back what it was sent.
var echoes = map[string]func(req *http.Request, echo string) (*http.Response, error){
	"a message": func(_ *http.Request, echo string) (*http.Response, error) {
		text := marshaled(echo)
		return reply(400, "application/json", `{"code":`+text+`,"message":`+text+`,"request_id":`+text+`}`, "X-Request-Id", echo)
	},
	"fields": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(400, "application/json", `{`+marshaled(echo)+`:[`+marshaled(echo)+`]}`)
	},
	"OAuth's error": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(401, "application/json", `{"error":`+marshaled(echo)+`,"error_description":`+marshaled(echo)+`}`)
	},
	"text": func(_ *http.Request, echo string) (*http.Response, error) { return reply(403, "text/plain", echo) },
	"HTML": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(200, "text/html", "<title>"+echo)
	},
	"HTML with 500": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(500, "text/html", "<title>"+echo)
	},
	"text called JSON": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(200, "application/json", echo)
	},
	"a wrong shape": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(200, "application/json", `{`+marshaled(echo)+`:`+marshaled(echo)+`}`)
	},
	"a wrong kind": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(200, "application/json", marshaled(echo))
	},
	"a status inside": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(200, "application/json", `{"response_map":`+marshaled(echo)+`,"http_status_code":403}`)
	},
	"half an answer": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(200, "application/json", `{"entries":[`+marshaled(echo))
	},
	"a broken body": func(req *http.Request, echo string) (*http.Response, error) {
		resp, err := reply(200, "application/json", "")
		resp.ContentLength = -1
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("["+echo), broken{fmt.Errorf("lost %s: %s", req.URL, echo)}))
		return resp, err
	},
	"a content type": func(_ *http.Request, echo string) (*http.Response, error) { return reply(200, "text/"+echo, "x") },
	"a redirect": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(302, "text/html", echo, "Location", "https://evil.example.com/?"+url.QueryEscape(echo))
	},
	"a link": func(req *http.Request, _ string) (*http.Response, error) {
		link := marshaled("https://evil.example.com/?" + req.URL.RawQuery + "&" + url.QueryEscape(fmt.Sprint(req.Header)))
		return reply(200, "application/json", `{"transfers":[],"next":{"href":`+link+`},"results":[],"count":"x"}`)
	},
	"a refusal for a time": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(429, "application/json", `{"detail":`+marshaled(echo)+`}`, "Retry-After", "9999")
	},
	"no connection": func(req *http.Request, echo string) (*http.Response, error) {
		return nil, &url.Error{Op: req.Method, URL: req.URL.String(), Err: errors.New("dial: refused: " + echo)}
	},
	"a proxy's words": func(req *http.Request, echo string) (*http.Response, error) {
		return nil, fmt.Errorf("proxy: %w, %s", &url.Error{Op: req.Method, URL: req.URL.String(), Err: errors.New("refused")}, echo)
	},
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// texts are all forms in which a program may print a value, alone and in its own structs.
func texts(v any) string {
	type users struct {
		Shown  any
		Deep   struct{ Inner []any }
		hidden []any // which package fmt cannot ask how it is to be printed
	}
	nested := users{Shown: v, hidden: []any{v, pointer(v)}}
	nested.Deep.Inner = []any{v, &v}
	verbs := []string{"%v", "%+v", "%#v", "%q", "%s", "%x", "%X", "%d", "%t", "%10v", "%p"}
	var out bytes.Buffer
	for _, value := range []any{v, &v, pointer(v), nested, &nested, map[string]any{"v": v}} {
		for _, verb := range verbs {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		text, err := json.Marshal(value)
		fmt.Fprintf(&out, "%s %v\n", text, err)
		_ = xml.NewEncoder(&out).Encode(value)
		_ = template.Must(template.New("").Parse("{{.}}")).Execute(&out, value)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", value)
		slog.New(slog.NewTextHandler(&out, nil)).Error("m", slog.Group("g", "v", value))
		func() {
			defer func() { fmt.Fprintln(&out, recover()) }()
			panic(value)
		}()
	}
	if err, ok := v.(error); ok {
		for e := err; e != nil; e = errors.Unwrap(e) {
			fmt.Fprintln(&out, e)
		}
		if e, ok := errors.AsType[*activity.Error](err); ok {
			fmt.Fprintf(&out, "%s %q %v %v %v %v\n", e.Body, e.Body, e.Fields, e.Kind, e.Err, e.Unwrap())
			fmt.Fprintf(&out, "%+v %#v\n", *e, *e)
		}
	}
	return out.String()
}

// pointer returns one to a copy of the value that v holds.
func pointer(v any) any {
	if v == nil {
		return nil
	}
	p := reflect.New(reflect.TypeOf(v))
	p.Elem().Set(reflect.ValueOf(v))
	return p.Interface()
}
