package page

import (
	"cmp"
	"encoding/json"
)

// names numbers texts that come again and again, so that each is written once.
type names struct {
	places map[string]int
	all    []string
}

func (n *names) place(text string) int {
	at, known := n.places[text]
	if !known {
		at = len(n.all)
		n.places[text] = at
		n.all = append(n.all, text)
	}
	return at
}

// data returns the events as JSON for the script, which names the columns. In it are no <, > and &,
// and no line separators: encoding/json writes them as escapes, so that nothing ends the element.
func (p Page) data() ([]byte, error) {
	n := names{places: map[string]int{}}
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
			at, n.place(e.Vendor), n.place(e.Who), n.place(string(e.Kind)), n.place(string(e.Outcome)), n.place(e.Action),
			n.place(cmp.Or(e.Target.Path, e.Target.Name, e.Target.ID)), n.place(e.Actor.Address), n.place(e.Tenant), n.place(named),
			e.Message, e.Key, string(e.Raw),
		}
	}
	return json.Marshal(map[string]any{"strings": n.all, "events": events})
}
