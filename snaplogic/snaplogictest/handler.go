package snaplogictest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity/internal/fake"
)

func (s *Server) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	path := "/api/1/rest/public/activities/" + url.PathEscape(s.config.organization)
	switch {
	case r.URL.EscapedPath() != path:
		s.refuse(w, http.StatusNotFound, "there is nothing at this path; want "+path)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		s.refuse(w, http.StatusMethodNotAllowed, "want the method GET")
	case len(body) > 0:
		s.refuse(w, http.StatusBadRequest, "a body is not wanted")
	case !strings.Contains(r.Header.Get("Accept"), "application/json"):
		s.refuse(w, http.StatusBadRequest, "header Accept: want application/json")
	case fake.MediaType(r.Header, "application/json") != nil:
		s.refuse(w, http.StatusBadRequest, "header Content-Type: want application/json")
	default:
		if status, problem := s.authenticate(r); status != 0 {
			s.refuse(w, status, problem)
			return
		}
		f, err := readFilter(r.URL.RawQuery, s.config.filterRules)
		if err != nil {
			s.refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		if f.offset > s.config.maxOffset {
			s.refuse(w, http.StatusBadRequest, fmt.Sprintf(`parameter "offset": want at most %d`, s.config.maxOffset))
			return
		}
		s.list(w, f)
	}
}

// authenticate checks the credentials. It returns status 0 if the fake accepts them.
func (s *Server) authenticate(r *http.Request) (status int, problem string) {
	user, password, basic := r.BasicAuth()
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case len(r.Header.Values("Authorization")) > 1:
		return http.StatusBadRequest, "header Authorization: want it once"
	case basic && s.config.basicDisabled:
		return http.StatusForbidden, "basic authentication is disabled for this organization"
	case basic && user == User && password == Password, bearer && s.tokens.Valid(token):
		return 0, ""
	case basic || bearer:
		return http.StatusUnauthorized, "the credentials are wrong or expired"
	default:
		return http.StatusUnauthorized, "header Authorization: want Basic or Bearer"
	}
}

// list answers with a page of activities.
func (s *Server) list(w http.ResponseWriter, f filter) {
	limit := f.limit
	if s.config.pageLimit > 0 {
		limit = min(limit, s.config.pageLimit)
	}
	page, total := s.filledRows().Page(f.keeps, f.offset, s.config.pageSizes.At(f.offset, limit))
	entries := make([][]byte, len(page))
	for i, row := range page {
		entries[i] = row.Raw
	}
	var answer bytes.Buffer
	answer.WriteByte('{')
	if !s.config.noTotal {
		fmt.Fprintf(&answer, `"total": %d, `, total)
	}
	shown := f.limit
	if s.config.countedLimit {
		shown = len(page)
	}
	fmt.Fprintf(&answer, `"offset": %d, "limit": %d, "entries": [`, f.offset, shown)
	answer.Write(bytes.Join(entries, []byte(", ")))
	answer.WriteString("]}")
	text := answer.String()
	if !s.config.bareEnvelope {
		text = `{"response_map": ` + text + `, "http_status_code": 200}`
	}
	s.setStatusHeader(w, http.StatusOK)
	fake.WriteRaw(w, http.StatusOK, "application/json", []byte(text))
}

// refuse answers with an error in the form of the service.
func (s *Server) refuse(w http.ResponseWriter, status int, message string) {
	type problem struct {
		Message string `json:"message"`
	}
	type problems struct {
		List []problem `json:"error_list"`
	}
	s.setStatusHeader(w, status)
	fake.WriteJSON(w, status, struct {
		Status   int      `json:"http_status_code"`
		Response problems `json:"response_map"`
	}{status, problems{[]problem{{message}}}})
}

// setStatusHeader sets X-SL-StatusCode if an option asks for it.
func (s *Server) setStatusHeader(w http.ResponseWriter, status int) {
	if s.config.statusHeader {
		w.Header().Set("X-SL-StatusCode", strconv.Itoa(status))
	}
}
