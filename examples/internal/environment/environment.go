// Package environment reads the settings of the example programs from environment variables.
package environment

import (
	"fmt"
	"slices"

	"github.com/activity-sdk/activity"
)

// Variables returns the value of a variable, as os.Getenv does.
type Variables func(name string) string

// Any reports whether one of the variables is set.
func (v Variables) Any(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return v(name) != "" })
}

// Required returns variables that only make sense together. It returns nil if none of them is set,
// and an error if some are missing.
func (v Variables) Required(names []string) (map[string]string, error) {
	if !v.Any(names) {
		return nil, nil
	}
	values := map[string]string{}
	for _, name := range names {
		if values[name] = v(name); values[name] == "" {
			return nil, fmt.Errorf("%s is not set, though others that belong to it are", name)
		}
	}
	return values, nil
}

// BaseURL returns the option for the address in a variable, or no option if it is not set.
func (v Variables) BaseURL(name string) []activity.Option {
	if address := v(name); address != "" {
		return []activity.Option{activity.WithBaseURL(address)}
	}
	return nil
}
