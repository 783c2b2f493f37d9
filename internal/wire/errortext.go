package wire

import (
	"bytes"
	"cmp"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// ErrorText has the texts of an error body. Each is as it was sent, without white space and
// unprintable characters around it, or "" if the body has no such text. To show a text, first
// remove secrets, which cannot be found in a text that was changed. Then shorten it and put it on
// one line: see [OneLine].
type ErrorText struct {
	Code      string              // the vendor's own code, such as "invalid_grant"
	Message   string              // a sentence for people
	RequestID string              // what the vendor's support asks for
	Fields    map[string][]string // messages by parameter, within the limits of [DjangoErrors]
}

const (
	maxErrorBody  = 64 << 10 // bytes of a body that are read
	maxErrorDepth = 16       // levels of a body that are read
	maxErrorItems = 16       // elements of a list that are read
)

// Message returns the best texts in the body of an error response, from whichever vendor or proxy.
// It reads the JSON of OAuth, of Django REST framework and of the vendors, nested in any way, plain
// text, and the title of HTML. If JSON ends early, it uses what comes before the end. It returns
// nothing of a body that only begins like JSON.
func Message(body []byte) ErrorText {
	body = bytes.TrimSpace(body[:min(len(body), maxErrorBody)])
	if len(body) == 0 {
		return ErrorText{}
	}
	switch body[0] {
	case '{', '[', '"':
		e, _ := readErrorText(NewReader(body), 0)
		return e
	case '<':
		return ErrorText{Message: trim(htmlTitle(body))}
	default:
		return ErrorText{Message: trim(string(body))}
	}
}

// readErrorText consumes the next value and returns the best texts in it, even with an error.
func readErrorText(r *Reader, depth int) (ErrorText, error) {
	switch kind := r.Kind(); {
	case kind == String:
		text, _, err := r.Text()
		return ErrorText{Message: trim(text)}, err
	case kind == Object && depth < maxErrorDepth:
		return readErrorObject(r, depth, false)
	case kind == Array && depth < maxErrorDepth:
		return readErrorArray(r, depth)
	default:
		return ErrorText{}, r.Skip()
	}
}

// readErrorArray joins the messages of the elements, without repeating any.
func readErrorArray(r *Reader, depth int) (ErrorText, error) {
	var all ErrorText
	items := 0
	var messages []string
	seen := make(map[string]bool)
	err := r.Array(func() error {
		if items++; items > maxErrorItems {
			return nil
		}
		e, err := readErrorText(r, depth+1)
		all.Code = cmp.Or(all.Code, e.Code)
		all.RequestID = cmp.Or(all.RequestID, e.RequestID)
		all.addFields(e.Fields)
		if e.Message != "" && !seen[e.Message] {
			seen[e.Message] = true
			messages = append(messages, e.Message)
		}
		return err
	})
	all.Message = strings.Join(messages, "; ")
	return all, err
}

// errorMembers are the members of error objects that contain texts, the preferred ones first. If a
// body has "error" and another text, "error" is a code or a headline: see headline.
var errorMembers = []string{
	"user_message", "error_description", "detail", "error", "message", "errorMessage", "description",
	"errors", "error_list", "response_map", "reason", "failure", "status_message", "non_field_errors", "internal_message",
}

// readErrorObject returns the best texts of errorMembers. If unknownAreParameters, the names of all
// other members are those of parameters, and their values are messages.
func readErrorObject(r *Reader, depth int, unknownAreParameters bool) (ErrorText, error) {
	var best ErrorText
	var params []string // the parameters that the message is about
	found := make(map[string]ErrorText, 4)
	unknown := djangoCollector{r: r}
	errorIsString := false // "error" is a string
	err := r.Object(func(name string) error {
		switch name {
		case "code", "errorCode":
			text, _, err := r.Text()
			best.Code = cmp.Or(trim(text), best.Code)
			return err
		case "request_id":
			text, _, err := r.Text()
			best.RequestID = cmp.Or(trim(text), best.RequestID)
			return err
		case "param", "params":
			names, err := readNames(r)
			params = append(params, names...)
			return err
		case "error":
			errorIsString = r.Kind() == String
		}
		if !slices.Contains(errorMembers, name) {
			if unknownAreParameters {
				return unknown.value(name, 1)
			}
			return nil
		}
		e, err := readErrorMember(r, name, depth+1)
		found[name] = e
		return err
	})
	if errorIsString {
		best.Code = cmp.Or(best.Code, headline(found))
	}
	for _, name := range errorMembers {
		e := found[name]
		best.Code = cmp.Or(best.Code, e.Code)
		best.Message = cmp.Or(best.Message, e.Message)
		best.RequestID = cmp.Or(best.RequestID, e.RequestID)
		best.addFields(e.Fields)
	}
	if best.Message == "" && unknown.fields != nil {
		best.Message = JoinMessages(unknown.fields)
		best.addFields(unknown.fields)
	}
	for _, name := range params {
		best.addField(name, cmp.Or(best.Message, best.Code))
	}
	return best, err
}

// readErrorMember reads one of errorMembers. "errors" may be an object with a message for each
// parameter.
func readErrorMember(r *Reader, name string, depth int) (ErrorText, error) {
	if name == "errors" && r.Kind() == Object && depth < maxErrorDepth {
		return readErrorObject(r, depth, true)
	}
	return readErrorText(r, depth)
}

// readNames reads the name of a parameter, or an array of them.
func readNames(r *Reader) (names []string, err error) {
	one := func() error {
		name, _, err := r.Text()
		names = append(names, name)
		return err
	}
	if r.Kind() == Array {
		err = r.Array(one)
	} else {
		err = one()
	}
	return names, err
}

func (e *ErrorText) addFields(fields map[string][]string) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		for _, text := range fields[name] {
			e.addField(name, text)
		}
	}
}

// addField adds a message about a parameter, unless it is there already.
func (e *ErrorText) addField(name, text string) {
	if name = trim(name); name == "" || slices.Contains(e.Fields[name], text) {
		return
	}
	all := djangoCollector{fields: e.Fields}
	all.add(name, text)
	e.Fields = all.fields
}

// headline handles an "error" that is a string. A single word is a code, as in OAuth: headline
// returns it, and drops it from found if there is a message too. A sentence is a headline: headline
// puts it before the message.
func headline(found map[string]ErrorText) (code string) {
	text := found["error"].Message
	message := cmp.Or(found["message"].Message, found["errorMessage"].Message, found["description"].Message)
	const longestCode = 64
	isCode := text != "" && len(text) <= longestCode && !strings.ContainsFunc(text, invisible)
	switch {
	case isCode && message != "":
		found["error"] = ErrorText{}
	case text != "" && message != "" && message != text:
		found["error"] = ErrorText{Message: text + ": " + message}
	}
	if isCode {
		return text
	}
	return ""
}

var titlePattern = regexp.MustCompile(`(?is)<title(?:\s[^>]*)?>(.*?)(?:</title|$)`)

func htmlTitle(body []byte) string {
	match := titlePattern.FindSubmatch(body)
	if match == nil {
		return ""
	}
	return html.UnescapeString(string(match[1]))
}

// trim removes white space and unprintable characters around a text.
func trim(s string) string { return strings.TrimFunc(s, invisible) }

func invisible(c rune) bool { return !unicode.IsGraphic(c) || unicode.IsSpace(c) }
