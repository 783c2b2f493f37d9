package opswattest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/activity-sdk/activity/internal/fake"
)

func (s *Server) serveActivities(w http.ResponseWriter, r *http.Request, body []byte) {
	if s.config.headerToken {
		r = withTokenInURL(r)
	}
	if status, problem := s.admit(r); status != 0 {
		if status == http.StatusUnauthorized {
			fake.WriteJSON(w, status, map[string]string{"error": "invalid_token", "error_description": problem})
			return
		}
		refuse(w, status, problem)
		return
	}
	f, status, problem := readFilter(body, s.config.bodies)
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

// withTokenInURL returns a request that has the token of its header in the URL, if there was none.
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

// admit checks everything but the body. A status of zero lets the request through.
func (s *Server) admit(r *http.Request) (status int, problem string) {
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
