package conformance_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
)

// echoServer is a service that answers with what it received. It records the assertions that were
// signed for it.
type echoServer struct {
	api, token func(req *http.Request, echo string) (*http.Response, error)

	mu         sync.Mutex
	assertions []string
}

func (m *echoServer) RoundTrip(req *http.Request) (*http.Response, error) {
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

// echoes are the ways in which a service can return what it received.
var echoes = map[string]func(req *http.Request, echo string) (*http.Response, error){
	"a message": func(_ *http.Request, echo string) (*http.Response, error) {
		text := toJSON(echo)
		return response(400, "application/json", `{"code":`+text+`,"message":`+text+`,"request_id":`+text+`}`, "X-Request-Id", echo)
	},
	"fields": func(_ *http.Request, echo string) (*http.Response, error) {
		return response(400, "application/json", `{`+toJSON(echo)+`:[`+toJSON(echo)+`]}`)
	},
	"OAuth's error": func(_ *http.Request, echo string) (*http.Response, error) {
		return response(401, "application/json", `{"error":`+toJSON(echo)+`,"error_description":`+toJSON(echo)+`}`)
	},
	"text": func(_ *http.Request, echo string) (*http.Response, error) { return response(403, "text/plain", echo) },
	"HTML": func(_ *http.Request, echo string) (*http.Response, error) {
		return response(200, "text/html", "<title>"+echo)
	},
	"HTML with 500": func(_ *http.Request, echo string) (*http.Response, error) {
		return response(500, "text/html", "<title>"+echo)
	},
	"text called JSON": func(_ *http.Request, echo string) (*http.Response, error) {
		return response(200, "application/json", echo)
	},
	"a wrong shape": func(_ *http.Request, echo string) (*http.Response, error) {
		return response(200, "application/json", `{`+toJSON(echo)+`:`+toJSON(echo)+`}`)
	},
	"a wrong type": func(_ *http.Request, echo string) (*http.Response, error) {
		return response(200, "application/json", toJSON(echo))
	},
	"a status inside": func(_ *http.Request, echo string) (*http.Response, error) {
		return response(200, "application/json", `{"response_map":`+toJSON(echo)+`,"http_status_code":403}`)
	},
	"half an answer": func(_ *http.Request, echo string) (*http.Response, error) {
		return response(200, "application/json", `{"entries":[`+toJSON(echo))
	},
	"a broken body": func(req *http.Request, echo string) (*http.Response, error) {
		resp, err := response(200, "application/json", "")
		resp.ContentLength = -1
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("["+echo), broken{fmt.Errorf("lost %s: %s", req.URL, echo)}))
		return resp, err
	},
	"a content type": func(_ *http.Request, echo string) (*http.Response, error) { return response(200, "text/"+echo, "x") },
	"a redirect": func(_ *http.Request, echo string) (*http.Response, error) {
		return response(302, "text/html", echo, "Location", "https://evil.example.com/?"+url.QueryEscape(echo))
	},
	"a link": func(req *http.Request, _ string) (*http.Response, error) {
		link := toJSON("https://evil.example.com/?" + req.URL.RawQuery + "&" + url.QueryEscape(fmt.Sprint(req.Header)))
		return response(200, "application/json", `{"transfers":[],"next":{"href":`+link+`},"results":[],"count":"x"}`)
	},
	"a 429": func(_ *http.Request, echo string) (*http.Response, error) {
		return response(429, "application/json", `{"detail":`+toJSON(echo)+`}`, "Retry-After", "9999")
	},
	"no connection": func(req *http.Request, echo string) (*http.Response, error) {
		return nil, &url.Error{Op: req.Method, URL: req.URL.String(), Err: errors.New("dial: refused: " + echo)}
	},
	"an error of a proxy": func(req *http.Request, echo string) (*http.Response, error) {
		return nil, fmt.Errorf("proxy: %w, %s", &url.Error{Op: req.Method, URL: req.URL.String(), Err: errors.New("refused")}, echo)
	},
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
