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

// Params encodes an endpoint's wire struct, whose url tags are the one table of the parameters that
// the SDK owns, and adds those that only the user knows. A zero field needs omitempty to be left
// out. An extra parameter that the SDK owns, or one without a name, is activity.ErrInvalid. The
// result shares nothing with extra.
func Params(owned any, extra url.Values) (url.Values, error) {
	params, err := query.Values(owned)
	if err != nil {
		return nil, &activity.Error{Kind: activity.ErrInvalid, Message: "the query cannot be encoded"}
	}
	names := ParamNames(owned)
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

// Encode writes parameters as a query. A blank is %20 and not +, which means a blank in forms
// alone.
func Encode(params url.Values) string { return strings.ReplaceAll(params.Encode(), "+", "%20") }

// Ceil rounds a time up to whole units, so that a bound that a service takes only so finely widens
// instead of narrowing.
func Ceil(t time.Time, unit time.Duration) time.Time {
	whole := t.Truncate(unit)
	if whole.Before(t) {
		whole = whole.Add(unit)
	}
	return whole
}

// ParamNames returns the names of the parameters in an endpoint's wire struct.
func ParamNames(owned any) []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeOf(owned)) { // those of an embedded struct, too
		name, _, _ := strings.Cut(f.Tag.Get("url"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}
