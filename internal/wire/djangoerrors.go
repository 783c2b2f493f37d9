package wire

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

const (
	maxFields        = 64  // fields in one error
	maxFieldName     = 512 // bytes of a name; parameters have shorter names
	maxFieldMessages = 8   // messages of one field
	maxFieldDepth    = 8   // levels of nested fields
)

// DjangoErrors returns the messages by field from the body of a request that Django REST framework
// rejected: an object with a list of messages for each field. A string counts as a list of one. The
// fields of a nested object have dots in their names, those in a list also an index, as in
// "items.0.name". The member "detail" is about the whole request and is left out. DjangoErrors
// returns nil if there are no fields. It returns at most 64 fields, each with at most 8 messages.
//
// Call it only for vendors that are known to use that framework: any object with strings looks like
// its errors.
func DjangoErrors(body []byte) map[string][]string {
	body = body[:min(len(body), maxErrorBody)]
	c := djangoCollector{r: NewReader(body)}
	// If the body ends early, the result has the fields before its end.
	_ = c.r.Object(func(name string) error {
		if name == "detail" {
			return nil
		}
		return c.value(name, 1)
	})
	return c.fields
}

// JoinMessages joins the messages about all fields to one text, sorted by the names of the fields.
// Messages about "base" have no name before them: some frameworks mean the whole request by it.
func JoinMessages(fields map[string][]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		text := strings.Join(fields[name], " ")
		if name != "base" {
			text = name + ": " + text
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

type djangoCollector struct {
	r      *Reader
	fields map[string][]string
}

// value consumes the next value and adds its messages to the field with a name.
func (c *djangoCollector) value(name string, depth int) error {
	switch kind := c.r.Kind(); {
	case len(name) > maxFieldName:
		return c.r.Skip()
	case kind == String:
		text, _, err := c.r.Text()
		c.add(name, text)
		return err
	case kind == Object && depth < maxFieldDepth:
		return c.r.Object(func(inner string) error { return c.value(name+"."+inner, depth+1) })
	case kind == Array && depth < maxFieldDepth:
		position := -1
		return c.r.Array(func() error {
			position++
			if c.r.Kind() == String {
				return c.value(name, depth+1)
			}
			return c.value(name+"."+strconv.Itoa(position), depth+1)
		})
	default:
		return c.r.Skip()
	}
}

func (c *djangoCollector) add(name, text string) {
	name, text = trim(name), trim(text)
	messages, known := c.fields[name]
	if text == "" || len(name) > maxFieldName || len(messages) == maxFieldMessages || !known && len(c.fields) == maxFields {
		return
	}
	if c.fields == nil {
		c.fields = make(map[string][]string)
	}
	c.fields[name] = append(messages, text)
}
