package asperatest

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/activity-sdk/activity/internal/fake"
)

const basePath = "/analytics/v2"

// serve answers a request.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	path := r.URL.EscapedPath()
	if isTokenPath(path) {
		s.serveToken(w, r, body)
		return
	}
	handle := s.route(w, path)
	if handle == nil {
		return
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		s.refuse(w, http.StatusMethodNotAllowed, "method_not_allowed", "want GET")
		return
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || !s.tokens.Valid(token) {
		s.refuse(w, http.StatusUnauthorized, "unauthorized", "the access token is missing, unknown or expired: want Authorization: Bearer")
		return
	}
	if err := checkAccept(r); err != nil {
		s.badRequest(w, err)
		return
	}
	if len(body) > 0 {
		s.badRequest(w, errors.New("the request has a body: want none"))
		return
	}
	query, err := fake.StrictQuery(r.URL.RawQuery)
	if err != nil {
		s.badRequest(w, err)
		return
	}
	handle(w, r, query)
}

type handler func(w http.ResponseWriter, r *http.Request, query url.Values)

// route returns the handler of a path. If there is none, it answers with an error and returns nil.
func (s *Server) route(w http.ResponseWriter, path string) handler {
	switch path {
	case "/api/v1/organization":
		return s.fixed(fmt.Sprintf(`{"id":%s,"subdomain_name":%q,"name":"Acme Studios"}`, OrganizationID, Organization))
	case "/api/v1/self":
		return s.fixed(fmt.Sprintf(`{"id":%q,"organization_id":%s,"email":%q,"name":"Ada Okafor"}`, UserID, OrganizationID, userEmail))
	}
	below, ok := strings.CutPrefix(path, basePath+"/")
	segments := strings.Split(below, "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		ok = ok && err == nil && plain != ""
		segments[i] = plain
	}
	kinds := []string{"organizations", "users", "nodes", "workspaces"}
	if !ok || len(segments) < 3 || !slices.Contains(kinds, segments[0]) {
		s.notFound(w, "no such path: want "+basePath+"/{"+strings.Join(kinds, "|")+"}/{id}/{endpoint}")
		return nil
	}
	if segments[0] == "organizations" && segments[1] != OrganizationID {
		s.notFound(w, "no such organization: want the id "+OrganizationID)
		return nil
	}
	return s.endpoint(w, segments[2:])
}

func (s *Server) endpoint(w http.ResponseWriter, segments []string) handler {
	name := strings.Join(segments, "/")
	switch {
	case s.config.noFileAccess && (name == matches || name == fileAccess): // refused below
	case name == volumes:
		return s.serveVolumes
	case name == matches || len(segments) == 1 && name != transferFiles && pageSizes[name] > 0:
		return s.list(name, "")
	case segments[0] == transfers && len(segments) == 2:
		return s.oneTransfer(segments[1])
	case segments[0] == transfers && len(segments) == 3 && segments[2] == "files":
		return s.list(transferFiles, segments[1])
	}
	s.notFound(w, "no such endpoint")
	return nil
}

// fixed always answers with the same text.
func (s *Server) fixed(text string) handler {
	return func(w http.ResponseWriter, _ *http.Request, query url.Values) {
		if err := (fake.Params{}).Verify(query); err != nil {
			s.badRequest(w, err)
			return
		}
		fake.WriteRaw(w, http.StatusOK, "application/json", []byte(text))
	}
}

func checkAccept(r *http.Request) error {
	if got := r.Header.Get("Accept"); got != "application/json" {
		return fmt.Errorf("header Accept: want application/json, got %q", got)
	}
	return nil
}

func (s *Server) badRequest(w http.ResponseWriter, err error) {
	s.refuse(w, http.StatusBadRequest, "bad_request", err.Error())
}

func (s *Server) notFound(w http.ResponseWriter, text string) {
	s.refuse(w, http.StatusNotFound, "not_found", text)
}

// refuse answers with an error in the form of related APIs. The vendor does not document the form
// of this API (probe: aspera.errors).
func (s *Server) refuse(w http.ResponseWriter, status int, code, text string) {
	id := fmt.Sprintf("fake-request-%d", s.errors.Add(1))
	fake.WriteRaw(w, status, "application/json", encode(object{{"code", code}, {"message", text}, {"request_id", id}}))
}
