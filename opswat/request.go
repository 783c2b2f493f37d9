package opswat

import (
	"cmp"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity/internal/wire"
)

// activityRequest is the body of a request for activities. Its tags are the one table of the
// members that the SDK owns; they are sent in this order, with Extra behind them, sorted by name.
// Everything in it is valid UTF-8 and shared by all requests of a list, so that it must not be
// changed.
type activityRequest struct {
	Limit     int                       `json:"limit"`
	Page      int64                     `json:"page"`
	StartDate string                    `json:"start_date,omitzero"`
	EndDate   string                    `json:"end_date,omitzero"`
	Age       int64                     `json:"age,omitzero"`
	Action    []Action                  `json:"action,omitempty"`
	Search    string                    `json:"search,omitzero"`
	Extra     map[string]jsontext.Value `json:",embed"`
}

// maxRequest bounds a body. The usual servers in front of a service take a megabyte at least, and
// refuse more with 413.
const maxRequest = 64 << 10

// encode returns the body that asks for one page.
func (r activityRequest) encode(p position) []byte {
	r.Limit, r.Page, r.EndDate = p.Size, p.Page, cmp.Or(p.End, r.EndDate)
	body, err := json.Marshal(r, json.Deterministic(true))
	if err != nil { // request has checked every part
		panic("opswat: a checked query cannot be encoded")
	}
	return body
}

// filter returns what distinguishes this list from others: every member that is sent, except those
// that only page.
func (r activityRequest) filter() url.Values {
	members := url.Values{}
	body := wire.NewReader(r.encode(position{}))
	_ = body.Object(func(name string) error {
		value, err := body.Value()
		if name != "limit" && name != "page" {
			members.Set(name, string(value))
		}
		return err
	})
	return members
}

// encodeExtra makes a copy of the user's members that no later change of theirs can reach.
func encodeExtra(extra map[string]any) (map[string]jsontext.Value, error) {
	encoded := make(map[string]jsontext.Value, len(extra))
	for name, value := range extra {
		switch {
		case strings.TrimSpace(name) == "" || !utf8.ValidString(name):
			return nil, invalid("Extra holds a member whose name is empty or not valid UTF-8")
		case owned(name):
			return nil, invalid(fmt.Sprintf("Extra holds %q, which has a field of its own or belongs to paging", name))
		case name == "access_token":
			return nil, invalid("Extra holds access_token; tokens come from the credentials")
		}
		text, err := json.Marshal(value, json.Deterministic(true))
		if err != nil { // the library's error may quote the value
			return nil, invalid(fmt.Sprintf("the value of %.64q in Extra cannot be encoded as JSON", name))
		}
		encoded[name] = text
	}
	return encoded, nil
}

// owned reports whether the SDK sends a member of that name itself.
func owned(name string) bool {
	for f := range reflect.TypeFor[activityRequest]().Fields() {
		if known, _, _ := strings.Cut(f.Tag.Get("json"), ","); known == name {
			return true
		}
	}
	return false
}
