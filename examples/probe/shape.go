package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// exchangeShape is what the report shows of an exchange: nothing in it is a tenant's.
type exchangeShape struct {
	Parameters []string `json:"parameters,omitempty"`
	Status     int      `json:"status"`
	Headers    []string `json:"headers,omitempty"` // their names
	Body       any      `json:"body,omitempty"`
}

func shapes(of []exchange) []exchangeShape {
	out := make([]exchangeShape, len(of))
	for i, e := range of {
		out[i] = exchangeShape{Parameters: slices.Sorted(slices.Values(e.names)), Status: e.status, Headers: headerNames(e.header), Body: shapeOf(e.body)}
	}
	return out
}

// usualHeaders are those whose names may be shown. A name that an installation made up could hold
// its own name.
var usualHeaders = regexp.MustCompile(`^(Date|Server|Content-.*|Cache-Control|Retry-After|Etag|Vary|X-Ratelimit-.*|Ratelimit.*|X-Sl-.*|Allow|Link|Expires|Last-Modified|Www-Authenticate|Strict-Transport-Security|X-Request-Id|X-Total-Count)$`)

func headerNames(h http.Header) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if usualHeaders.MatchString(name) {
			names = append(names, name)
		}
	}
	return names
}

// shapeOf returns the shape of a body: objects with the kinds of their members, arrays with their
// number of items and the shape that these have together.
func shapeOf(body []byte) any {
	if len(body) == 0 {
		return "empty"
	}
	var value any
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return "no JSON"
	}
	return shape(value, 0)
}

const (
	deepest     = 8
	mostMembers = 80
)

// memberName is what a member may be called to be shown: the services write their own names in
// lower case. Another name may be data, as in an object whose keys are people.
var memberName = regexp.MustCompile(`^[a-z][a-z_]{0,39}$`)

func shape(value any, depth int) any {
	switch v := value.(type) {
	case map[string]any:
		if depth == deepest {
			return "object"
		}
		members := map[string]any{}
		for name, member := range v {
			if !memberName.MatchString(name) || len(members) >= mostMembers {
				name = "…"
			}
			members[name] = merge(members[name], shape(member, depth+1))
		}
		return members
	case []any:
		if depth == deepest {
			return "array"
		}
		var items any
		for _, item := range v {
			items = merge(items, shape(item, depth+1))
		}
		return map[string]any{"items": len(v), "each": items}
	case json.Number:
		if _, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return "integer"
		}
		return "number"
	case string:
		return stringKind(v)
	case bool:
		return "boolean"
	}
	return "null"
}

// stringKind tells times, by their form, and digits from other strings.
func stringKind(s string) string {
	if s == "" {
		return "empty string"
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "Jan 2, 2006 3:04:05 PM"} {
		if _, err := time.Parse(layout, s); err == nil {
			return "time " + strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return '0'
				}
				return r
			}, s)
		}
	}
	if strings.Trim(s, "0123456789") == "" {
		return "string of digits"
	}
	return "string"
}

// merge returns the shape of two values in one place.
func merge(a, b any) any {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	x, xIsObject := a.(map[string]any)
	y, yIsObject := b.(map[string]any)
	if xIsObject && yIsObject {
		out := maps.Clone(x)
		for name, member := range y {
			if n, isCount := member.(int); isCount {
				m, _ := out[name].(int)
				out[name] = m + n
				continue
			}
			out[name] = merge(out[name], member)
		}
		return out
	}
	kinds := map[string]bool{}
	for _, v := range []any{a, b} {
		text, isText := v.(string)
		if !isText {
			text = "object"
		}
		for kind := range strings.SplitSeq(text, " or ") {
			kinds[kind] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(kinds)), " or ")
}
