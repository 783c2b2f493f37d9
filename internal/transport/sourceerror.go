package transport

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
)

// sourceError returns the error of a user's token source as it may be shown. The original may
// contain anything, even the form with the secret, and so may the errors that it wraps. What is
// left is text without secrets, and the facts of an OAuth error or an error of this SDK.
func sourceError(via *Client, err error) error {
	shown := sourceText{via.credentials.redactor()}
	failure := via.Fail("get token", nil, "the token source failed")
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		describeRefusal(failure, refused, shown)
		return failure
	}
	failure.Err = conceal(err, shown.text(withoutAddress(err)))
	if own, ok := errors.AsType[*activity.Error](err); ok {
		if i := slices.IndexFunc(kinds, func(kind error) bool { return errors.Is(own.Kind, kind) }); i >= 0 {
			failure.Kind = kinds[i]
		}
		failure.StatusCode, failure.RetryAfter, failure.Code = own.StatusCode, own.RetryAfter, shown.code(own.Code)
	} else if _, ok := errors.AsType[*url.Error](err); ok {
		failure.Message = "the token source could not reach its server"
	}
	return failure
}

// describeRefusal fills an error from the answer of the source's token endpoint.
func describeRefusal(failure *activity.Error, refused *oauth2.RetrieveError, shown sourceText) {
	failure.Kind = grantKind(refused.ErrorCode)
	if refused.Response != nil {
		failure.StatusCode = refused.Response.StatusCode
		kind := kindOf(failure.StatusCode)
		if kind != nil && !errors.Is(kind, activity.ErrInvalid) && errors.Is(failure.Kind, activity.ErrUnauthorized) {
			failure.Kind = kind
		}
	}
	failure.Code = shown.code(refused.ErrorCode)
	// A single word is no description, but may be a secret that the endpoint repeats.
	if text := shown.text(refused.ErrorDescription); strings.Contains(text, " ") {
		failure.Message = text
	}
}

// kinds are the kinds that a token source or middleware may pass on from a client of this SDK.
var kinds = []error{activity.ErrInvalid, activity.ErrUnauthorized, activity.ErrForbidden, activity.ErrNotFound, activity.ErrRateLimited,
	activity.ErrServer, activity.ErrResponseTooLarge, activity.ErrMalformed, activity.ErrForeignOrigin, activity.ErrInsecureURL}

// withoutAddress returns an error's text without the address that net/http puts into it.
func withoutAddress(err error) string {
	text := err.Error()
	if inner, ok := errors.AsType[*url.Error](err); ok {
		text = strings.ReplaceAll(text, inner.Error(), inner.Op+": "+inner.Err.Error())
		text = strings.ReplaceAll(text, inner.URL, "[address]")
	}
	return text
}

// sourceText removes secrets from the text of a token source: known ones, and whatever is in the
// place of a secret of OAuth.
type sourceText struct{ known *redactor }

// text returns one line of at most maxText bytes.
func (t sourceText) text(s string) string { return clip(t.clean(s), maxText) }

// code returns "" for a text that is too long for a code, or has more than one word.
func (t sourceText) code(s string) string {
	if len(s) > 64 || strings.ContainsFunc(s, unprintable) {
		return ""
	}
	return t.clean(s)
}

func (t sourceText) clean(s string) string {
	s = t.known.clean(s)
	s = labelled.ReplaceAllString(s, "${1}"+redacted)
	s = authorization.ReplaceAllString(s, "${1}"+redacted)
	return userInfo.ReplaceAllString(s, "://"+redacted+"@")
}

var (
	// labelled matches a secret parameter of an OAuth form with its value: in a form, in JSON, in
	// JSON that was quoted again, or in a map as package fmt prints it. A value without quotes ends
	// at a blank, an ampersand, a quote or a bracket.
	labelled = regexp.MustCompile(`(?i)(\b(?:client_secret|client_assertion|assertion|refresh_token|access_token|id_token|password|` +
		`code_verifier|subject_token|actor_token)(?:\\?["'])?\s*(?:=|:|%3D)\s*)(?:` +
		`\\"(?:[^\\]|\\\\\\.|\\\\|\\[^"\\])*(?:\\")?` + // \"…\", with \\\" inside
		`|"(?:[^"\\]|\\.)*"?` +
		`|'(?:[^'\\]|\\.)*'?` +
		`|\[[^\]]*\]?` +
		`|[^\s&"'\]}]+)`)
	authorization = regexp.MustCompile(`(?i)(\bauthorization(?:\\?["'])?\s*[:=]\s*[\["'\\]*(?:basic|bearer|token)\s+)[^\s"'\\\]]+`)
	userInfo      = regexp.MustCompile(`://[^/?#\s"'@]+@`)
)
