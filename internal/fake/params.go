package fake

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Params are the parameters that an endpoint knows, with the check of each value. A nil Check
// accepts any value that is not empty.
type Params map[string]Check

// Verify returns an error if a parameter of q is unknown, repeated or empty, or if its check fails.
// The error names the parameter and says what is wanted. If several are wrong, it names the first
// by name.
func (p Params) Verify(q url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(q)) {
		check, known := p[name]
		values := q[name]
		switch {
		case !known:
			return fmt.Errorf("unknown parameter %q: %s", name, p.names())
		case len(values) > 1:
			return fmt.Errorf("parameter %q occurs %d times: want it once", name, len(values))
		case len(values) == 0 || values[0] == "":
			return fmt.Errorf("parameter %q is empty: want a value, or the parameter left out", name)
		case check == nil:
			continue
		}
		if err := check(values[0]); err != nil {
			return fmt.Errorf("parameter %q: %w", name, err)
		}
	}
	return nil
}

// Secret returns a copy in which the named parameters hold secrets: the error of a failed check
// does not contain the value.
func (p Params) Secret(names ...string) Params {
	out := maps.Clone(p)
	for _, name := range names {
		check := out[name]
		if check == nil {
			continue // no error quotes the value
		}
		out[name] = func(value string) error {
			if check(value) != nil {
				return errSecretForm
			}
			return nil
		}
	}
	return out
}

func (p Params) names() string {
	if len(p) == 0 {
		return "want none"
	}
	return "want one of " + strings.Join(slices.Sorted(maps.Keys(p)), ", ")
}
