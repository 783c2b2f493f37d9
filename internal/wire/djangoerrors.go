package wire

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

const (
	maxFields        = 64  // fields in one error
	maxFieldName     = 512 // bytes of a name; a longer one is no parameter's
	maxFieldMessages = 8   // messages of one field
	maxFieldDepth    = 8   // levels of nested fields
)

// DjangoErrors reads the body with which Django REST framework refuses a request: an object with a list
// of messages for each field. A text alone counts as one message; the fields of a nested object are
// named with dots, those in a list with their position, as in "items.0.name"; the member "detail",
// a text about the whole request, is none. The result is nil if there are no fields, and has at
// most 64 of them with 8 messages of 512 bytes each.
//
// Call it for vendors known to use that framework only: any object with texts looks like its
// errors.
func DjangoErrors(body []byte) map[string][]string {
	body = body[:min(len(body), maxErrorBody)]
	c := djangoCollector{r: NewReader(body)}
	// A body that breaks off gives the fields before the break.
	_ = c.r.Object(func(name string) error {
		if name == "detail" {
			return nil
		}
		return c.value(name, 1)
	})
	return c.fields
}

// JoinMessages makes one text of the complaints about parameters, in the order of their names. Those
// about "base", by which some frameworks mean the request as a whole, stand without a name.
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

// value consumes the next value, which belongs to the named field.
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
