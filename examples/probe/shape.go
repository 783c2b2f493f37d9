package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// exchangeShape is what the report shows of an exchange: names, kinds and counts.
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

// usualHeaders are those whose names are shown. A name that an installation made up could hold its
// own name.
var usualHeaders = []string{
	"Allow", "Cache-Control", "Content-Encoding", "Content-Length", "Content-Type", "Date", "Etag", "Expires", "Last-Modified", "Link",
	"Retry-After", "Server", "Strict-Transport-Security", "Vary", "Www-Authenticate", "X-Ratelimit-Limit", "X-Ratelimit-Remaining",
	"X-Ratelimit-Reset", "X-Ratelimit-Reset-Time", "X-Sl-Statuscode", "X-Total-Count",
}

func headerNames(h http.Header) (names []string) {
	for _, name := range usualHeaders {
		if len(h.Values(name)) > 0 {
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
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return "no JSON"
	}
	s := shaper{left: mostPlaces}
	top := s.place()
	s.note(top, value, 0)
	if _, err := decoder.Token(); err != io.EOF {
		return map[string]any{"first value": top.render(), "and": "more behind it"}
	}
	return top.render()
}

const (
	deepest    = 8
	mostPlaces = 300 // of a body
)

// memberName is what a member may be called to be shown: the services write their own names in
// lower case. Another name may be data, as in an object whose keys are people.
var memberName = regexp.MustCompile(`^[a-z][a-z_]{0,39}$`)

// place is where a value stands in a body. Values of the items of an array share it.
type place struct {
	values  int            // that stand there
	kinds   map[string]int // of those that are neither object nor array
	objects int
	members map[string]*place
	others  int // members that got no place
	arrays  int
	items   int
	item    *place
}

// shaper bounds the places of a body.
type shaper struct{ left int }

func (s *shaper) place() *place {
	if s.left == 0 {
		return nil
	}
	s.left--
	return &place{kinds: map[string]int{}, members: map[string]*place{}}
}

func (s *shaper) note(p *place, value any, depth int) {
	if p == nil {
		return
	}
	p.values++
	switch v := value.(type) {
	case map[string]any:
		p.objects++
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if p.members[name] == nil && depth < deepest && memberName.MatchString(name) {
				if made := s.place(); made != nil {
					p.members[name] = made
				}
			}
			if p.members[name] == nil {
				p.others++
			} else {
				s.note(p.members[name], v[name], depth+1)
			}
		}
	case []any:
		p.arrays++
		p.items += len(v)
		if p.item == nil && depth < deepest && len(v) > 0 {
			p.item = s.place()
		}
		for _, item := range v {
			s.note(p.item, item, depth+1)
		}
	default:
		p.kinds[kind(v)]++
	}
}

// render returns the shape as JSON. A member that most objects of its place do not have is shown
// without its name: it may be a key of a map.
func (p *place) render() any {
	var shapes []any
	for _, kind := range slices.Sorted(maps.Keys(p.kinds)) {
		shapes = append(shapes, kind)
	}
	if p.objects > 0 {
		members, others := map[string]any{}, p.others
		for name, member := range p.members {
			if 2*member.values >= p.objects {
				members[name] = member.render()
			} else {
				others += member.values
			}
		}
		if others > 0 {
			members["…"] = fmt.Sprintf("%d other members", others)
		}
		shapes = append(shapes, members)
	}
	if p.arrays > 0 {
		array := map[string]any{"items": p.items}
		if p.item != nil {
			array["each"] = p.item.render()
		}
		shapes = append(shapes, array)
	}
	if len(shapes) == 1 {
		return shapes[0]
	}
	return shapes
}

// kind is that of a value which is neither an object nor an array.
func kind(value any) string {
	switch v := value.(type) {
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

// clock is a time of the services, except OPSWAT.
var clock = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$`)

// stringKind tells times, by their form, and digits from other strings.
func stringKind(s string) string {
	if s == "" {
		return "empty string"
	}
	if m := clock.FindStringSubmatch(s); m != nil {
		zone := "no zone"
		switch {
		case m[2] == "Z":
			zone = "Z"
		case m[2] != "":
			zone = "an offset"
		}
		return fmt.Sprintf("time, %d digits of a second, %s", max(len(m[1])-1, 0), zone)
	}
	if _, err := time.Parse("Jan 2, 2006 3:04:05 PM", s); err == nil {
		return "time, as Jan 2, 2006 3:04:05 PM"
	}
	if strings.Trim(s, "0123456789") == "" {
		return "string of digits"
	}
	return "string"
}
