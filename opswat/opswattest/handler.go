package opswattest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/activity-sdk/activity/internal/fake"
)

const (
	tokenPath      = "/o/oauth/token" //nolint:gosec // a path, not a token
	activitiesPath = "/o/api/v3/activities"
)

func (s *Server) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	switch path := r.URL.EscapedPath(); {
	case path != tokenPath && path != activitiesPath:
		refuse(w, http.StatusNotFound, "there is nothing at this path; want "+activitiesPath+" or "+tokenPath)
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, "want the method POST")
	case path == tokenPath:
		s.serveToken(w, r, body)
	default:
		s.serveActivities(w, r, body)
	}
}

func (s *Server) serveActivities(w http.ResponseWriter, r *http.Request, body []byte) {
	if s.config.headerToken {
		r = withTokenInURL(r)
	}
	if status, problem := s.checkRequest(r); status != 0 {
		if status == http.StatusUnauthorized {
			fake.WriteJSON(w, status, map[string]string{"error": "invalid_token", "error_description": problem})
			return
		}
		refuse(w, status, problem)
		return
	}
	f, status, problem := readFilter(body, s.config.filterRules)
	if status != 0 {
		refuse(w, status, problem)
		return
	}
	offset := s.config.pageSizes.Before(f.page, f.limit)
	if offset > s.config.maxOffset {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("the page begins beyond row %d", s.config.maxOffset))
		return
	}
	page, _ := s.rows.Page(f.keeps, offset, s.config.pageSizes.Of(f.page, f.limit))
	if len(page) == 0 && !s.config.emptyEnd {
		refuse(w, http.StatusRequestEntityTooLarge, "the requested page exceeds the number of pages")
		return
	}
	raws := make([][]byte, len(page))
	for i, row := range page {
		raws[i] = row.Raw
	}
	answer := append([]byte("["), bytes.Join(raws, []byte(", "))...)
	fake.WriteRaw(w, http.StatusOK, "application/json;charset=UTF-8", append(answer, ']'))
}

// withTokenInURL returns the request with the token of its header in the URL, unless the URL has
// one.
func withTokenInURL(r *http.Request) *http.Request {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || r.URL.Query().Has("access_token") {
		return r
	}
	moved := r.Clone(r.Context())
	moved.Header.Del("Authorization")
	if moved.URL.RawQuery != "" {
		moved.URL.RawQuery += "&"
	}
	moved.URL.RawQuery += "access_token=" + url.QueryEscape(token)
	return moved
}

// checkRequest checks everything except the body. It returns status 0 if the fake accepts it.
func (s *Server) checkRequest(r *http.Request) (status int, problem string) {
	for _, name := range []string{"Authorization", "Referer", "Cookie"} {
		if r.Header.Get(name) != "" {
			return http.StatusBadRequest, "header " + name + " is not wanted: the access token belongs in the URL's query"
		}
	}
	query, err := fake.StrictQuery(r.URL.RawQuery)
	if err != nil {
		return http.StatusBadRequest, err.Error()
	}
	if err := (fake.Params{"access_token": nil}).Verify(query); err != nil {
		return http.StatusBadRequest, err.Error()
	}
	switch token := query.Get("access_token"); {
	case token == "":
		return http.StatusUnauthorized, "parameter access_token is missing from the URL's query"
	case !s.tokens.Valid(token):
		return http.StatusUnauthorized, "the access token is unknown or expired"
	}
	if err := fake.MediaType(r.Header, "application/json"); err != nil {
		return http.StatusUnsupportedMediaType, err.Error()
	}
	if accept := r.Header.Get("Accept"); !strings.Contains(accept, "application/json") {
		return http.StatusBadRequest, "header Accept: want application/json"
	}
	return 0, ""
}

// refuse answers a request for activities with an error.
func refuse(w http.ResponseWriter, status int, message string) {
	fake.WriteJSON(w, status, map[string]string{"error": message})
}
