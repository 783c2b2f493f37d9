package page

import (
	"cmp"
	"encoding/json"
)

// names numbers strings that repeat, so that each is written once.
type names struct {
	indexes map[string]int
	all     []string
}

func (n *names) index(text string) int {
	at, known := n.indexes[text]
	if !known {
		at = len(n.all)
		n.indexes[text] = at
		n.all = append(n.all, text)
	}
	return at
}

// data returns the events as JSON for the script, which names the columns. encoding/json escapes <,
// >, & and line separators, so no string can end the script element.
func (p Page) data() ([]byte, error) {
	n := names{indexes: map[string]int{}}
	events := make([][]any, len(p.Events))
	for i, e := range p.Events {
		var at any
		if !e.Time.IsZero() {
			at = e.Time.UnixMilli()
		}
		named := ""
		if name := cmp.Or(e.Actor.Email, e.Actor.Name, e.Actor.ID); name != e.Who {
			named = name
		}
		events[i] = []any{
			at, n.index(e.Vendor), n.index(e.Who), n.index(string(e.Kind)), n.index(string(e.Outcome)), n.index(e.Action),
			n.index(cmp.Or(e.Target.Path, e.Target.Name, e.Target.ID)), n.index(e.Actor.Address), n.index(e.Tenant), n.index(named),
			e.Message, e.Key, string(e.Raw),
		}
	}
	return json.Marshal(map[string]any{"strings": n.all, "events": events})
}
