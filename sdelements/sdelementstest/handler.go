package sdelementstest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/sdelements"
)

// resource is what a path names.
type resource struct {
	of     func(a sdelements.Activity) bool // the activities of the list; nil means all
	stream bool
	one    int64 // the id of a single activity; 0 means a list
}

var (
	onePath     = regexp.MustCompile(`^/api/v2/activities/([1-9][0-9]{0,17})/$`)
	userPath    = regexp.MustCompile(`^/api/v2/users/me/(activities|activity-stream)/$`)
	projectPath = regexp.MustCompile(`^/api/v2/projects/([1-9][0-9]{0,17})/(activities|activity-stream)/$`)
)

// route returns the resource of a path, or the problem if there is none.
func route(path string) (found resource, problem string) {
	if path == "/api/v2/activities/" {
		return resource{}, ""
	}
	if m := onePath.FindStringSubmatch(path); m != nil {
		return resource{one: number(m[1])}, ""
	}
	if m := userPath.FindStringSubmatch(path); m != nil {
		return resource{of: concernsMe, stream: m[1] == "activity-stream"}, ""
	}
	if m := projectPath.FindStringSubmatch(path); m != nil {
		id := number(m[1])
		return resource{of: func(a sdelements.Activity) bool { return a.Data.Project == id }, stream: m[2] == "activity-stream"}, ""
	}
	if !strings.HasSuffix(path, "/") {
		return resource{}, "Not found. The path needs a slash at its end."
	}
	return resource{}, "Not found. There is nothing at this path."
}

// concernsMe reports whether an activity was done by the user or to the user.
func concernsMe(a sdelements.Activity) bool {
	if a.Name == sdelements.LoggedInActivity || a.Name == sdelements.LoggedOutActivity {
		return false
	}
	return a.Actor == Me || strings.TrimPrefix(a.Data.User, "U") == strconv.Itoa(Me)
}

// number parses digits that were checked before.
func number(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64)
	return n
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	found, problem := route(r.URL.EscapedPath())
	if problem != "" {
		refuse(w, http.StatusNotFound, problem)
		return
	}
	if !slices.Contains(r.Header.Values("Accept"), "application/json") {
		refuse(w, http.StatusNotAcceptable, "Could not satisfy the request Accept header. Want application/json.")
		return
	}
	if problem := unauthorized(r); problem != "" {
		w.Header().Set("WWW-Authenticate", "Token")
		refuse(w, http.StatusUnauthorized, problem)
		return
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		refuse(w, http.StatusMethodNotAllowed, fmt.Sprintf("Method %q not allowed.", r.Method))
		return
	}
	for _, name := range []string{"Cookie", "Referer"} {
		if r.Header.Get(name) != "" {
			refuse(w, http.StatusBadRequest, "Header "+name+" is not wanted.")
			return
		}
	}
	if r.Header.Get("Content-Type") != "" && fake.MediaType(r.Header, "application/json") != nil {
		refuse(w, http.StatusBadRequest, "Header Content-Type: want application/json, or none.")
		return
	}
	if len(body) > 0 {
		refuse(w, http.StatusBadRequest, "The request has a body, which is not wanted.")
		return
	}
	query, err := fake.StrictQuery(r.URL.RawQuery)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	query = found.normalize(query, s.config)
	if problems := found.verify(query, s.config); problems != nil {
		fake.WriteJSON(w, http.StatusBadRequest, problems)
		return
	}
	if found.one != 0 {
		s.serveOne(w, found.one)
		return
	}
	s.serveList(w, r.URL.EscapedPath(), query, found)
}

func (s *Server) serveOne(w http.ResponseWriter, id int64) {
	rows := s.rows.Select(func(row fake.Row) bool { return row.Key == key(id) })
	if len(rows) == 0 {
		refuse(w, http.StatusNotFound, "Not found.")
		return
	}
	fake.WriteRaw(w, http.StatusOK, "application/json", rows[0].Raw)
}

// unauthorized returns what is wrong with the credentials, or "" if the fake accepts them.
func unauthorized(r *http.Request) string {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return "Authentication credentials were not provided."
	}
	scheme, secret, _ := strings.Cut(values[0], " ")
	switch scheme {
	case "Token":
		if strings.ContainsAny(secret, `"'`) {
			return "Invalid token. It is in quotes."
		}
		if secret != Key {
			return "Invalid token."
		}
	case "Basic":
		if user, password, ok := r.BasicAuth(); !ok || user != User || password != Password {
			return "Invalid username/password."
		}
	default:
		return "Authentication credentials were not provided. Want the scheme Token or Basic."
	}
	return ""
}

// refuse answers with an error in the form of the service.
func refuse(w http.ResponseWriter, status int, detail string) {
	fake.WriteJSON(w, status, map[string]string{"detail": detail})
}
