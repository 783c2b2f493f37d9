package fake

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Params lists the parameters that an endpoint knows, each with the check that
// its value has to pass. A nil Check takes any value but an empty one.
type Params map[string]Check

// Verify returns an error if q holds a parameter that the endpoint does not
// know, one that is repeated or empty, or one whose check fails. The error
// names the parameter and says what was wanted. Which one it names, if there
// are several, does not change from run to run.
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

// Secret returns the same parameters, of which the named ones hold secrets: a
// failed check says so without a word of the value.
func (p Params) Secret(names ...string) Params {
	out := maps.Clone(p)
	for _, name := range names {
		check := out[name]
		if check == nil {
			continue // nothing that could quote it
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
