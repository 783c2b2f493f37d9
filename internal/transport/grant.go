package transport

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// Grant is a token request of OAuth 2: a form that is posted to get an access token.
type Grant struct {
	URL  *url.URL   // on the client's origin; otherwise nothing is sent
	Form url.Values // secrets belong here, never into the URL
	// ClientID and ClientSecret authenticate the client with HTTP Basic, if there is a
	// ClientSecret. Both are form-encoded first (RFC 6749, section 2.3.1).
	ClientID, ClientSecret string
	// Secrets are the parts of the form that must not be shown.
	Secrets []string
}

// GrantedToken is the answer of a token endpoint.
type GrantedToken struct {
	AccessToken  string
	RefreshToken string    // "" if there is none
	Expiry       time.Time // zero: unknown
}

// Request sends a grant through the client's transport, with its time limit, size limit and
// retries, but without its middleware.
func (g Grant) Request(ctx context.Context, via *Client) (GrantedToken, error) {
	const op = "get token"
	if !sameOrigin(g.URL, via.base) {
		return GrantedToken{}, via.Fail(op, activity.ErrForeignOrigin,
			"the token address has another scheme, host or port than the base URL; nothing was sent")
	}
	client := *via.tokens
	client.base = via.Origin()
	client.credentials = NoCredentials()
	if g.ClientSecret != "" {
		client.credentials = basic(url.QueryEscape(g.ClientID), url.QueryEscape(g.ClientSecret))
	}
	client.credentials.pause = via.credentials.pause
	via.credentials.recent.add(slices.Concat(client.credentials.secrets(), g.Secrets)...)
	secrets := append(via.credentials.secrets(), g.ClientSecret)
	var token GrantedToken
	understood := false // an error under a status that means success
	begun := time.Now()
	_, err := client.do(ctx, Call{
		Op:          op,
		Method:      http.MethodPost,
		Path:        g.URL.EscapedPath(),
		Query:       g.URL.RawQuery,
		Body:        []byte(g.Form.Encode()),
		ContentType: "application/x-www-form-urlencoded",
		Read:        true,
		Secrets:     secrets,
		Decode: func(r *wire.Reader) (err error) {
			token, err = readToken(r, begun)
			_, understood = errors.AsType[InnerStatus](err)
			return err
		},
	}, budgetOf(ctx, client.settings.Retry.MaxAttempts))
	if e, ok := errors.AsType[*activity.Error](err); ok {
		if errors.Is(e.Kind, activity.ErrResponseTooLarge) {
			e.Message = "the token answer is too large"
		}
		if understood || e.StatusCode/100 == 2 { // such an answer may contain tokens
			e.Body = nil
		}
	}
	via.credentials.recent.add(token.AccessToken, token.RefreshToken)
	return token, err
}

// explainGrant fills an error from the body of a token endpoint. Its kind depends on the code.
func explainGrant(e *activity.Error, body []byte) {
	explain(e, body)
	if refusesGrant(e.StatusCode) {
		e.Kind = grantKind(e.Code)
	}
}

// refusesGrant reports whether a status refuses a grant: OAuth 2 uses 400 where an API uses 401.
func refusesGrant(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusUnauthorized || status == http.StatusForbidden
}

// grantStatus returns the status of an error code of OAuth 2 (RFC 6749, sections 4.1.2.1 and 5.2).
// Some services send the code with a status that means success, others always with 400.
func grantStatus(code string) int {
	switch code {
	case "invalid_client":
		return http.StatusUnauthorized
	case "server_error":
		return http.StatusInternalServerError
	case "temporarily_unavailable":
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// grantKind returns the kind of a refused grant: ErrServer if the code says that the service
// failed, else ErrUnauthorized.
func grantKind(code string) error {
	if grantStatus(code)/100 == 5 {
		return activity.ErrServer
	}
	return activity.ErrUnauthorized
}

// readToken reads a token answer. For an answer that is an error it returns the InnerStatus. The
// lifetime counts from the sending of the request, so that it is never overestimated.
func readToken(r *wire.Reader, begun time.Time) (GrantedToken, error) {
	var token GrantedToken
	var kind string
	var lifetime int64
	failed := false
	err := r.Object(func(name string) (err error) {
		switch name {
		case "access_token":
			token.AccessToken, _, err = r.Text()
		case "refresh_token":
			token.RefreshToken, _, err = r.Text()
		case "token_type":
			kind, _, err = r.Text()
		case "expires_in":
			lifetime, _, err = r.Int()
		case "error", "errorCode":
			if kind := r.Kind(); kind == wire.String || kind == wire.Object {
				var value []byte
				value, err = r.Value()
				said := wire.Message(value)
				failed = failed || said.Code != "" || said.Message != ""
			}
		}
		return err
	})
	switch {
	case err != nil:
		return GrantedToken{}, err
	case failed:
		return GrantedToken{}, InnerStatus(grantStatus(wire.Message(r.Body()).Code))
	case token.AccessToken == "":
		return GrantedToken{}, malformed("the token answer holds no access_token")
	case strings.ContainsFunc(token.AccessToken, unprintable):
		return GrantedToken{}, malformed("the access_token holds white space or control characters")
	case len(token.AccessToken) > maxToken, len(token.RefreshToken) > maxToken:
		return GrantedToken{}, malformed("the token answer holds a token of more than 16 KiB")
	case kind != "" && !strings.EqualFold(kind, "bearer"):
		return GrantedToken{}, malformed("the token answer is not for a bearer token")
	}
	if token.RefreshToken == "not_supported" {
		token.RefreshToken = ""
	}
	if lifetime > 0 {
		token.Expiry = begun.Add(time.Duration(min(lifetime, maxLifetime)) * time.Second)
	}
	return token, nil
}

// maxToken is the largest token, in bytes. No server accepts more in a header.
const maxToken = 16 << 10

// maxLifetime is ten years in seconds, which a time.Duration can hold.
const maxLifetime = 10 * 365 * 24 * 3600

func malformed(message string) error {
	return &activity.Error{Kind: activity.ErrMalformed, Message: message}
}
