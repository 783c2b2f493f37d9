package transport

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/activity-sdk/activity"
)

// Path replaces the {names} of a template with values. Each value is escaped to stay one segment: a
// slash becomes %2F. A value is activity.ErrInvalid if it is empty, contains control characters, or
// contains "." or ".." between slashes.
func Path(template string, values ...string) (string, error) {
	var path strings.Builder
	for _, value := range values {
		before, rest, _ := strings.Cut(template, "{")
		name, after, _ := strings.Cut(rest, "}")
		if problem := segmentProblem(value); problem != "" {
			return "", &activity.Error{Kind: activity.ErrInvalid, Message: strings.ReplaceAll(name, "_", " ") + " " + problem}
		}
		path.WriteString(before)
		path.WriteString(url.PathEscape(value))
		template = after
	}
	path.WriteString(template)
	return path.String(), nil
}

func segmentProblem(value string) string {
	switch {
	case strings.TrimSpace(value) == "":
		return "is empty"
	case !utf8.ValidString(value), strings.ContainsFunc(value, unicode.IsControl):
		return "holds control characters"
	case hasDotSegment(value):
		return `must not be or hold "." or ".." as a path segment`
	}
	return ""
}

// hasDotSegment reports whether a part between slashes is "." or "..", also with path parameters
// ("..;x", which some servers remove), and also if it or the slash is percent-encoded once or
// twice.
func hasDotSegment(path string) bool {
	for range 3 { // as it is, decoded, decoded twice
		for part := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' }) {
			if name, _, _ := strings.Cut(part, ";"); name == "." || name == ".." {
				return true
			}
		}
		path = percentDecoded(path)
	}
	return false
}

// escape is a percent-encoded byte.
var escape = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// percentDecoded decodes percent-encoded bytes. A percent sign that begins no escape stays, as with
// lenient servers.
func percentDecoded(text string) string {
	return escape.ReplaceAllStringFunc(text, func(e string) string {
		b, _ := strconv.ParseUint(e[1:], 16, 8)
		return string([]byte{byte(b)})
	})
}
