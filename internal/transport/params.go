package transport

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/go-querystring/query"

	"github.com/activity-sdk/activity"
)

// Params encodes a query by its url tags and adds the extra parameters of its user. The tags, and
// the names of parameters that only paging sets, are those that the SDK owns. An extra parameter
// that the SDK owns, or one without a name, is activity.ErrInvalid. The result shares nothing with
// extra.
func Params(q any, extra url.Values, paging ...string) (url.Values, error) {
	params, err := query.Values(q)
	if err != nil {
		return nil, &activity.Error{Kind: activity.ErrInvalid, Message: "the query cannot be encoded"}
	}
	names := append(ParamNames(q), paging...)
	for name, values := range extra {
		switch {
		case name == "":
			return nil, &activity.Error{Kind: activity.ErrInvalid, Message: "Extra holds a parameter without a name"}
		case slices.Contains(names, name):
			return nil, &activity.Error{Kind: activity.ErrInvalid,
				Message: "Extra holds " + clip(printable(name), 64) + ", which has a field of its own or belongs to paging"}
		}
		params[name] = slices.Clone(values)
	}
	return params, nil
}

// Encode returns parameters as a query. A blank becomes %20: a + means a blank only in forms.
func Encode(params url.Values) string { return strings.ReplaceAll(params.Encode(), "+", "%20") }

// SetTime sets a parameter to a time in the form of the service. The zero time removes it.
func SetTime(params url.Values, name string, t time.Time, format func(time.Time) string) {
	if t.IsZero() {
		params.Del(name)
		return
	}
	params.Set(name, format(t))
}

// Ceil rounds a time up to whole units. A service that only knows whole units would otherwise cut
// an upper bound short.
func Ceil(t time.Time, unit time.Duration) time.Time {
	whole := t.Truncate(unit)
	if whole.Before(t) {
		whole = whole.Add(unit)
	}
	return whole
}

// ParamNames returns the names of the parameters in a query's url tags.
func ParamNames(q any) []string {
	var names []string
	for f := range reflect.TypeOf(q).Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("url"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}
