package main

import (
	"fmt"

	"github.com/activity-sdk/activity"
)

// environment returns the variable of a name.
type environment func(name string) string

// config returns variables that must be set together. It reports false if none of them is set.
func (e environment) config(required ...string) (map[string]string, bool, error) {
	values := map[string]string{}
	for _, name := range required {
		if value := e(name); value != "" {
			values[name] = value
		}
	}
	if len(values) == 0 {
		return nil, false, nil
	}
	for _, name := range required {
		if values[name] == "" {
			return nil, false, fmt.Errorf("%s is not set, though others that belong to it are", name)
		}
	}
	return values, true, nil
}

// baseURL returns the option for the base URL in a variable, if that is set.
func (e environment) baseURL(name string) []activity.Option {
	if address := e(name); address != "" {
		return []activity.Option{activity.WithBaseURL(address)}
	}
	return nil
}
