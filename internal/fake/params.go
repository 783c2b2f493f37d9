package fake

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
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

// Check returns an error if a parameter must not have the value. The error says what is wanted. It
// may quote the value: see [Params.Secret].
type Check func(value string) error

var errSecretForm = errors.New("the value, which is a secret and not shown, has the wrong form")

func want(what, value string) error { return fmt.Errorf("want %s, got %q", what, value) }

// Int accepts the integers from lo to hi in decimal, without a plus sign or leading zeros.
func Int(lo, hi int64) Check {
	return func(value string) error {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < lo || n > hi || strconv.FormatInt(n, 10) != value {
			return want(fmt.Sprintf("an integer from %d to %d", lo, hi), value)
		}
		return nil
	}
}

// Bool accepts true and false.
func Bool() Check { return OneOf("true", "false") }

// OneOf accepts the given values. Case matters.
func OneOf(values ...string) Check {
	return func(value string) error {
		if !slices.Contains(values, value) {
			return want("one of "+strings.Join(values, ", "), value)
		}
		return nil
	}
}

// Layout accepts a time in exactly one of the layouts of package time. The parsed time must format
// to the same text, so that an extra fraction or a missing zero is refused.
func Layout(layouts ...string) Check {
	return func(value string) error {
		for _, layout := range layouts {
			if t, err := time.Parse(layout, value); err == nil && t.Format(layout) == value {
				return nil
			}
		}
		return want("a time in the form "+strings.Join(layouts, " or "), value)
	}
}

// UnixMilli accepts Unix milliseconds between the years 1973 and 2286. In that span, a number of
// seconds or microseconds is not taken for milliseconds.
func UnixMilli() Check {
	check := Int(100_000_000_000, 9_999_999_999_999)
	return func(value string) error {
		if check(value) != nil {
			return want("Unix milliseconds (13 digits for a time of today)", value)
		}
		return nil
	}
}

// Match accepts a value that re matches as a whole, whether or not re is anchored. wanted completes
// the sentence "want …".
func Match(re *regexp.Regexp, wanted string) Check {
	whole := regexp.MustCompile(`\A(?:` + re.String() + `)\z`)
	return func(value string) error {
		if !whole.MatchString(value) {
			return want(wanted, value)
		}
		return nil
	}
}

// CSV accepts values separated by commas, without blanks around them. Each must pass the check. A
// nil check accepts any value that is not empty.
func CSV(each Check) Check {
	return func(value string) error {
		for part := range strings.SplitSeq(value, ",") {
			if part == "" || part != strings.TrimSpace(part) {
				return want("values separated by single commas", value)
			}
			if each == nil {
				continue
			}
			if err := each(part); err != nil {
				return err
			}
		}
		return nil
	}
}
