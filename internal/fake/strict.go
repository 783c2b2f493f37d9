package fake

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// StrictQuery parses a query. It returns an error for what lenient parsers drop or guess: malformed
// escapes, semicolons, empty pairs and pairs without a name. Errors name the parameter and never
// contain its value.
func StrictQuery(raw string) (url.Values, error) { return strictPairs(raw, "query") }

// StrictForm is [StrictQuery] for a body of type application/x-www-form-urlencoded.
func StrictForm(body []byte) (url.Values, error) { return strictPairs(string(body), "form") }

func strictPairs(raw, where string) (url.Values, error) {
	out := make(url.Values)
	if raw == "" {
		return out, nil
	}
	for pair := range strings.SplitSeq(raw, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(rawName)
		switch {
		case err != nil:
			return nil, fmt.Errorf("the %s holds a parameter whose name has a malformed escape", where)
		case name == "":
			return nil, fmt.Errorf("the %s holds a parameter without a name", where)
		case strings.Contains(pair, ";"):
			return nil, fmt.Errorf("the %s holds an unescaped semicolon", where)
		}
		value, err := url.QueryUnescape(rawValue)
		if err != nil {
			return nil, fmt.Errorf("parameter %q of the %s has a malformed escape", name, where)
		}
		out.Add(name, value)
	}
	return out, nil
}

// StrictJSON parses a body, which must be one JSON object, into v. It returns an error for members
// that v does not have (case matters), members that occur twice, and values of the wrong type.
// Errors name the member by its JSON pointer and never contain its value.
func StrictJSON(body []byte, v any) error {
	if jsontext.Value(body).Kind() != '{' {
		return errors.New("the body is not a JSON object")
	}
	err := json.Unmarshal(body, v, json.RejectUnknownMembers(true))
	if err == nil {
		return nil
	}
	if bad, ok := errors.AsType[*json.SemanticError](err); ok {
		if errors.Is(err, json.ErrUnknownName) {
			return fmt.Errorf("unknown member %s in the JSON body", bad.JSONPointer)
		}
		return fmt.Errorf("member %s of the JSON body has the wrong type or range: want %v", bad.JSONPointer, bad.GoType)
	}
	if bad, ok := errors.AsType[*jsontext.SyntacticError](err); ok && errors.Is(err, jsontext.ErrDuplicateName) {
		return fmt.Errorf("member %s occurs twice in the JSON body", bad.JSONPointer)
	}
	return errors.New("the body is not valid JSON")
}

// MediaType returns an error unless the Content-Type is the wanted one. The only parameter that it
// accepts is charset=utf-8.
func MediaType(h http.Header, wanted string) error {
	values := h.Values("Content-Type")
	if len(values) == 1 {
		got, params, err := mime.ParseMediaType(values[0])
		if charset, ok := params["charset"]; ok && strings.EqualFold(charset, "utf-8") {
			delete(params, "charset")
		}
		if err == nil && got == wanted && len(params) == 0 {
			return nil
		}
	}
	return fmt.Errorf("header Content-Type: want %s, got %q", wanted, strings.Join(values, ", "))
}
