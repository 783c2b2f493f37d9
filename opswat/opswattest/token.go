package opswattest

import (
	"net/http"

	"github.com/activity-sdk/activity/internal/fake"
)

// serveToken answers the token endpoint. It accepts the secret only in the form. Its errors are
// those of OAuth 2.
func (s *Server) serveToken(w http.ResponseWriter, r *http.Request, body []byte) {
	refuse := func(status int, code, description string) {
		fake.WriteJSON(w, status, map[string]string{"error": code, "error_description": description})
	}
	if r.URL.RawQuery != "" {
		refuse(http.StatusBadRequest, "invalid_request", "the URL has a query: parameters, secrets above all, belong in the form")
		return
	}
	for _, name := range []string{"Authorization", "Referer"} {
		if r.Header.Get(name) != "" {
			refuse(http.StatusBadRequest, "invalid_request", "header "+name+" is not wanted: the client is authenticated by the form")
			return
		}
	}
	if err := fake.MediaType(r.Header, "application/x-www-form-urlencoded"); err != nil {
		refuse(http.StatusUnsupportedMediaType, "invalid_request", err.Error())
		return
	}
	form, err := fake.StrictForm(body)
	if err != nil {
		refuse(http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	known := fake.Params{"client_id": nil, "client_secret": nil, "grant_type": nil}
	grant := form.Get("grant_type")
	if grant == "refresh_token" {
		known["refresh_token"] = nil
	}
	if err := known.Verify(form); err != nil {
		refuse(http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	if form.Get("client_id") != ClientKey || form.Get("client_secret") != ClientSecret {
		refuse(http.StatusUnauthorized, "invalid_client", "client_id or client_secret is wrong or missing")
		return
	}
	answer := map[string]any{"token_type": "bearer", "scope": "read"}
	switch grant {
	case "client_credentials":
	case "refresh_token":
		next, ok := s.tokens.UseRefresh(form.Get("refresh_token"))
		if !ok {
			refuse(http.StatusBadRequest, "invalid_grant", "the refresh token is unknown or was used before")
			return
		}
		answer["refresh_token"] = next
	default:
		refuse(http.StatusBadRequest, "unsupported_grant_type", "want the grant_type client_credentials or refresh_token")
		return
	}
	answer["access_token"], answer["expires_in"] = s.tokens.Issue()
	fake.WriteJSON(w, http.StatusOK, answer)
}
