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

// ErrorText is what an error body says. Each text is as it was sent, without the white space and
// what does not print around it; "" if the body does not have it. Whoever shows a text has to cut
// it and make one line of it, but only after secrets were removed: neither can be found in a text
// that was changed.
type ErrorText struct {
	Code      string              // the vendor's own code, such as "invalid_grant"
	Message   string              // a sentence for people
	RequestID string              // what the vendor's support asks for
	Fields    map[string][]string // the complaints by parameter, where the body names any; as many as [DjangoErrors] returns
}

const (
	maxErrorBody  = 64 << 10 // bytes of a body that are looked at
	maxErrorDepth = 16       // levels of a body that are looked at
	maxErrorItems = 16       // elements of a list that are looked at
)

// Message finds the best text in the body of an error answer, whichever vendor or proxy wrote it:
// OAuth's, Django REST framework's and the vendors' own JSON in all their nestings, plain text, and
// for HTML the title. JSON that is cut short gives what stands before the cut; of anything that
// begins like JSON and is none, nothing is shown.
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

// readErrorText consumes the next value and gives the best text in it, also if the value turns out
// to be broken.
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

// readErrorArray joins the messages of the elements, each once.
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

// The members of error objects, in the order in which their texts are preferred. Where a body has
// "error" and a text elsewhere, "error" is a code or a headline: see headline.
var errorMembers = []string{
	"user_message", "error_description", "detail", "error", "message", "errorMessage", "description",
	"errors", "error_list", "response_map", "reason", "failure", "status_message", "non_field_errors", "internal_message",
}

// readErrorObject picks the best of the members that are known to carry texts. In an object of
// complaints, the members that are not known are the names of parameters.
func readErrorObject(r *Reader, depth int, complaints bool) (ErrorText, error) {
	var best ErrorText
	var named []string // parameters to which the message belongs
	found := make(map[string]ErrorText, 4)
	unknown := djangoCollector{r: r}
	headlined := false // "error" is a text itself
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
			named = append(named, names...)
			return err
		case "error":
			headlined = r.Kind() == String
		}
		if !slices.Contains(errorMembers, name) {
			if complaints {
				return unknown.value(name, 1)
			}
			return nil
		}
		e, err := readErrorMember(r, name, depth+1)
		found[name] = e
		return err
	})
	if headlined {
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
	for _, name := range named {
		best.addField(name, cmp.Or(best.Message, best.Code))
	}
	return best, err
}

// readErrorMember reads one of errorMembers. Of those, "errors" may be an object that has a text
// for each parameter.
func readErrorMember(r *Reader, name string, depth int) (ErrorText, error) {
	if name == "errors" && r.Kind() == Object && depth < maxErrorDepth {
		return readErrorObject(r, depth, true)
	}
	return readErrorText(r, depth)
}

// readNames reads the name of a parameter, or an array of names.
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

// addField adds a complaint about a parameter, once.
func (e *ErrorText) addField(name, text string) {
	if name = trim(name); name == "" || slices.Contains(e.Fields[name], text) {
		return
	}
	all := djangoCollector{fields: e.Fields}
	all.add(name, text)
	e.Fields = all.fields
}

// headline treats an "error" that is a text. A single word is a code, as OAuth has it, and makes
// room for a message that stands beside it. A sentence is the headline of such a message.
func headline(found map[string]ErrorText) (code string) {
	text := found["error"].Message
	message := cmp.Or(found["message"].Message, found["errorMessage"].Message, found["description"].Message)
	const longestCode = 64
	isCode := text != "" && len(text) <= longestCode && !strings.ContainsFunc(text, unseen)
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

// trim takes off what cannot be seen around a text.
func trim(s string) string { return strings.TrimFunc(s, unseen) }

func unseen(c rune) bool { return !unicode.IsGraphic(c) || unicode.IsSpace(c) }
