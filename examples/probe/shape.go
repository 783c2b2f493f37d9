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

// exchangeShape is the part of an exchange that the report shows: names, kinds and counts.
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

// reportedHeaders are the headers whose names are shown. A header that an installation invented
// could contain the name of the organization.
var reportedHeaders = []string{
	"Allow", "Cache-Control", "Content-Encoding", "Content-Length", "Content-Type", "Date", "Etag", "Expires", "Last-Modified", "Link",
	"Ratelimit", "Ratelimit-Limit", "Ratelimit-Policy", "Ratelimit-Remaining", "Ratelimit-Reset", "Retry-After", "Server",
	"Strict-Transport-Security", "Vary", "Www-Authenticate", "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset",
	"X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset", "X-Ratelimit-Reset-Time", "X-Sl-Statuscode", "X-Total-Count",
}

func headerNames(h http.Header) (names []string) {
	for _, name := range reportedHeaders {
		if len(h.Values(name)) > 0 {
			names = append(names, name)
		}
	}
	return names
}

// shapeOf returns the shape of a body: objects with the kinds of their members, and arrays with
// their number of items and the common shape of these.
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
	s := shaper{nodesLeft: maxNodes}
	top := s.newNode()
	s.add(top, value, 0)
	if _, err := decoder.Token(); err != io.EOF {
		return map[string]any{"first value": top.render(), "and": "more after it"}
	}
	return top.render()
}

const (
	maxDepth = 8
	maxNodes = 300 // of one body
)

// memberName matches the names of members that may be shown: the services write their own names in
// lower case. Another name may be data, as in an object whose keys are people.
var memberName = regexp.MustCompile(`^[a-z][a-z_]{0,39}$`)

// node is the shape of all values at one place of a body. The items of an array share a node.
type node struct {
	values  int
	kinds   map[string]int // counts the values that are neither object nor array
	objects int
	members map[string]*node
	others  int // members without a node
	arrays  int
	items   int
	item    *node
}

// shaper builds the nodes of a body, at most nodesLeft.
type shaper struct{ nodesLeft int }

// newNode returns nil if no node is left.
func (s *shaper) newNode() *node {
	if s.nodesLeft == 0 {
		return nil
	}
	s.nodesLeft--
	return &node{kinds: map[string]int{}, members: map[string]*node{}}
}

// add adds a value to a node, which may be nil.
func (s *shaper) add(n *node, value any, depth int) {
	if n == nil {
		return
	}
	n.values++
	switch v := value.(type) {
	case map[string]any:
		n.objects++
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if n.members[name] == nil && depth < maxDepth && memberName.MatchString(name) {
				if made := s.newNode(); made != nil {
					n.members[name] = made
				}
			}
			if n.members[name] == nil {
				n.others++
			} else {
				s.add(n.members[name], v[name], depth+1)
			}
		}
	case []any:
		n.arrays++
		n.items += len(v)
		if n.item == nil && depth < maxDepth && len(v) > 0 {
			n.item = s.newNode()
		}
		for _, item := range v {
			s.add(n.item, item, depth+1)
		}
	default:
		n.kinds[kind(v)]++
	}
}

// render returns the shape for JSON. It hides the name of a member that most objects of the node do
// not have: it may be a key of a map. It shows all members of an object that occurs once, since a
// map that occurs once looks like any other object.
func (n *node) render() any {
	var shapes []any
	for _, kind := range slices.Sorted(maps.Keys(n.kinds)) {
		shapes = append(shapes, kind)
	}
	if n.objects > 0 {
		members, others := map[string]any{}, n.others
		for name, member := range n.members {
			if 2*member.values >= n.objects {
				members[name] = member.render()
			} else {
				others += member.values
			}
		}
		if others > 0 {
			members["…"] = plural(others, "other member", "other members")
		}
		shapes = append(shapes, members)
	}
	if n.arrays > 0 {
		array := map[string]any{"items": n.items}
		if n.item != nil {
			array["each"] = n.item.render()
		}
		shapes = append(shapes, array)
	}
	if len(shapes) == 1 {
		return shapes[0]
	}
	return shapes
}

// kind returns the kind of a value that is neither an object nor an array.
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

// timestamp matches the times of all services except OPSWAT.
var timestamp = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$`)

// stringKind returns the kind of a string: empty, a time of a certain form, digits, or another one.
func stringKind(s string) string {
	if s == "" {
		return "empty string"
	}
	if m := timestamp.FindStringSubmatch(s); m != nil {
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
