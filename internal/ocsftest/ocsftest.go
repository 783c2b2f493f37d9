// Package ocsftest checks events against the Open Cybersecurity Schema Framework 1.8.0, of which it
// has the part that the SDK uses.
package ocsftest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed testdata/ocsf-1.8.0.json
var text []byte

// schema is a part of the public one.
type schema struct {
	Version string
	Classes map[string]object
	Objects map[string]object
	Types   map[string]valueType
}

// object is a class or an object.
type object struct {
	UID         int
	CategoryUID int `json:"category_uid"`
	Caption     string
	Constraints struct {
		AtLeastOne []string `json:"at_least_one"`
	}
	Attributes map[string]attribute
}

type attribute struct {
	Type        string
	Object      string
	Requirement string
	Array       bool
	Enum        map[string]string
	Profile     string
}

type valueType struct {
	Type   string
	MaxLen int `json:"max_len"`
}

var loaded = func() (s schema) {
	if err := json.Unmarshal(text, &s); err != nil {
		panic(err)
	}
	return s
}()

// Problems returns what is wrong with an event; nil if it is valid.
func Problems(event []byte) []string {
	if !utf8.Valid(event) {
		return []string{"the event is not UTF-8"}
	}
	var members map[string]any
	if err := json.Unmarshal(event, &members); err != nil {
		return []string{"the event is not an object: " + err.Error()}
	}
	uid, _ := members["class_uid"].(float64)
	for _, class := range loaded.Classes {
		if class.UID != int(uid) {
			continue
		}
		c := &check{profiles: profiles(members)}
		c.object("", class, members)
		c.class(class, members)
		return c.problems
	}
	return []string{fmt.Sprintf("there is no class %v", members["class_uid"])}
}

func profiles(members map[string]any) (names []string) {
	metadata, _ := members["metadata"].(map[string]any)
	list, _ := metadata["profiles"].([]any)
	for _, p := range list {
		names = append(names, fmt.Sprint(p))
	}
	return names
}

type check struct {
	profiles []string
	problems []string
}

func (c *check) problem(path, format string, args ...any) {
	c.problems = append(c.problems, strings.TrimPrefix(path, ".")+": "+fmt.Sprintf(format, args...))
}

// class checks what concerns several attributes of an event.
func (c *check) class(class object, members map[string]any) {
	activity, _ := members["activity_id"].(float64)
	if want := float64(class.UID)*100 + activity; members["type_uid"] != want {
		c.problem("type_uid", "is %v, want %v", members["type_uid"], want)
	}
	if members["category_uid"] != float64(class.CategoryUID) {
		c.problem("category_uid", "is %v, want %v", members["category_uid"], class.CategoryUID)
	}
	if members["class_name"] != class.Caption {
		c.problem("class_name", "is %v, want %v", members["class_name"], class.Caption)
	}
	if metadata, _ := members["metadata"].(map[string]any); metadata["version"] != loaded.Version {
		c.problem("metadata.version", "is %v, want %v", metadata["version"], loaded.Version)
	}
}

func (c *check) object(path string, o object, members map[string]any) {
	if len(o.Attributes) == 0 {
		return // any members
	}
	for name, a := range o.Attributes {
		_, is := members[name]
		if a.Requirement == "required" && !is && (a.Profile == "" || slices.Contains(c.profiles, a.Profile)) {
			c.problem(path+"."+name, "is required")
		}
	}
	for name, value := range members {
		a, is := o.Attributes[name]
		switch {
		case !is:
			c.problem(path+"."+name, "is unknown")
		case a.Profile != "" && !slices.Contains(c.profiles, a.Profile):
			c.problem(path+"."+name, "needs the profile %s", a.Profile)
		default:
			c.attribute(path+"."+name, a, value)
			c.caption(path+"."+name, name, a, value, members)
		}
	}
	if one := o.Constraints.AtLeastOne; len(one) > 0 && !slices.ContainsFunc(one, func(name string) bool { _, is := members[name]; return is }) {
		c.problem(path, "has none of %s", strings.Join(one, ", "))
	}
}

// caption checks that the value of an enumeration has its caption beside it.
func (c *check) caption(path, name string, a attribute, value any, members map[string]any) {
	sibling, isID := strings.CutSuffix(name, "_id")
	if name == "activity_id" {
		sibling = "activity_name"
	}
	if len(a.Enum) == 0 || !isID || name == "type_id" { // whose caption is optional, in type
		return
	}
	number, _ := value.(float64)
	if want := a.Enum[strconv.Itoa(int(number))]; members[sibling] != want {
		c.problem(path, "has the caption %v, want %q", members[sibling], want)
	}
}

func (c *check) attribute(path string, a attribute, value any) {
	if a.Array {
		list, ok := value.([]any)
		if !ok || len(list) == 0 {
			c.problem(path, "is not an array with elements")
			return
		}
		for i, element := range list {
			c.value(path+"."+strconv.Itoa(i), a, element)
		}
		return
	}
	c.value(path, a, value)
}

func (c *check) value(path string, a attribute, value any) {
	if a.Object != "" {
		members, ok := value.(map[string]any)
		o, known := loaded.Objects[a.Object]
		switch {
		case !ok:
			c.problem(path, "is not an object")
		case !known:
			c.problem(path, "is of the object %s, which is not in this part of the schema", a.Object)
		default:
			c.object(path, o, members)
		}
		return
	}
	t := loaded.Types[a.Type]
	basic := a.Type
	if t.Type != "" {
		basic = t.Type
	}
	switch basic {
	case "string_t":
		s, ok := value.(string)
		switch {
		case !ok || s == "":
			c.problem(path, "is %v, want a text", value)
		case t.MaxLen > 0 && len(s) > t.MaxLen:
			c.problem(path, "is longer than %d", t.MaxLen)
		}
	case "integer_t", "long_t":
		n, ok := value.(float64)
		if !ok || n != math.Trunc(n) {
			c.problem(path, "is %v, want a whole number", value)
		} else if _, is := a.Enum[strconv.Itoa(int(n))]; len(a.Enum) > 0 && !is {
			c.problem(path, "is %v, which is not one of its values", value)
		}
	case "boolean_t":
		if _, ok := value.(bool); !ok {
			c.problem(path, "is %v, want a boolean", value)
		}
	default:
		c.problem(path, "is of the type %s, which is not checked", a.Type)
	}
}
