package main

import (
	"fmt"

	"github.com/activity-sdk/activity"
)

// environment reads a variable.
type environment func(name string) string

// fake is what a report says of a vendor without configuration.
const fake = "embedded fake"

// config reads variables that only make sense together. None of the required ones set: false, use
// the fake.
func (e environment) config(required ...string) (values map[string]string, configured bool, err error) {
	values = map[string]string{}
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

// baseURL is the option for an address of the user's, if there is one.
func (e environment) baseURL(name string) []activity.Option {
	if address := e(name); address != "" {
		return []activity.Option{activity.WithBaseURL(address)}
	}
	return nil
}
