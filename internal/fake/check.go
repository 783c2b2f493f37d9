package fake

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Check returns an error, which says what is wanted, for a value that a
// parameter may not have. It may quote the value; see [Params.Secret].
type Check func(value string) error

var errSecretForm = errors.New("the value, which is a secret and not shown, has the wrong form")

func want(what, value string) error { return fmt.Errorf("want %s, got %q", what, value) }

// Int takes the integers from lo to hi in their plain decimal form: no plus
// sign, no leading zeros.
func Int(lo, hi int64) Check {
	return func(value string) error {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < lo || n > hi || strconv.FormatInt(n, 10) != value {
			return want(fmt.Sprintf("an integer from %d to %d", lo, hi), value)
		}
		return nil
	}
}

// Bool takes exactly true and false.
func Bool() Check { return OneOf("true", "false") }

// OneOf takes the given values, case and all.
func OneOf(values ...string) Check {
	return func(value string) error {
		if !slices.Contains(values, value) {
			return want("one of "+strings.Join(values, ", "), value)
		}
		return nil
	}
}

// Layout takes a time that is written exactly in one of the layouts of package
// time: what is parsed has to give the same text again, so that an extra
// fraction or a missing zero does not pass.
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

// UnixMilli takes Unix milliseconds between the years 1973 and 2286: the span
// in which a number of seconds or of microseconds cannot be mistaken for them.
func UnixMilli() Check {
	check := Int(100_000_000_000, 9_999_999_999_999)
	return func(value string) error {
		if check(value) != nil {
			return want("Unix milliseconds (13 digits for a time of today)", value)
		}
		return nil
	}
}

// Match takes what re matches from its first to its last character, whether or
// not re is anchored. wanted completes the sentence "want …".
func Match(re *regexp.Regexp, wanted string) Check {
	whole := regexp.MustCompile(`\A(?:` + re.String() + `)\z`)
	return func(value string) error {
		if !whole.MatchString(value) {
			return want(wanted, value)
		}
		return nil
	}
}

// CSV takes values separated by commas, without blanks around them, of which
// each passes the check; a nil check takes any but an empty one.
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
